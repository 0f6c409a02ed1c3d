import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import NamedTuple

import asyncpg
import sqlalchemy as sa

from auth_service.domain import COARSE_USE_SECONDS, EXPIRED_TOKEN_DAYS, ApiToken
from auth_service.tables import api_tokens
from service_common.database import Connection, Executor, Statement, ago, named

_columns = [api_tokens.c[field.name] for field in fields(ApiToken)]
_of_user = api_tokens.c.user_id == sa.bindparam("user_id")
_this = api_tokens.c.id == sa.bindparam("token_id")
_alive = api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > sa.func.now())

_new_id = Statement(sa.select(sa.func.uuidv7()))
_insert = Statement(
    sa.insert(api_tokens).values(named("id", "user_id", "digest", "name", "scopes", "expires_at")).returning(*_columns)
)
_count = Statement(sa.select(sa.func.count()).where(_of_user))
_all = Statement(sa.select(*_columns).where(_of_user).order_by(api_tokens.c.id))
_find = Statement(sa.select(*_columns, api_tokens.c.user_id, api_tokens.c.digest).where(_this, _alive))
_use = Statement(
    sa.update(api_tokens)
    .where(
        _of_user,
        _this,
        api_tokens.c.last_used_at.is_(None) | (api_tokens.c.last_used_at < ago(timedelta(seconds=COARSE_USE_SECONDS))),
    )
    .values(last_used_at=sa.func.now())
)
_delete = Statement(sa.delete(api_tokens).where(_of_user, _this).returning(api_tokens.c.id))
_delete_all = Statement(sa.delete(api_tokens).where(_of_user).returning(api_tokens.c.id))
_delete_every = Statement(sa.delete(api_tokens).returning(api_tokens.c.id))
_delete_expired = Statement(
    sa.delete(api_tokens).where(api_tokens.c.expires_at < ago(timedelta(days=EXPIRED_TOKEN_DAYS)))
)


class Found(NamedTuple):
    token: ApiToken
    user_id: uuid.UUID
    digest: bytes


async def new_id(connection: Connection) -> uuid.UUID:
    """The id of a token to be inserted, which is part of its text."""
    return uuid.UUID(str(await _new_id.value(connection)))


async def insert(
    connection: Connection,
    user_id: uuid.UUID,
    token_id: uuid.UUID,
    digest: bytes,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
) -> ApiToken:
    values = {"id": token_id, "digest": digest, "name": name, "scopes": scopes, "expires_at": expires_at}
    return _token(await _insert.one(connection, user_id=user_id, **values))


async def count(connection: Connection, user_id: uuid.UUID) -> int:
    """How many the user has, with those that have expired; exact while the user's row is locked."""
    return int(await _count.value(connection, user_id=user_id))


async def of_user(db: Executor, user_id: uuid.UUID) -> list[ApiToken]:
    """In the order of their creation."""
    return [_token(row) for row in await _all.all(db, user_id=user_id)]


async def find(db: Executor, token_id: uuid.UUID) -> Found | None:
    """A token that has not expired."""
    row = await _find.first(db, token_id=token_id)
    return Found(_token(row), row["user_id"], row["digest"]) if row else None


async def use(db: Executor, user_id: uuid.UUID, token_id: uuid.UUID) -> None:
    """Note that it is used, unless that was noted a short time ago."""
    await _use.execute(db, user_id=user_id, token_id=token_id)


async def delete(connection: Connection, user_id: uuid.UUID, token_id: uuid.UUID) -> list[uuid.UUID]:
    """The token that ended, if it was the user's."""
    return [row["id"] for row in await _delete.all(connection, user_id=user_id, token_id=token_id)]


async def delete_all(connection: Connection, user_id: uuid.UUID) -> list[uuid.UUID]:
    """The tokens that ended: all of the user."""
    return [row["id"] for row in await _delete_all.all(connection, user_id=user_id)]


async def delete_every(connection: Connection) -> int:
    """How many there were, of all users."""
    return len(await _delete_every.all(connection))


async def delete_expired(db: Executor) -> None:
    """Delete those that expired so long ago that their owner has seen it."""
    await _delete_expired.execute(db)


def _token(row: asyncpg.Record) -> ApiToken:
    return ApiToken(**{field.name: row[field.name] for field in fields(ApiToken)})
