"""The outbox: narrow rows, written with the change by the statement of the write, that point at the change."""

from collections.abc import Sequence

import sqlalchemy as sa

from service_common import outbox
from service_common.database import Connection, Statement
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import headers
from todobus_events.publishing import Message
from todos_service.repository import changes
from todos_service.tables import changes as log
from todos_service.tables import outbox as pointers

_PENDING = Statement(
    sa.select(pointers.c.id, sa.cast(pointers.c.user_id, sa.Text).label("owner"), *changes.EVENT)
    .outerjoin_from(pointers, log, (log.c.user_id == pointers.c.user_id) & (log.c.sequence == pointers.c.sequence))
    .where(pointers.c.id > sa.bindparam("after"))
    .order_by(pointers.c.id)
    .limit(sa.bindparam("count"))
)
_OLDEST = Statement(
    sa.select(sa.cast(sa.extract("epoch", sa.func.clock_timestamp() - log.c.occurred_at), sa.Double))
    .join_from(pointers, log, (log.c.user_id == pointers.c.user_id) & (log.c.sequence == pointers.c.sequence))
    .order_by(pointers.c.id)
    .limit(1)
)


class Outbox(outbox.Outbox):
    name = "todos-relay"
    lock = 7_205_759_401
    streams = (topology.TODOS,)
    wake_subject = topology.RELAY_WAKE

    async def pending(self, connection: Connection, after: int, count: int) -> Sequence[Row]:
        return await _PENDING.all(connection, after=after, count=count)

    def message(self, row: Row) -> Message | None:
        if not row["event_id"]:
            return None
        subject = topology.feed_event(row["user_id"], row["type"])
        return Message(row["event_id"], subject, changes.event(row), headers(row["traceparent"]))

    async def oldest(self, connection: Connection) -> float:
        return await _OLDEST.value(connection) or 0.0
