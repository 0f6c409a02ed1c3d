"""Mail: requests leave it in a table, and background work (`mailing`) sends it.

So no request waits for a mail server, or shows by its time whether an address has an account: accounts are looked up,
and tokens made, when the mail goes out. What is stored is sealed.
"""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import orjson

from auth_service.derived_keys import digest, new_token
from auth_service.domain import RESET_HOURS, VERIFY_HOURS, User, email_key
from auth_service.repository import mail_tokens, mails, users
from auth_service.repository.mails import Mail
from auth_service.service.context import Context
from service_common.database import Executor
from service_common.mail import Templates

TEMPLATES = Templates("auth_service")
OF_ACCOUNT = 5  # mails of a kind in an hour
RESET, VERIFY, CHANGE, TAKEN = "reset", "verify", "change_email", "taken"
REGISTRATION, INVITATION = "registration", "invitation"
LINKS = {
    RESET: ("/reset-password", RESET_HOURS),
    VERIFY: ("/verify-email", VERIFY_HOURS),
    CHANGE: ("/verify-email", VERIFY_HOURS),
}


async def put_for(context: Context, db: Executor, user: User, kind: str, /, **values: Any) -> None:
    """Mail for a user. It goes to the address that the user then has, or to `values["to"]`."""
    await mails.put(db, user.id.bytes, kind, _sealed(context, kind, values), user.id)


async def put_for_address(context: Context, db: Executor, email: str, kind: str, /, **values: Any) -> None:
    """Mail for the account of an address, if there is one."""
    key = email_key(email)
    await mails.put(db, context.secrets.account(key), kind, _sealed(context, kind, {"account": key} | values))


async def recipient(context: Context, one: Mail, values: dict[str, Any]) -> User | None:
    """The account that a mail is for, if there is one."""
    if one.user_id:
        return await users.with_id(context.pool, one.user_id)
    return await users.with_email(context.pool, values["account"])


async def message(context: Context, one: Mail, values: dict[str, Any], user: User | None) -> EmailMessage | None:
    """None when there is nothing to say any more, or nobody to say it to."""
    settings = context.settings
    if one.kind == INVITATION:
        return TEMPLATES.message(one.kind, settings.mail_from, values["to"], one.id, **values)
    if user is None or user.disabled or (one.kind == VERIFY and user.email_verified):
        return None
    to, kind = values.get("to", user.email), one.kind
    if kind == CHANGE and await users.with_email(context.pool, email_key(to)):
        kind = TAKEN
    if kind in LINKS:
        hours = LINKS[kind][1]
        made = await link(context.pool, settings.public_url, user, kind, to)
        if made is None:
            return None
        values |= {"link": made, "hours": hours}
    shown = {"name": user.display_name, "email": user.email, "public_url": settings.public_url}
    return TEMPLATES.message(kind, settings.mail_from, to, one.id, **shown | values)


async def link(db: Executor, public_url: str, user: User, purpose: str, email: str) -> str | None:
    """A link with a new token, behind the # so that it is in no log and no Referer; None for a deleted user."""
    path, hours = LINKS[purpose]
    token = new_token()
    is_stored = await mail_tokens.put(db, user.id, purpose, digest(token), email, timedelta(hours=hours))
    return f"{public_url}{path}#token={token}" if is_stored else None


def _sealed(context: Context, kind: str, values: dict[str, Any]) -> bytes:
    return context.secrets.mails.close(kind, orjson.dumps(values))
