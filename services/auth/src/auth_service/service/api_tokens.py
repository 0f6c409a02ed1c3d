"""Create, list and end API tokens; change one for an access token."""

import hmac
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from asyncpg import Pool
from prometheus_client import Counter

from auth_service.domain import ACCESS_TOKEN_SECONDS, ApiToken, Client
from auth_service.errors import TooManyApiTokens, TooManyNewApiTokens
from auth_service.repository import api_tokens, audit, users
from auth_service.service.context import Context, use_allowance
from auth_service.service.reauthentication import require_recent
from auth_service.service.sessions import end_one, lock_caller
from service_common.tokens.api_tokens import digest, make
from service_common.tokens.errors import InvalidToken
from service_common.tokens.verifier import Claims

EXCHANGES = Counter("auth_api_token_exchanges_total", "API tokens shown to get an access token", ["result"])
NO_DIGEST = bytes(32)


class Created(NamedTuple):
    """`text` is shown once; only its digest is stored."""

    token: ApiToken
    text: str


async def create(
    context: Context, claims: Claims, name: str, scopes: Sequence[str], expires_at: datetime | None, client: Client
) -> Created:
    """A new token of the caller.

    Raises: InvalidToken, ReauthenticationRequired, TooManyApiTokens, TooManyNewApiTokens.
    """
    await require_recent(context.pool, claims)
    await use_allowance(context, claims.user_id, context.settings.api_tokens_per_hour, TooManyNewApiTokens)
    async with context.pool.acquire() as connection, connection.transaction():
        user = await lock_caller(connection, claims)
        if user.disabled:
            raise InvalidToken
        if await api_tokens.count(connection, user.id) >= context.settings.api_tokens_per_user:
            raise TooManyApiTokens(context.settings.api_tokens_per_user)
        token_id = await api_tokens.new_id(connection)
        text = make(token_id)
        token = await api_tokens.insert(connection, user.id, token_id, digest(text), name, scopes, expires_at)
        await audit.record(connection, user.audit_id, "token_created", token_id, client.ip, " ".join(scopes))
    return Created(token, text)


async def listed(pool: Pool, claims: Claims) -> list[ApiToken]:
    """The caller's tokens, in the order of their creation; of those that have expired, the last ones."""
    return await api_tokens.of_user(pool, uuid.UUID(claims.user_id))


async def end(context: Context, claims: Claims, token_id: uuid.UUID | None, client: Client) -> None:
    """End a token of the caller. Raises: InvalidToken, NotFound."""
    await end_one(context, claims, token_id, api_tokens.delete, "token_ended", client)


async def exchange(context: Context, token_id: uuid.UUID, given: bytes) -> str | None:
    """An access token for the API token of this id and digest; None if there is none. Raises: NoSigningKey."""
    found = await api_tokens.find(context.pool, token_id)
    is_right = hmac.compare_digest(found.digest if found else NO_DIGEST, given)
    user = await users.with_id(context.pool, found.user_id) if found and is_right else None
    seconds = _left(found.token, datetime.now(UTC)) if found and user and not user.disabled else 0
    if not (found and user and seconds):
        EXCHANGES.labels("refused").inc()
        return None
    await api_tokens.use(context.pool, user.id, token_id)
    EXCHANGES.labels("granted").inc()
    return context.keyring.exchanged_token(context.settings, user, found.token, seconds)


def _left(token: ApiToken, now: datetime) -> int:
    """How many whole seconds an access token may live."""
    if token.expires_at is None:
        return ACCESS_TOKEN_SECONDS
    return max(0, min(ACCESS_TOKEN_SECONDS, int((token.expires_at - now).total_seconds())))
