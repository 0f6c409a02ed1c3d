"""Log in, refresh tokens, list and end sessions."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from asyncpg import Pool
from prometheus_client import Counter

from auth_service.derived_keys import digest, new_token
from auth_service.domain import Client, Session, User, email_key
from auth_service.errors import (
    InvalidCredentials,
    InvalidGrant,
    ReauthenticationRequired,
    TooManyAttempts,
    WrongPassword,
)
from auth_service.passwords import Share
from auth_service.repository import audit, failures, pending_logins, revocations, sessions, totp, users
from auth_service.repository.failures import Attempt
from auth_service.repository.sessions import Owner
from auth_service.service.admission import admit, count_failure, refuse_blocked
from auth_service.service.context import Context, revoke
from service_common.database import Connection
from service_common.errors import NotFound
from service_common.tokens.errors import InvalidToken
from service_common.tokens.verifier import Claims

log = structlog.get_logger("sessions")
LOGINS = Counter("auth_logins_total", "Passwords given", ["result"])
Delete = Callable[[Connection, uuid.UUID, uuid.UUID], Awaitable[list[uuid.UUID]]]
REUSES = Counter("auth_refresh_reuses_total", "Sessions ended because an old refresh token was used")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a successful login or refresh gives."""

    access_token: str
    refresh_token: str
    user: User


@dataclass(frozen=True, slots=True)
class Pending:
    """What a right password gives where a second factor is on."""

    mfa_token: str


async def login(context: Context, email: str, password: str, client: Client) -> Grant | Pending:
    """An unknown account and a wrong password give the same answer in the same time.

    Raises: AccountDisabled, Busy, EmailNotVerified, InvalidCredentials, NoSigningKey, TooManyAttempts.
    """
    key = email_key(email)
    attempt = Attempt(context.secrets.account(key), client.network)
    async with context.passwords.turn(Share.LOGIN, *attempt):
        await _admit(context, attempt)
        user = await users.with_email(context.pool, key)
        matched = await context.passwords.matches(Share.LOGIN, password, user.password_hash if user else None)
        if user is None or not matched:
            LOGINS.labels("failed").inc()
            await audit.record(context.pool, user.audit_id if user else None, "login_failed", ip=client.ip)
            await count_failure(context.pool, attempt)
            raise InvalidCredentials
        got = await begin(context, user, client, attempt)
        if isinstance(got, Grant):
            LOGINS.labels("succeeded").inc()
            await _renew_hash(context, user, password)
    return got


async def begin(
    context: Context, user: User, client: Client, attempt: Attempt | None = None, by: str = ""
) -> Grant | Pending:
    """What the first factor gives to a user who has shown it: a session, or the wait for the second one.

    Raises: AccountDisabled, EmailNotVerified, NoSigningKey; InvalidCredentials and TooManyAttempts as `open_session`.
    """
    await admit(context, user)
    factor = await totp.find(context.pool, user.id)
    if factor and factor.confirmed:
        return await _wait_for_code(context, user, attempt)
    return grant(context, user, await open_session(context, user, attempt, client, by))


@asynccontextmanager
async def confirmed(context: Context, claims: Claims, user: User, password: str, client: Client) -> AsyncIterator[None]:
    """While the account has its turn, after the given password was right; failures count as those of a login.

    For an account without a password a recent log-in counts instead.
    Raises: Busy, ReauthenticationRequired, TooManyAttempts, WrongPassword.
    """
    if not user.password_hash:
        if not await sessions.is_recent(context.pool, user.id, uuid.UUID(claims.session_id)):
            raise ReauthenticationRequired
        yield
        return
    attempt = Attempt(context.secrets.account(email_key(user.email)), client.network)
    async with context.passwords.turn(Share.OTHER, *attempt):
        await _admit(context, attempt)
        if not await context.passwords.matches(Share.OTHER, password, user.password_hash):
            await count_failure(context.pool, attempt)
            raise WrongPassword
        await refuse_blocked(context.pool, attempt)
        yield


async def lock_confirmed(connection: Connection, user: User) -> None:
    """Lock the user whose password was confirmed: of two changes at once the second one finds another password.

    Raises: InvalidToken, when the account is deleted; WrongPassword.
    """
    locked = await users.lock(connection, user.id)
    if locked is None:
        raise InvalidToken
    if locked.password_hash != user.password_hash:
        raise WrongPassword


async def lock_caller(connection: Connection, claims: Claims) -> User:
    """As `user_of`, locked until the transaction ends. Raises: InvalidToken."""
    user = await users.lock(connection, uuid.UUID(claims.user_id))
    if user is None:
        raise InvalidToken
    return user


async def user_of(pool: Pool, claims: Claims) -> User:
    """The user of a token; the token of a deleted account is not valid. Raises: InvalidToken."""
    user = await users.with_id(pool, uuid.UUID(claims.user_id))
    if user is None:
        raise InvalidToken
    return user


