import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from asyncpg import Pool
from sqlalchemy.dialects.postgresql import ARRAY

from auth_service.tables import revocations
from service_common.database import Connection, Statement
from todobus_events.topology import REVOCATION_SECONDS

_session_ids = sa.bindparam("session_ids", type_=ARRAY(sa.Uuid))
_row = (revocations.c.session_id, sa.cast(sa.extract("epoch", revocations.c.until), sa.Double).label("until"))
_holds = revocations.c.until > sa.func.now()
_insert = Statement(
    sa.insert(revocations)
    .from_select(
        ["session_id", "until"],
        sa.select(sa.func.unnest(_session_ids), sa.func.now() + timedelta(seconds=REVOCATION_SECONDS)),
    )
    .returning(*_row)
)
_unpublished = Statement(
    sa.select(*_row).where(~revocations.c.published, _holds).order_by(revocations.c.until).limit(sa.bindparam("limit"))
)
_published = Statement(
    sa.update(revocations).where(revocations.c.session_id == sa.any_(_session_ids)).values(published=sa.true())
)
_unpublish = Statement(sa.update(revocations).where(revocations.c.published, _holds).values(published=sa.false()))
_delete_dead = Statement(sa.delete(revocations).where(~_holds))


class Revocation(NamedTuple):
    """`until` is seconds since 1970."""

    session_id: uuid.UUID
    until: float


async def insert(connection: Connection, session_ids: Sequence[uuid.UUID]) -> list[Revocation]:
    return [Revocation(**row) for row in await _insert.all(connection, session_ids=session_ids)]


async def unpublished(pool: Pool, limit: int) -> list[Revocation]:
    return [Revocation(**row) for row in await _unpublished.all(pool, limit=limit)]


async def published(pool: Pool, session_ids: Sequence[uuid.UUID]) -> None:
    await _published.execute(pool, session_ids=session_ids)


async def unpublish(pool: Pool) -> None:
    """Mark those of tokens that have not expired as not published: the bus may have lost them."""
    await _unpublish.execute(pool)


async def delete_dead(pool: Pool) -> None:
    await _delete_dead.execute(pool)
