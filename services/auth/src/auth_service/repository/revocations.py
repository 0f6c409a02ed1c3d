import uuid
from collections.abc import Sequence
from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from service_common.database import Connection, Statement
from todobus_events.topology import REVOCATION_SECONDS

_insert = Statement(
    text(f"""
    insert into revocations (session_id, until)
    select unnest(cast(:session_ids as uuid[])), now() + interval '{REVOCATION_SECONDS} seconds'
    returning session_id, extract(epoch from until) as until
    """)
)
_unpublished = Statement(
    text("""
    select session_id, extract(epoch from until) as until from revocations
    where not published and until > now() order by until limit :limit
    """)
)
_alive = Statement(text("select session_id, extract(epoch from until) as until from revocations where until > now()"))
_published = Statement(
    text("update revocations set published = true where session_id = any(cast(:session_ids as uuid[]))")
)
_unpublish = Statement(text("update revocations set published = false where published and until > now()"))
_delete_dead = Statement(text("delete from revocations where until < now()"))


class Revocation(NamedTuple):
    """`until` is seconds since 1970."""

    session_id: uuid.UUID
    until: float


async def insert(connection: Connection, session_ids: Sequence[uuid.UUID]) -> list[Revocation]:
    rows = await _insert.all(connection, session_ids=session_ids)
    return [Revocation(row["session_id"], float(row["until"])) for row in rows]


async def unpublished(pool: Pool, limit: int) -> list[Revocation]:
    rows = await _unpublished.all(pool, limit=limit)
    return [Revocation(row["session_id"], float(row["until"])) for row in rows]


async def alive(pool: Pool) -> list[Revocation]:
    return [Revocation(row["session_id"], float(row["until"])) for row in await _alive.all(pool)]


async def published(pool: Pool, session_ids: Sequence[uuid.UUID]) -> None:
    await _published.execute(pool, session_ids=session_ids)


async def unpublish(pool: Pool) -> None:
    """Tell all that matter again: the bus may have lost them."""
    await _unpublish.execute(pool)


async def delete_dead(pool: Pool) -> None:
    await _delete_dead.execute(pool)