async def refresh(context: Context, token: str, client: Client) -> Grant:
    """Rotate: the successor is the same text for all who present `token` within the window.

    Raises: InvalidGrant, NoSigningKey.
    """
    read = context.secrets.read_refresh_token(token)
    if read is None:
        raise InvalidGrant
    rotated = await sessions.rotate(context.pool, read.session_id, read.counter)
    if rotated is None:
        await _refuse(context, read.session_id, read.counter, client)
        raise InvalidGrant
    session, user = rotated
    return grant(context, user, session)


def grant(context: Context, user: User, session: Session) -> Grant:
    access = context.keyring.access_token(context.settings, user, session)
    return Grant(access, context.secrets.refresh_token(session.id, session.counter), user)


async def listed(pool: Pool, claims: Claims) -> Sequence[Session]:
    """The caller's sessions that have not ended, last used first."""
    return await sessions.alive(pool, uuid.UUID(claims.user_id))


async def end(context: Context, claims: Claims, session_id: uuid.UUID | None, client: Client) -> None:
    """End one session of the caller. Raises: InvalidToken, NotFound."""
    await end_one(context, claims, session_id, sessions.delete, "logout", client)


async def end_one(
    context: Context, claims: Claims, ended_id: uuid.UUID | None, delete: Delete, event: str, client: Client
) -> None:
    """End a session or an API token of the caller's, with `event` in the audit log. Raises: InvalidToken, NotFound."""
    if ended_id is None:
        raise NotFound
    user = await user_of(context.pool, claims)
    async with context.pool.acquire() as connection, connection.transaction():
        ended = await delete(connection, user.id, ended_id)
        if not ended:
            raise NotFound
        gone = await revocations.insert(connection, ended)
        await audit.record(connection, user.audit_id, event, ended_id, client.ip)
    await revoke(context, gone)


async def logout(context: Context, claims: Claims, client: Client) -> None:
    """End the caller's session, also when its row is gone already. Raises: InvalidToken."""
    try:
        await end(context, claims, uuid.UUID(claims.session_id), client)
    except NotFound:
        return


async def end_all(context: Context, claims: Claims, client: Client) -> None:
    """End every session of the caller. Raises: InvalidToken."""
    user = await user_of(context.pool, claims)
    async with context.pool.acquire() as connection, connection.transaction():
        await users.lock(connection, user.id)  # a session that is beginning is ended too, or begins after this
        ended = await sessions.delete_all(connection, user.id)
        gone = await revocations.insert_all(connection, user.id)
        await audit.record(connection, user.audit_id, "logout_all", ip=client.ip, detail=f"{len(ended)} sessions")
    await revoke(context, [gone])


async def open_session(context: Context, user: User, attempt: Attempt | None, client: Client, by: str = "") -> Session:
    """A new session, which may end the user's oldest; `by` says for the audit log what opened it, if no password did.

    Raises: InvalidCredentials; TooManyAttempts, when failures at the same time have begun a block.
    """
    async with context.pool.acquire() as connection, connection.transaction():
        await _succeeded(connection, attempt)
        session = await sessions.insert(connection, user.id, user.password_hash, client.user_agent, client.ip)
        if session is None:
            raise InvalidCredentials
        ended = await sessions.delete_oldest(connection, user.id, context.settings.sessions_per_user)
        gone = await revocations.insert(connection, ended)
        await audit.record(connection, user.audit_id, "login", session.id, client.ip, by)
    await revoke(context, gone)
    return session


async def _wait_for_code(context: Context, user: User, attempt: Attempt | None) -> Pending:
    token = new_token()
    async with context.pool.acquire() as connection, connection.transaction():
        await _succeeded(connection, attempt)
        if not await pending_logins.insert(connection, user.id, digest(token), user.password_hash):
            raise InvalidCredentials
    return Pending(token)


async def _succeeded(connection: Connection, attempt: Attempt | None) -> None:
    if attempt:
        await refuse_blocked(connection, attempt)
        await failures.clear(connection, attempt)


async def _admit(context: Context, attempt: Attempt) -> None:
    try:
        await refuse_blocked(context.pool, attempt)
    except TooManyAttempts:
        LOGINS.labels("throttled").inc()
        raise


async def _renew_hash(context: Context, user: User, password: str) -> None:
    """Hash the password again if the stored hash has outdated parameters."""
    if context.passwords.is_outdated(user.password_hash):
        renewed = await context.passwords.hash(Share.LOGIN, password)
        await users.renew_hash(context.pool, user.id, user.password_hash, renewed)


async def _refuse(context: Context, session_id: uuid.UUID, counter: int, client: Client) -> None:
    """A genuine token that is not the newest was copied, perhaps stolen: its session ends."""
    owner = await sessions.owner(context.pool, session_id)
    if owner is None:
        return
    if counter >= owner.counter:
        log.warning("refresh token of an ended session, or not issued yet", session=str(session_id))
        return
    await _end_reused(context, session_id, owner, client)


async def _end_reused(context: Context, session_id: uuid.UUID, owner: Owner, client: Client) -> None:
    async with context.pool.acquire() as connection, connection.transaction():
        ended = await sessions.delete(connection, owner.user_id, session_id)
        gone = await revocations.insert(connection, ended)
        REUSES.inc()
        await audit.record(connection, owner.audit_id, "refresh_reuse", session_id, client.ip)
    await revoke(context, gone)
