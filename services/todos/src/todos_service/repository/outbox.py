"""The outbox: narrow rows, written with the change by the statement of the write, that point at the change."""

from collections.abc import Sequence

from sqlalchemy import text

from service_common import outbox
from service_common.database import Connection, Statement
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import headers
from todobus_events.publishing import Message
from todos_service.repository import changes

_PENDING = Statement(
    text(
        f"""
        select o.id, o.user_id::text as owner, {changes.COLUMNS}
        from outbox o left join changes c on c.user_id = o.user_id and c.sequence = o.sequence
        where o.id > :after order by o.id limit :count
        """
    )
)
_OLDEST = Statement(
    text(
        """
        select extract(epoch from clock_timestamp() - c.occurred_at)::float8 from outbox o
        join changes c using (user_id, sequence) order by o.id limit 1
        """
    )
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
        subject = topology.todo_event(row["user_id"], row["type"].split(".")[1])
        return Message(row["event_id"], subject, changes.event(row), headers(row["traceparent"]))

    async def oldest(self, connection: Connection) -> float:
        return await _OLDEST.value(connection) or 0.0
