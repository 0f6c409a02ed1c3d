"""The daily digest: what is due today or overdue, at an hour of the user's clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import uuid5

import asyncpg

from notifications_service import notices
from notifications_service.domain import LISTED, instant, next_digest, on_the_clock
from notifications_service.notices import TODAY, News
from notifications_service.repository import preferences, schedule
from notifications_service.repository.preferences import MOST, DigestDue
from service_common.database import Connection


async def make(pool: asyncpg.Pool) -> None:
    """Those whose hour has come, each once; after an outage one for all its days."""
    while await _make(pool) == MOST:
        pass


async def _make(pool: asyncpg.Pool) -> int:
    now = datetime.now(UTC)
    async with pool.acquire() as connection, connection.transaction():
        due = await preferences.digests_due(connection)
        await notices.put(connection, [news for one in due if (news := await _digest(connection, one, now))], now)
    return len(due)


async def _digest(connection: Connection, due: DigestDue, now: datetime) -> News | None:
    zone = await preferences.zone(connection, due.user_id)
    await preferences.next_digest(connection, due.user_id, next_digest(now, zone, due.hour))
    tomorrow = on_the_clock(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    found = await schedule.due_before(connection, due.user_id, tomorrow)
    return News(due.user_id, uuid5(due.user_id, instant(due.at)), TODAY, _content(found)) if found else None


def _content(found: Sequence[asyncpg.Record]) -> dict[str, object]:
    todos = [
        {
            "todo_id": str(row["todo_id"]),
            "title": row["title"],
            "due_at": instant(row["due_at"]),
            "has_time": row["has_time"],
        }
        for row in found[:LISTED]
    ]
    return {"reminders": todos, "count": len(found)}
