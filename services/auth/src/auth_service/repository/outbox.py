import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from service_common.database import Connection, Statement

LOCK = 7_205_759_411

_insert = Statement(
    text("""
    insert into outbox (user_id, verb, sequence, data, occurred_at, traceparent)
    values (:user_id, :verb, :sequence, :data, :occurred_at, :traceparent)
    """)
)
_try_lock = Statement(text(f"select pg_try_advisory_xact_lock({LOCK})"))
_pending = Statement(
    text("""
    select id, event_id, user_id, verb, sequence, data, occurred_at, traceparent from outbox order by id limit :limit
    """)
)
_delete = Statement(text("delete from outbox where id = :id"))


class Pending(NamedTuple):
    id: int
    event_id: uuid.UUID
    user_id: uuid.UUID
    verb: str
    sequence: int
    data: str
    occurred_at: datetime
    traceparent: str


async def insert(
    connection: Connection,
    user_id: uuid.UUID,
    verb: str,
    sequence: int,
    data: str,
    occurred_at: datetime,
    traceparent: str,
) -> None:
    await _insert.execute(
        connection,
        user_id=user_id,
        verb=verb,
        sequence=sequence,
        data=data,
        occurred_at=occurred_at,
        traceparent=traceparent,
    )


async def try_lock(connection: Connection) -> bool:
    """Whether this process may publish until its transaction ends: one does at a time, so events keep their order."""
    return bool(await _try_lock.value(connection))


async def pending(connection: Connection, limit: int) -> Sequence[Pending]:
    return [Pending(**row) for row in await _pending.all(connection, limit=limit)]


async def delete(connection: Connection, row_id: int) -> None:
    await _delete.execute(connection, id=row_id)
