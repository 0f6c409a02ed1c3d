"""What a user sees of the security of the account."""

from asyncpg import Pool

from auth_service.domain import Activity, User
from auth_service.repository import audit
from auth_service.service.sessions import user_of
from service_common.tokens.verifier import Claims


async def of(pool: Pool, claims: Claims) -> User:
    """Raises: InvalidToken."""
    return await user_of(pool, claims)


async def activity(pool: Pool, claims: Claims, before: int, limit: int) -> list[Activity]:
    """The user's part of the audit log, newest first, older than entry `before`. Raises: InvalidToken."""
    user = await user_of(pool, claims)
    return await audit.of_account(pool, user.audit_id, before, limit)
