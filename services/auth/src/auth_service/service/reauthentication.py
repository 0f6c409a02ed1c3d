"""Proofs of who uses a session: what matters most asks for one of the last ten minutes.

Calls that carry the right password in their body do not ask for another proof.
"""

from uuid import UUID

from asyncpg import Pool

from auth_service.domain import Client
from auth_service.errors import ReauthenticationRequired, WrongPassword
from auth_service.repository import sessions
from auth_service.service.context import Context
from auth_service.service.sessions import confirmed, user_of
from service_common.tokens.errors import InvalidToken
from service_common.tokens.verifier import Claims


async def require_recent(pool: Pool, claims: Claims) -> None:
    """Raises: ReauthenticationRequired, also for a token that is no session's."""
    if not await sessions.is_recent(pool, UUID(claims.user_id), UUID(claims.session_id)):
        raise ReauthenticationRequired


async def with_password(context: Context, claims: Claims, password: str, client: Client) -> None:
    """Raises: Busy, InvalidToken, TooManyAttempts, WrongPassword."""
    user = await user_of(context.pool, claims)
    if not user.password_hash:
        raise WrongPassword
    async with confirmed(context, claims, user, password, client):
        await mark(context, claims)


async def mark(context: Context, claims: Claims) -> None:
    """The proof was given. Raises: InvalidToken, when the session has ended."""
    if not await sessions.authenticated(context.pool, UUID(claims.user_id), UUID(claims.session_id)):
        raise InvalidToken
