"""How figures are computed: the facts of a change, the days that count, streaks. No clock, no database."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PRIORITIES = ("none", "low", "medium", "high", "urgent")
PURGED = "todo.purged.v1"
TYPES = frozenset(
    f"todo.{verb}.v1" for verb in ("created", "updated", "completed", "reopened", "deleted", "restored", "purged")
)
ONE_DAY = timedelta(days=1)


class Fact(NamedTuple):
    """The state of a todo after a change, as far as figures depend on it; `version` is the change's sequence.

    A change of a type that stats does not know has no todo: its sequence alone counts.
    """

    user_id: UUID
    todo_id: UUID | None
    version: int
    completed: bool = False
    created_at: datetime | None = None
    completed_at: datetime | None = None
    removed_at: datetime | None = None
    due_at: datetime | None = None
    priority: str = "none"
    tags: str = "{}"  # a PostgreSQL array literal: rows of arrays cannot be passed as columns


class UnreadableChangeError(ValueError):
    """A change that is not what the schema of the events says."""


def feed_fact(feed_id: str, change: Mapping[str, Any]) -> Fact:
    """The fact of a change of any type; raises UnreadableChangeError."""
    if change.get("type") in TYPES:
        return fact(change)
    try:
        return Fact(_user(feed_id), None, _sequence(change["sequence"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableChangeError(f"{type(error).__name__}: {error}") from error


def fact(change: Mapping[str, Any]) -> Fact:
    """The fact of a change of a todo; raises UnreadableChangeError."""
    try:
        return _fact(change, change["todo"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableChangeError(f"{type(error).__name__}: {error}") from error


def _fact(change: Mapping[str, Any], todo: Mapping[str, Any]) -> Fact:
    completed = _checked(todo["completed"], bool)
    removed_at = _instant(todo["deleted_at"])
    if removed_at is None and change["type"] == PURGED:
        removed_at = _instant(change["occurred_at"])
    return Fact(
        _user(todo["user_id"]),
        UUID(todo["id"]),
        _sequence(change["sequence"]),
        completed,
        datetime.fromisoformat(todo["created_at"]),
        _instant(todo["completed_at"]) or _instant(change["occurred_at"]) if completed else None,
        removed_at,
        _instant(todo["due_at"]),
        _one_of(PRIORITIES, todo["priority"]),
        _array(tuple(_checked(todo["tags"], list))),
    )


@lru_cache(10_000)  # most events belong to few users
def _user(text: str) -> UUID:
    return UUID(text)


def _checked(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _one_of(known: Sequence[str], value: Any) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _sequence(value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**63 - 1:
        raise ValueError(f"{value!r} is no sequence")
    return value


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@lru_cache(10_000)  # and have few different tags
def _array(tags: tuple[str, ...]) -> str:
    """Each tag once, quoted as PostgreSQL reads it in an array: backslashes and quotes are escaped."""
    return "{" + ",".join(_quoted(tag) for tag in dict.fromkeys(tags)) + "}"


def _quoted(tag: str) -> str:
    if "\0" in _checked(tag, str):
        raise ValueError(f"{tag!r} is no text for PostgreSQL")
    return '"' + tag.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Calendar:
    """A user's days: each begins at `day_start_hour` on the wall clock of the zone, however long it is."""

    zone: ZoneInfo
    week_start: str = "monday"
    day_start_hour: int = 0

    def day_of(self, instant: datetime) -> date:
        """The day that an instant falls on."""
        wall = instant.astimezone(self.zone).replace(tzinfo=None)
        return (wall - timedelta(hours=self.day_start_hour)).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day; where the wall clock jumps over it, the jump."""
        return datetime.combine(day, time(self.day_start_hour), self.zone).astimezone(UTC)

    def week_of(self, day: date) -> date:
        """The first day of the week that `day` is in."""
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(self.week_start)) % 7)


class Streak(NamedTuple):
    """Consecutive days with a completion."""

    current: int
    longest: int
    last_active_date: date | None


def streak(active_days: Iterable[date], today: date) -> Streak:
    """A day without a completion ends a streak; today does so only when it is over."""
    runs = _runs(sorted(set(active_days)))
    if not runs:
        return Streak(0, 0, None)
    last, length = runs[-1]
    return Streak(length if last >= today - ONE_DAY else 0, max(length for _, length in runs), last)


def _runs(days: Iterable[date]) -> list[tuple[date, int]]:
    """The last day and the length of each run of consecutive days."""
    runs: list[tuple[date, int]] = []
    for day in days:
        if runs and runs[-1][0] == day - ONE_DAY:
            runs[-1] = (day, runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs


class Bucket(NamedTuple):
    """What happened in a quarter of an hour; `removed` counts todos that were active when they were removed."""

    start: datetime
    created: int
    completed: int
    removed: int


class Day(NamedTuple):
    """One day of the daily series."""

    date: date
    created: int
    completed: int
    active_at_end: int


def daily(calendar: Calendar, first: date, last: date, active_before: int, buckets: Iterable[Bucket]) -> list[Day]:
    """Each day from `first` to `last`; `active_before` todos were active when `first` began."""
    days = [first + ONE_DAY * offset for offset in range((last - first).days + 1)]
    starts = [calendar.start_of(day) for day in days]
    sums = [[0, 0, 0] for _ in days]
    for bucket in buckets:
        counts = sums[bisect_right(starts, bucket.start) - 1]
        counts[:] = [count + more for count, more in zip(counts, bucket[1:], strict=True)]
    return list(_days(days, sums, active_before))


def _days(days: Sequence[date], sums: Sequence[Sequence[int]], active: int) -> Iterable[Day]:
    for day, (created, completed, removed) in zip(days, sums, strict=True):
        active += created - completed - removed
        yield Day(day, created, completed, active)
