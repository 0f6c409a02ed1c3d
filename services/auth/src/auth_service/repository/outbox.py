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

_advance = Statement(
    text("""
    insert into stream_position as s (stream, last_sequence) values (:stream, :last_sequence)
    on conflict (stream) do update set last_sequence = excluded.last_sequence
    """)
)
_go_back = Statement(
    text("""
    update stream_position set last_sequence = :last_sequence
    where stream = :stream and last_sequence > :last_sequence returning stream
    """)
)


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


async def advance(connection: Connection, stream: str, last_sequence: int) -> None:
    """Remember how far the stream is."""
    await _advance.execute(connection, stream=stream, last_sequence=last_sequence)


async def goes_back(connection: Connection, stream: str, last_sequence: int) -> bool:
    """Whether the stream is behind what it had stored; it is told once, then this is where it stands."""
    return await _go_back.first(connection, stream=stream, last_sequence=last_sequence) is not None
