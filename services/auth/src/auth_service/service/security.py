"""What a user sees of the security of the account."""

from typing import NamedTuple

from asyncpg import Pool

from auth_service.domain import Activity
from auth_service.repository import audit, passkeys
from auth_service.service import second_factor
from auth_service.service.sessions import user_of
from service_common.tokens.verifier import Claims


class Security(NamedTuple):
    email_verified: bool
    administrator: bool
    password: bool
    totp: bool
    passkeys: int
    recovery_codes_left: int


async def of(pool: Pool, claims: Claims) -> Security:
    """Raises: InvalidToken."""
    user = await user_of(pool, claims)
    is_on, left = await second_factor.state(pool, user)
    keys = len(await passkeys.listed(pool, user.id))
    return Security(user.email_verified, user.administrator, bool(user.password_hash), is_on, keys, left)


async def activity(pool: Pool, claims: Claims, before: int, limit: int) -> list[Activity]:
    """The user's part of the audit log, newest first, older than entry `before`. Raises: InvalidToken."""
    user = await user_of(pool, claims)
    return await audit.of_account(pool, user.audit_id, before, limit)
