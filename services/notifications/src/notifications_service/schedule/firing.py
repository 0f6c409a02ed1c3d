"""Fires the reminders whose time has come: any number of instances, each reminder once.

One transaction takes them from the schedule, records that they have fired, and puts their events into the outbox; the
rows of their users are locked, those that another instance works on are skipped. What the channels of the users have to
send is put down in the same transaction.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

import asyncpg
import orjson
import structlog
from prometheus_client import Counter as Metric
from prometheus_client import Histogram

from notifications_service import notices
from notifications_service.domain import LISTED, Due, instant
from notifications_service.notices import FIRED, MISSED, News
from notifications_service.repository import schedule
from notifications_service.repository.schedule import MOST, Outgoing
from service_common import database
from service_common.relay import Relay
from todobus_events import tasks
from todobus_events.tasks import Supervisor

log = structlog.get_logger("reminders")

POLL_SECONDS = 0.25

COUNT = Metric("reminders_fired_total", "Reminders that have fired", ["kind"])
DELAY = Histogram(
    "reminder_delay_seconds",
    "From the instant of a reminder to its event, of those that are not late",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600, 3600, 86_400),
)


class Draft(NamedTuple):
    """An event that has no number yet."""

    event_id: UUID
    user_id: UUID
    type: str
    subject: UUID
    content: dict[str, object]

    @property
    def news(self) -> News:
        return News(self.user_id, self.event_id, self.type, self.content)


class Firing:
    def __init__(self, pool: asyncpg.Pool, relay: Relay, supervisor: Supervisor) -> None:
        self._pool, self._relay, self._supervisor = pool, relay, supervisor
        self._task: tasks.BackgroundTask | None = None

    async def start(self) -> None:
        self._task = self._supervisor.start("reminders", self._work)

    async def stop(self) -> None:
        await tasks.stop(self._task)

    async def _work(self) -> None:
        while True:
            try:
                count = await fire(self._pool)
            except database.TRANSIENT as error:
                log.warning("reminders cannot be fired now", error=repr(error))
                count = 0
            if count:
                self._relay.wake()
            if count < MOST:
                await asyncio.sleep(POLL_SECONDS)


async def fire(pool: asyncpg.Pool) -> int:
    """Fire up to MOST reminders; how many."""
    now = datetime.now(UTC)
    async with pool.acquire() as connection, connection.transaction():
        due = await schedule.take_due(connection)
        if not due:
            return 0
        await schedule.record(connection, due, now)
        drafts = list(_drafts(due, now))
        last = await schedule.numbers(connection, Counter(draft.user_id for draft in drafts))
        await schedule.publish(connection, _events(drafts, last, now))
        await notices.put(connection, [draft.news for draft in drafts], now)
    for one in due:
        late = one.is_late(now)
        COUNT.labels("late" if late else "fired").inc()
        if not late:
            DELAY.observe(max(0.0, (datetime.now(UTC) - one.fire_at).total_seconds()))
    return len(due)


def _drafts(due: Sequence[Due], now: datetime) -> Iterator[Draft]:
    """One for each reminder; of those that are late, one for each user."""
    late: dict[UUID, list[Due]] = {}
    for one in due:
        if one.is_late(now):
            late.setdefault(one.user_id, []).append(one)
        else:
            yield Draft(one.event_id, one.user_id, FIRED, one.todo_id, {"reminder": _reminder(one)})
    for user_id, found in late.items():
        event_id = uuid5(user_id, "".join(str(one.event_id) for one in found))
        listed = [_reminder(one) for one in found[:LISTED]]
        yield Draft(event_id, user_id, MISSED, user_id, {"reminders": listed, "count": len(found)})


def _events(drafts: Sequence[Draft], last: Mapping[UUID, int], now: datetime) -> Iterator[Outgoing]:
    """Each with its number; `last` is the last one of each user."""
    left = Counter(draft.user_id for draft in drafts)
    for event_id, user_id, event_type, subject, content in drafts:
        left[user_id] -= 1
        sequence = last[user_id] - left[user_id]
        data = {"sequence": sequence, "type": event_type, **content, "occurred_at": instant(now)}
        yield Outgoing(event_id, user_id, event_type, subject, sequence, orjson.dumps(data).decode())


def _reminder(due: Due) -> dict[str, object]:
    return {
        "id": str(due.reminder_id),
        "todo_id": str(due.todo_id),
        "title": due.title,
        "due_at": due.due_at and instant(due.due_at),
        "has_time": due.has_time,
        "fire_at": instant(due.fire_at),
    }
