"""What is read of the projection for one user."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from service_common.database import Executor
from service_common.time_zones import is_zone
from stats_service import domain
from stats_service.domain import PRIORITIES, Calendar, Day
from stats_service.repository import figures as read
from stats_service.repository import users
from stats_service.repository.figures import Figures, Label
from stats_service.repository.users import Preferences

DEFAULTS = Preferences(time_zone="UTC", week_start="monday", day_start_hour=0, daily_goal=5)


async def preferences(db: Executor, user_id: UUID, time_zone: str | None, fallback: str) -> Preferences:
    """The user's own, in `time_zone` where one is given; `fallback` is the zone of a user without a profile."""
    zone = fallback if is_zone(fallback) else DEFAULTS.time_zone
    known = await users.preferences(db, user_id) or DEFAULTS._replace(time_zone=zone)
    return known._replace(time_zone=time_zone) if time_zone else known


def calendar(preferences: Preferences) -> Calendar:
    return Calendar(ZoneInfo(preferences.time_zone), preferences.week_start, preferences.day_start_hour)


async def summary(db: Executor, user_id: UUID, preferences: Preferences, now: datetime) -> dict[str, Any]:
    """What `schemas.Summary` describes."""
    days = calendar(preferences)
    today = days.day_of(now)
    figures = await read.figures(db, user_id, days.start_of(today), now)
    done = _completions_by_day(days, figures.completions)
    return {
        "user_id": user_id,
        **_totals(figures),
        "created_today": figures.created_today,
        "completed_today": done.get(today, 0),
        "completed_this_week": _since(done, days.week_of(today)),
        "streak": domain.streak(done, today)._asdict(),
        "goal": {"daily": preferences.daily_goal, "done": done.get(today, 0)},
        "by_priority": _by_priority(figures.labels),
        "by_tag": _by_tag(figures.labels),
        "time_zone": preferences.time_zone,
        "as_of": now.astimezone(UTC),
        "as_of_sequence": figures.as_of_sequence,
        "stale": figures.newest > figures.as_of_sequence,
    }


async def erase(pool: asyncpg.Pool, user_id: UUID) -> None:
    """Remove every row of the user; it may be called again."""
    async with pool.acquire() as connection, connection.transaction():
        await users.erase(connection, user_id)


async def daily(db: Executor, user_id: UUID, days: Calendar, first: date, last: date) -> list[Day]:
    start, stop = days.start_of(first), days.start_of(last + domain.ONE_DAY)
    activity = await read.activity(db, user_id, start, stop)
    return domain.daily(days, first, last, activity.active_before, activity.buckets)


def _totals(figures: Figures) -> dict[str, Any]:
    return {
        "total": figures.total,
        "completed": figures.completed,
        "active": figures.total - figures.completed,
        "overdue": figures.overdue,
        "completion_rate": figures.completed / figures.total if figures.total else 0.0,
    }


def _completions_by_day(days: Calendar, completions: Iterable[tuple[datetime, int]]) -> dict[date, int]:
    counts: dict[date, int] = {}
    for instant, count in completions:
        day = days.day_of(instant)
        counts[day] = counts.get(day, 0) + count
    return counts


def _since(done: dict[date, int], first: date) -> int:
    return sum(count for day, count in done.items() if day >= first)


def _by_priority(labels: Sequence[Label]) -> dict[str, dict[str, int]]:
    counts = {label.value: _count(label) for label in labels if label.kind == "priority"}
    return {name: counts.get(name, {"total": 0, "completed": 0}) for name in PRIORITIES}


def _by_tag(labels: Sequence[Label]) -> list[dict[str, Any]]:
    tags = sorted((label for label in labels if label.kind == "tag"), key=lambda label: (-label.total, label.value))
    return [{"tag": label.value, **_count(label)} for label in tags]


def _count(label: Label) -> dict[str, int]:
    return {"total": label.total, "completed": label.completed}
