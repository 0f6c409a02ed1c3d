"""The outbox: events of reminders, written with the record that they have fired."""

from collections.abc import Sequence

import sqlalchemy as sa

from notifications_service.domain import instant
from notifications_service.tables import outbox as rows
from service_common import outbox
from service_common.database import Connection, Statement
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import cloud_event, headers
from todobus_events.publishing import Message

SOURCE = "/services/notifications"
_pending = Statement(
    sa.select(rows, sa.cast(rows.c.user_id, sa.Text).label("owner"))
    .where(rows.c.id > sa.bindparam("after"))
    .order_by(rows.c.id)
    .limit(sa.bindparam("count"))
)
_oldest = Statement(
    sa.select(sa.cast(sa.extract("epoch", sa.func.clock_timestamp() - rows.c.occurred_at), sa.Double))
    .order_by(rows.c.id)
    .limit(1)
)


class Outbox(outbox.Outbox):
    name = "notifications-relay"
    lock = 7_205_759_421
    streams = (topology.NOTIFICATIONS,)
    wake_subject = None

    async def pending(self, connection: Connection, after: int, count: int) -> Sequence[Row]:
        return await _pending.all(connection, after=after, count=count)

    def message(self, row: Row) -> Message:
        event_id, user_id = str(row["event_id"]), row["owner"]
        payload = cloud_event(
            event_id=event_id,
            source=SOURCE,
            event_type=row["type"],
            subject=str(row["subject"]),
            time=instant(row["occurred_at"]),
            sequence=row["sequence"],
            user_id=user_id,
            traceparent=None,
            data=row["data"],
        )
        return Message(event_id, topology.notification_event_of(user_id, row["type"]), payload, headers(None))

    async def oldest(self, connection: Connection) -> float:
        return await _oldest.value(connection) or 0.0
