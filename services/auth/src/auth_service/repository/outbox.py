"""The outbox: events of accounts, written with what they report; and how far their stream was."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import asyncpg
from sqlalchemy import text

from auth_service.domain import instant
from service_common import outbox
from service_common.database import Connection, Statement
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import cloud_event, headers
from todobus_events.publishing import Message

_insert = Statement(
    text("""
    insert into outbox (user_id, verb, sequence, data, occurred_at, traceparent)
    values (:user_id, :verb, :sequence, :data, :occurred_at, :traceparent)
    """)
)
_pending = Statement(
    text("""
    select id, user_id::text as owner, event_id, verb, sequence, data, occurred_at, traceparent from outbox
    where id > :after order by id limit :count
    """)
)
_oldest = Statement(
    text("select extract(epoch from clock_timestamp() - occurred_at)::float8 from outbox order by id limit 1")
)
_delete = Statement(
    text("""
    with gone as (delete from outbox where id = any(cast(:ids as bigint[])))
    insert into stream_position as s (stream, last_sequence) values (:stream, :position)
    on conflict (stream) do update set last_sequence = greatest(s.last_sequence, excluded.last_sequence)
    """)
)
_forget_dead = Statement(text("delete from outbox_dead where user_id = :user_id"))
_go_back = Statement(
    text("""
    update stream_position set last_sequence = :last_sequence
    where stream = :stream and last_sequence > :last_sequence returning stream
    """)
)


class Outbox(outbox.Outbox):
    name = "auth-relay"
    lock = 7_205_759_411
    streams = (topology.USERS, topology.REVOCATIONS_STREAM)
    wake_subject = None

    async def pending(self, connection: Connection, after: int, count: int) -> Sequence[Row]:
        return await _pending.all(connection, after=after, count=count)

    def message(self, row: Row) -> Message:
        user_id, verb, traceparent = row["owner"], row["verb"], row["traceparent"] or None
        event_id = str(row["event_id"])
        payload = cloud_event(
            event_id=event_id,
            source="/services/auth",
            event_type=f"user.{verb}.v1",
            subject=user_id,
            time=instant(row["occurred_at"]),
            sequence=row["sequence"],
            user_id=user_id,
            traceparent=traceparent,
            data=row["data"],
        )
        return Message(event_id, topology.user_event(user_id, verb), payload, headers(traceparent))

    async def oldest(self, connection: Connection) -> float:
        return await _oldest.value(connection) or 0.0

    async def delete(self, connection: Connection, ids: Sequence[int], position: int) -> None:
        """With the rows, remember how far the stream is."""
        await _delete.execute(connection, ids=ids, stream=topology.USERS, position=position)


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


async def forget_dead(db: Connection | asyncpg.Pool, user_id: uuid.UUID) -> None:
    """Delete what could not be published of a user who has left."""
    await _forget_dead.execute(db, user_id=user_id)


async def goes_back(connection: Connection, last_sequence: int) -> bool:
    """Whether the stream of user events is behind what it had stored; its position is then the new one."""
    return await _go_back.first(connection, stream=topology.USERS, last_sequence=last_sequence) is not None
