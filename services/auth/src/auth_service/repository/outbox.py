"""The outbox: events of accounts, written with the change they report; and the position of their stream."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from auth_service.domain import instant
from auth_service.tables import outbox as rows
from auth_service.tables import outbox_dead, stream_position
from service_common import outbox
from service_common.database import Connection, Statement, named
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import cloud_event, headers
from todobus_events.publishing import Message

_ids = sa.bindparam("ids", type_=ARRAY(sa.BigInteger))
_insert = Statement(
    sa.insert(rows).inline().values(named("user_id", "verb", "sequence", "data", "occurred_at", "traceparent"))
)
_save = insert_or_update(stream_position).values(named("stream", "last_sequence"))
_delete = Statement(
    _save.on_conflict_do_update(
        index_elements=[stream_position.c.stream],
        set_={"last_sequence": sa.func.greatest(stream_position.c.last_sequence, _save.excluded.last_sequence)},
    ).add_cte(sa.delete(rows).where(rows.c.id == sa.any_(_ids)).cte("gone"))
)
_forget_dead = Statement(sa.delete(outbox_dead).where(outbox_dead.c.user_id == sa.bindparam("user_id")))
_reset_position = Statement(
    sa.update(stream_position)
    .where(stream_position.c.stream == sa.bindparam("of"), stream_position.c.last_sequence > sa.bindparam("newest"))
    .values(last_sequence=sa.bindparam("newest"))
    .returning(stream_position.c.stream)
)


class Outbox(outbox.StoredEvents):
    name = "auth-relay"
    lock = 7_205_759_411
    streams = (topology.USERS, topology.REVOCATIONS_STREAM)
    wake_subject = None

    def __init__(self) -> None:
        super().__init__(rows)

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

    async def delete(self, connection: Connection, ids: Sequence[int], position: int) -> None:
        """Delete the rows, and save the position of the stream."""
        await _delete.execute(connection, ids=ids, stream=topology.USERS, last_sequence=position)


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
    """Delete the events of a deleted user that could not be published."""
    await _forget_dead.execute(db, user_id=user_id)


async def reset_position(connection: Connection, last_sequence: int) -> bool:
    """Lower the saved position to the stream's; True if the stream was behind it, and has lost events."""
    return await _reset_position.first(connection, of=topology.USERS, newest=last_sequence) is not None
