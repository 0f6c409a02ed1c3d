"""The second factor: an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost."""

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyotp
import segno
from asyncpg import Pool

from auth_service.derived_keys import digest
from auth_service.domain import Client, User
from auth_service.errors import (
    InvalidCode,
    InvalidMfaToken,
    SecondFactorOn,
    WrongCode,
)
from auth_service.repository import audit, pending_logins, recovery_codes, totp, users
from auth_service.repository.failures import Attempt
from auth_service.service import mails
from auth_service.service.admission import count_failure, refuse_blocked
from auth_service.service.context import Context
from auth_service.service.reauthentication import mark, require_recent
from auth_service.service.sessions import Grant, grant, open_session, user_of
from service_common.errors import NotFound
from service_common.tokens.verifier import Claims

ISSUER = "Todobus"
STEP_SECONDS = 30
RECOVERY_CODES = 10
CODE_BYTES = 10
ANYWHERE = "*"  # codes of an account are counted together, wherever they come from: a guesser knows the password


class Enrolment(NamedTuple):
    """`qr_svg` shows `uri`, which holds `secret`."""

    secret: str
    uri: str
    qr_svg: str


async def enrol(context: Context, claims: Claims) -> Enrolment:
    """A new secret, which counts once it is confirmed.

    Raises: InvalidToken, ReauthenticationRequired, SecondFactorOn.
    """
    await require_recent(context.pool, claims)
    user = await user_of(context.pool, claims)
    secret = pyotp.random_base32()
    if not await totp.put(context.pool, user.id, context.secrets.totp.close(str(user.id), secret.encode())):
        raise SecondFactorOn
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, uri, segno.make(uri, error="m").svg_inline(scale=4, border=2))


async def confirm(context: Context, claims: Claims, code: str, client: Client) -> list[str]:
    """From now on a log-in needs a code; the recovery codes, which are shown this once.

    Raises: InvalidToken, ReauthenticationRequired, SecondFactorOn, TooManyAttempts, WrongCode; NotFound before `enrol`.
    """
    await require_recent(context.pool, claims)
    user = await user_of(context.pool, claims)
    found = await totp.find(context.pool, user.id)
    if found is None:
        raise NotFound
    if found.confirmed:
        raise SecondFactorOn
    attempt = _attempt(context, user)
    await refuse_blocked(context.pool, attempt)
    step = _step(_secret(context, user, found.sealed), code)
    if step is None:
        await _fail(context, user, attempt, client)
        raise WrongCode
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    async with context.pool.acquire() as connection, connection.transaction():
        if not await totp.use(connection, user.id, step, confirmed=False):
            raise SecondFactorOn
        await recovery_codes.insert(connection, user.id, [digest(_plain(one)) for one in codes])
        await mails.put_for(context, connection, user, "second_factor", on=True)
        await audit.record(connection, user.audit_id, "second_factor_on", ip=client.ip)
    return codes


async def remove(context: Context, claims: Claims, client: Client) -> None:
    """Raises: InvalidToken, ReauthenticationRequired; NotFound, when there is none."""
    await require_recent(context.pool, claims)
    user = await user_of(context.pool, claims)
    async with context.pool.acquire() as connection, connection.transaction():
        if not await totp.delete(connection, user.id):
            raise NotFound
        await recovery_codes.delete(connection, user.id)
        await pending_logins.delete(connection, user.id)
        await mails.put_for(context, connection, user, "second_factor", on=False)
        await audit.record(connection, user.audit_id, "second_factor_off", ip=client.ip)


async def finish_login(context: Context, mfa_token: str, code: str, client: Client) -> Grant:
    """The session of a log-in that waited for a code.

    Raises: InvalidCode, InvalidMfaToken, NoSigningKey, TooManyAttempts; those of the log-in.
    """
    waiting = digest(mfa_token)
    user_id = await pending_logins.count_try(context.pool, waiting)
    user = await users.with_id(context.pool, user_id) if user_id else None
    if user is None:
        raise InvalidMfaToken
    try:
        attempt = await check(context, user, code, client)
    except WrongCode:
        raise InvalidCode from None
    async with context.pool.acquire() as connection, connection.transaction():
        if not await pending_logins.take(connection, waiting):
            raise InvalidMfaToken
    session = await open_session(context, user, attempt, client)
    return grant(context, user, session)


async def check(context: Context, user: User, code: str, client: Client) -> Attempt:
    """Use up a code of the authenticator, or a recovery code. Raises: TooManyAttempts, WrongCode."""
    attempt = _attempt(context, user)
    await refuse_blocked(context.pool, attempt)
    if not await _use(context, user, code):
        await _fail(context, user, attempt, client)
        raise WrongCode
    return attempt


async def reauthenticate(context: Context, claims: Claims, code: str, client: Client) -> None:
    """Raises: InvalidToken, TooManyAttempts, WrongCode."""
    user = await user_of(context.pool, claims)
    await check(context, user, code, client)
    await mark(context, claims)


async def state(pool: Pool, user: User) -> tuple[bool, int]:
    """Whether it is on, and how many recovery codes are left."""
    found = await totp.find(pool, user.id)
    return found is not None and found.confirmed, await recovery_codes.left(pool, user.id)


async def _use(context: Context, user: User, code: str) -> bool:
    """Whether the code is right. Raises: WrongCode, for one that was used before: no guess, which would be counted."""
    found = await totp.find(context.pool, user.id)
    if found is None or not found.confirmed:
        return False
    step = _step(_secret(context, user, found.sealed), code)
    if step is not None:
        if not await totp.use(context.pool, user.id, step, confirmed=True):
            raise WrongCode
        return True
    return await recovery_codes.use(context.pool, user.id, digest(_plain(code)))


def _secret(context: Context, user: User, sealed: bytes) -> str:
    return context.secrets.totp.open(str(user.id), sealed).decode()


def _step(secret: str, code: str) -> int | None:
    """The time step of a code that is valid now, or was in the last step, or will be in the next one."""
    generator = pyotp.TOTP(secret)
    now = generator.timecode(datetime.now(UTC))
    matches = [
        step for step in (now, now - 1, now + 1) if pyotp.utils.strings_equal(code, generator.generate_otp(step))
    ]
    return matches[0] if matches else None


def _new_recovery_code() -> str:
    """80 bits in groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
    return "-".join(_groups(text))


def _groups(text: str) -> Sequence[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code.lower()))


def _attempt(context: Context, user: User) -> Attempt:
    return Attempt(context.secrets.codes(user.id), ANYWHERE)


async def _fail(context: Context, user: User, attempt: Attempt, client: Client) -> None:
    await audit.record(context.pool, user.audit_id, "code_failed", ip=client.ip)
    await count_failure(context.pool, attempt)
