"""Change the profile or the password, delete the account."""

import uuid
from datetime import UTC, datetime
from typing import Any

from auth_service.derived_keys import Secrets
from auth_service.domain import ERASING_SERVICES, PROFILE, Client, User, email_key, is_address
from auth_service.errors import RefusedPassword, TooManyPasswordChanges
from auth_service.passwords import Share
from auth_service.repository import (
    allowances,
    api_tokens,
    audit,
    erasures,
    failures,
    mails,
    pending_logins,
    revocations,
    sessions,
    users,
)
from auth_service.service.context import Context, announce, announce_deleted, revoke, use_allowance
from auth_service.service.sessions import confirmed, lock_caller, lock_confirmed, user_of
from service_common.database import Connection
from service_common.revocations import Revocation
from service_common.tokens.verifier import Claims


async def update_profile(context: Context, claims: Claims, changes: dict[str, Any]) -> User:
    """Without a difference nothing is written or published. Raises: InvalidToken."""
    async with context.pool.acquire() as connection, connection.transaction():
        user = await lock_caller(connection, claims)
        current = {name: getattr(user, name) for name in PROFILE}
        previous = {name: value for name, value in current.items() if changes.get(name, value) != value}
        if previous:
            user = await users.update(connection, user.id, current | changes)
            await announce(connection, user, "updated", datetime.now(UTC), changed=sorted(previous), previous=previous)
    context.wake()
    return user


async def change_password(context: Context, claims: Claims, current: str, new: str, client: Client) -> None:
    """Every other session of the user ends.

    Raises: Busy, InvalidToken, ReauthenticationRequired, RefusedPassword, TooManyAttempts, TooManyPasswordChanges,
    WrongPassword.
    """
    user = await user_of(context.pool, claims)
    limit = context.settings.password_changes_per_hour
    await use_allowance(context, str(user.id), limit, TooManyPasswordChanges)
    async with confirmed(context, claims, user, current, client):
        if new == current:
            raise RefusedPassword("is the current password", "password_unchanged")
        if is_address(new, user.email):
            raise RefusedPassword("is your e-mail address")
        hashed = await context.passwords.hash(Share.OTHER, new)
        async with context.pool.acquire() as connection, connection.transaction():
            await lock_confirmed(connection, user)
            await users.set_password(connection, user.id, hashed)
            await pending_logins.delete(connection, user.id)
            ended = await sessions.delete_all(connection, user.id, kept=uuid.UUID(claims.session_id))
            gone = await revocations.insert(connection, ended)
            await audit.record(connection, user.audit_id, "password_changed", ip=client.ip)
    await revoke(context, gone)


async def delete(context: Context, claims: Claims, password: str, client: Client) -> None:
    """Delete the user's rows here, and publish the deletion until every other service has confirmed its own.

    Raises: Busy, InvalidToken, ReauthenticationRequired, TooManyAttempts, WrongPassword.
    """
    user = await user_of(context.pool, claims)
    async with (
        confirmed(context, claims, user, password, client),
        context.pool.acquire() as connection,
        connection.transaction(),
    ):
        await lock_confirmed(connection, user)  # no login after this; sessions opened before it are found
        gone = await erase(connection, context.secrets, user)
        await audit.record(connection, user.audit_id, "deleted", ip=client.ip)
    context.wake()
    await revoke(context, gone)


async def erase(connection: Connection, secrets: Secrets, user: User) -> list[Revocation]:
    """Delete the rows of a locked user, and announce it. To be revoked after the commit."""
    ended = await sessions.delete_all(connection, user.id) + await api_tokens.delete_all(connection, user.id)
    gone = await revocations.insert(connection, ended)
    await users.delete(connection, user.id)
    await allowances.delete(connection, str(user.id))
    account = secrets.account(email_key(user.email))
    await failures.delete_account(connection, account)
    await failures.delete_account(connection, secrets.codes(user.id))
    await mails.delete_account(connection, account)
    await erasures.insert(connection, user.id, user.sequence + 1, ERASING_SERVICES)
    await announce_deleted(connection, user.id, user.sequence + 1)
    return gone
