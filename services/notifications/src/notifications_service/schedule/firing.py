"""Fires the reminders whose time has come: any number of instances, each reminder once.

One transaction takes them from the schedule, records that they have fired, and puts their events into the outbox; the
rows of their users are locked, those that another instance works on are skipped.
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

from notifications_service.domain import Due, instant
from notifications_service.repository import schedule
from notifications_service.repository.schedule import MOST, Outgoing
from service_common import database
from service_common.relay import Relay
from todobus_events import tasks
from todobus_events.tasks import Supervisor

log = structlog.get_logger("reminders")

FIRED, DIGEST = "reminder.fired.v1", "reminder.digest.v1"
POLL_SECONDS = 0.25
LISTED = 100  # reminders that a digest names

COUNT = Metric("reminders_fired_total", "Reminders that have fired", ["kind"])
DELAY = Histogram(
    "reminder_delay_seconds",
    "From the instant of a reminder to its event, of those that are not late",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600, 3600, 86_400),
)


class Notice(NamedTuple):
    """An event that has no number yet."""

    event_id: UUID
    user_id: UUID
    type: str
    subject: UUID
    content: dict[str, object]


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
        notices = list(_notices(due, now))
        last = await schedule.numbers(connection, Counter(notice.user_id for notice in notices))
        await schedule.publish(connection, _events(notices, last, now))
    for one in due:
        late = one.is_late(now)
        COUNT.labels("late" if late else "fired").inc()
        if not late:
            DELAY.observe(max(0.0, (datetime.now(UTC) - one.fire_at).total_seconds()))
    return len(due)


def _notices(due: Sequence[Due], now: datetime) -> Iterator[Notice]:
    """One for each reminder; of those that are late, one for each user."""
    late: dict[UUID, list[Due]] = {}
    for one in due:
        if one.is_late(now):
            late.setdefault(one.user_id, []).append(one)
        else:
            yield Notice(one.event_id, one.user_id, FIRED, one.todo_id, {"reminder": _reminder(one)})
    for user_id, found in late.items():
        event_id = uuid5(user_id, "".join(str(one.event_id) for one in found))
        listed = [_reminder(one) for one in found[:LISTED]]
        yield Notice(event_id, user_id, DIGEST, user_id, {"reminders": listed, "count": len(found)})


def _events(notices: Sequence[Notice], last: Mapping[UUID, int], now: datetime) -> Iterator[Outgoing]:
    """Each with its number; `last` is the last one of each user."""
    left = Counter(notice.user_id for notice in notices)
    for event_id, user_id, event_type, subject, content in notices:
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
        "fire_at": instant(due.fire_at),
    }
