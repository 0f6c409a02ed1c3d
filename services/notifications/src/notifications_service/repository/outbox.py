"""The outbox: events of reminders, written with the record that they have fired."""

from notifications_service.domain import instant
from notifications_service.tables import outbox as rows
from service_common import outbox
from service_common.outbox import Row
from todobus_events import topology
from todobus_events.envelope import cloud_event, headers
from todobus_events.publishing import Message

SOURCE = "/services/notifications"


class Outbox(outbox.StoredEvents):
    name = "notifications-relay"
    lock = 7_205_759_421
    streams = (topology.NOTIFICATIONS,)
    wake_subject = None

    def __init__(self) -> None:
        super().__init__(rows)

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
