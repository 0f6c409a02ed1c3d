"""What is read of the projection for one user."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from service_common.database import Executor
from service_common.time_zones import is_zone
from service_common.turns import Turns
from stats_service import domain
from stats_service.domain import PRIORITIES, Day
from stats_service.repository import figures as read
from stats_service.repository import history, users
from stats_service.repository.figures import Days, Figures, Label, Most
from stats_service.repository.users import Preferences

DEFAULTS = Preferences(time_zone="UTC", week_start="monday", day_start_hour=0, daily_goal=5)
MOST_TAGS = 100
MOST = Most(MOST_TAGS, projects=500)  # as many projects as a user has
QUARTER = timedelta(minutes=15)
KEPT_USERS = 500  # whose last figures are kept: 2 KB each, 40 KB with 100 of the longest tags


async def erase(pool: asyncpg.Pool, user_id: UUID) -> None:
    """Remove every row of the user; it may be called again."""
    async with pool.acquire() as connection, connection.transaction():
        await users.erase(connection, user_id)


class Kept(NamedTuple):
    """The last figures of a user."""

    days: Days
    since: datetime
    figures: Figures

    def answers(self, days: Days, now: datetime) -> bool:
        """Whether they are what is asked for, unless the user's state has changed."""
        # Days begin at quarters of an hour.
        until = self.since.replace(minute=self.since.minute // 15 * 15, second=0, microsecond=0) + QUARTER
        due = self.figures.next_due
        return days == self.days and self.since <= now < until and (due is None or now <= due)


class Statistics:
    """Answers from the projection; the database computes for a user once at a time.

    The last figures of a user are kept until something changes them: `kept_users` of them at most.
    """

    def __init__(self, db: Executor, kept_users: int = KEPT_USERS) -> None:
        self._db = db
        self._kept_users = kept_users
        self._kept: OrderedDict[UUID, Kept] = OrderedDict()
        self._turns = Turns()

    async def preferences(self, user_id: UUID, time_zone: str | None, fallback: str) -> Preferences:
        """The user's own, in `time_zone` where one is given; `fallback` is the zone of a user without a profile."""
        zone = fallback if is_zone(fallback) else DEFAULTS.time_zone
        known = await users.preferences(self._db, user_id) or DEFAULTS._replace(time_zone=zone)
        return known._replace(time_zone=time_zone) if time_zone else known

    async def summary(self, user_id: UUID, preferences: Preferences, now: datetime) -> dict[str, Any]:
        """What `schemas.Summary` describes."""
        async with self._turns.of(user_id):
            figures = await self._figures(user_id, preferences, now)
        return _summary(user_id, preferences, now, figures)

    async def summary_at(
        self, user_id: UUID, preferences: Preferences, as_of: int | datetime, head: int, now: datetime
    ) -> dict[str, Any]:
        """As `summary` at a number of the sequence or an instant; what is still to come is `now`, at `head`."""
        async with self._turns.of(user_id):
            if isinstance(as_of, datetime):
                number, instant = await history.number_at(self._db, user_id, as_of), min(as_of, now)
            else:
                number = min(as_of, head)
                instant = (await history.time_of(self._db, user_id, number) if number < head else None) or now
            figures = await history.figures_at(self._db, user_id, _days(preferences), instant, MOST, number)
        return _summary(user_id, preferences, instant, figures)

    async def today(self, preferences: Preferences, now: datetime) -> date:
        return await read.today(self._db, _days(preferences), now)

    async def daily(self, user_id: UUID, preferences: Preferences, first: date, last: date) -> list[Day]:
        async with self._turns.of(user_id):
            activity = await read.activity(self._db, user_id, _days(preferences), first, last)
        return list(domain.daily(first, last, *activity))

    async def _figures(self, user_id: UUID, preferences: Preferences, now: datetime) -> Figures:
        days = _days(preferences)
        kept = self._kept.pop(user_id, None)
        if kept is None or not kept.answers(days, now) or kept.figures.state != await read.state(self._db, user_id):
            kept = Kept(days, now, await read.figures(self._db, user_id, days, now, MOST))
        self._kept[user_id] = kept
        if len(self._kept) > self._kept_users:
            self._kept.popitem(last=False)
        return kept.figures


def _days(preferences: Preferences) -> Days:
    return Days(preferences.time_zone, preferences.day_start_hour, preferences.week_start)


def _summary(user_id: UUID, preferences: Preferences, now: datetime, figures: Figures) -> dict[str, Any]:
    return {
        "user_id": user_id,
        **_totals(figures),
        "streak": figures.streak._asdict(),
        "goal": {"daily": preferences.daily_goal, "done": figures.completed_today},
        "by_priority": _by_priority(figures),
        "by_tag": [{"tag": tag.value, **_count(tag)} for tag in figures.tags],
        "other_tags": _other_tags(figures),
        "by_project": [{"project_id": one.value or None, **_count(one)} for one in figures.projects],
        "time_zone": preferences.time_zone,
        "as_of": now.astimezone(UTC),
        "as_of_sequence": figures.as_of_sequence,
        "stale": figures.newest > figures.as_of_sequence,
    }


def _totals(figures: Figures) -> dict[str, Any]:
    return {
        "total": figures.total,
        "completed": figures.completed,
        "active": figures.total - figures.completed,
        "overdue": figures.overdue,
        "completion_rate": figures.completed / figures.total if figures.total else 0.0,
        "created_today": figures.created_today,
        "completed_today": figures.completed_today,
        "completed_this_week": figures.completed_this_week,
    }


def _by_priority(figures: Figures) -> dict[str, dict[str, int]]:
    counts = {label.value: _count(label) for label in figures.priorities}
    return {name: counts.get(name, {"total": 0, "completed": 0}) for name in PRIORITIES}


def _other_tags(figures: Figures) -> dict[str, int]:
    return {
        "count": figures.tag_count - len(figures.tags),
        "total": figures.tags_total - sum(tag.total for tag in figures.tags),
        "completed": figures.tags_completed - sum(tag.completed for tag in figures.tags),
    }


def _count(label: Label) -> dict[str, int]:
    return {"total": label.total, "completed": label.completed}
