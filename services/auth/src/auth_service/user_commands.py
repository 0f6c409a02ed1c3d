"""`python -m auth_service users ACTION [WHO]`: what administrators do by the API, for who runs the system."""

import asyncio
import sys
from typing import Annotated, Literal

import asyncpg
from cyclopts import Parameter

from auth_service.derived_keys import Secrets
from auth_service.domain import Account, email_key, instant
from auth_service.repository import audit, users
from auth_service.service import administration, mails
from auth_service.service.endings import end_sessions
from auth_service.settings import CommandSettings
from service_common.database import create_pool

Action = Literal["list", "promote", "demote", "disable", "enable", "end-sessions", "reset-link", "invite", "delete"]
INVITATION_DAYS = 7
PAGE = 200
EVENTS = {
    "promote": ("promoted", administration.promote),
    "demote": ("demoted", administration.demote),
    "disable": ("disabled", administration.disable),
    "enable": ("enabled", administration.enable),
    "end-sessions": ("sessions_ended", end_sessions),
}


def manage(
    action: Action,
    who: Annotated[str | None, Parameter(help="The account's address; for list a part of it or of the name.")] = None,
) -> None:
    if who is None and action not in {"list", "invite"}:
        sys.exit(f"{action} needs the address of an account")
    settings = CommandSettings.load()
    try:
        asyncio.run(_manage(settings, action, who))
    except (OSError, asyncpg.PostgresError) as error:
        sys.exit(f"the database of auth cannot be used: {error}")


async def _manage(settings: CommandSettings, action: Action, who: str | None) -> None:
    async with create_pool(settings.database_url, 1, "auth-users") as pool:
        if action == "list":
            return await _list(pool, who or "")
        async with pool.acquire() as connection, connection.transaction():
            if action == "invite":
                made = await administration.new_invitation(connection, settings.public_url, who, INVITATION_DAYS)
                await audit.record(connection, None, "invited", detail=f"by {administration.OPERATOR}")
                return _print(made[1])
            return await _change(connection, settings, action, who or "")


async def _change(
    connection: asyncpg.pool.PoolConnectionProxy, settings: CommandSettings, action: Action, email: str
) -> None:
    """Sessions that end are revoked by the relay of the running service."""
    known = await users.with_email(connection, email_key(email))
    user = await users.lock(connection, known.id) if known else None
    if user is None:
        sys.exit(f"there is no account of {email}")
    if action == "reset-link":
        link = await mails.link(connection, settings.public_url, user, mails.RESET, user.email)
        await audit.record(connection, user.audit_id, "reset_link_made", detail=f"by {administration.OPERATOR}")
        assert link  # noqa: S101 - the user is locked
        return _print(link)
    secrets = Secrets(settings.key_encryption_key())
    event, work = EVENTS.get(action, ("deleted", administration.deletion(secrets)))
    await administration.apply(connection, user, event, work, administration.OPERATOR)
    return _print(f"{user.email}: {event.replace('_', ' ')}")


async def _list(pool: asyncpg.Pool, text: str) -> None:
    after = None
    while page := await users.found(pool, text, after, PAGE):
        for account in page:
            _print(_line(account))
        after = page[-1].id


def _line(account: Account) -> str:
    used = instant(account.last_used_at)[:10] if account.last_used_at else "never"
    marks = [name for name in ("administrator", "disabled") if getattr(account, name)]
    marks += [] if account.email_verified else ["not verified"]
    return f"{account.email:<40}  {instant(account.created_at)[:10]}  last used {used:<10}  {', '.join(marks)}".rstrip()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
