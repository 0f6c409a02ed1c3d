"""How figures are computed: the facts of a change, the daily series. No clock, no database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

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
    project_id: UUID | None = None


class UnreadableChangeError(ValueError):
    """A change that is not what the schema of the events says."""


def feed_fact(feed_id: str, change: Mapping[str, Any]) -> Fact:
    """The fact of a change of any type in a user's feed; raises UnreadableChangeError."""
    if change.get("type") in TYPES:
        found = fact(change)
        if found.user_id != _id(feed_id):
            raise UnreadableChangeError(f"a todo of user {found.user_id} in the feed {feed_id}")
        return found
    try:
        return Fact(_id(feed_id), None, _sequence(change["sequence"]))
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
        _id(todo["user_id"]),
        UUID(todo["id"]),
        _sequence(change["sequence"]),
        completed,
        _time(todo["created_at"]),
        _instant(todo["completed_at"]) or _instant(change["occurred_at"]) if completed else None,
        removed_at,
        _instant(todo["due_at"]),
        _one_of(PRIORITIES, todo["priority"]),
        _array(tuple(_checked(todo["tags"], list))),
        _id(project_id) if (project_id := todo.get("project_id")) else None,
    )


@lru_cache(10_000)  # most events belong to few users and projects
def _id(text: str) -> UUID:
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
    return None if text is None else _time(text)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or not 1 < found.year < MAXYEAR:  # beyond them it may not be a time in UTC
        raise ValueError(f"{text!r} is no instant")
    return found


@lru_cache(10_000)  # and have few different tags
def _array(tags: tuple[str, ...]) -> str:
    """Each tag once, quoted as PostgreSQL reads it in an array: backslashes and quotes are escaped."""
    return "{" + ",".join(_quoted(tag) for tag in dict.fromkeys(tags)) + "}"


def _quoted(tag: str) -> str:
    if "\0" in _checked(tag, str):
        raise ValueError(f"{tag!r} is no text for PostgreSQL")
    return '"' + tag.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Day(NamedTuple):
    """One day of the daily series."""

    date: date
    created: int
    completed: int
    active_at_end: int


class Moved(NamedTuple):
    """What happened on a day; `removed` counts todos that were active when they were removed."""

    created: int = 0
    completed: int = 0
    removed: int = 0


def daily(first: date, last: date, active: int, moved: Mapping[date, Moved]) -> Iterator[Day]:
    """Each day from `first` to `last`; `active` todos were active before the earliest day of `moved`."""
    active += sum(created - completed - removed for day, (created, completed, removed) in moved.items() if day < first)
    for offset in range((last - first).days + 1):
        day = first + ONE_DAY * offset
        created, completed, removed = moved.get(day, Moved())
        active += created - completed - removed
        yield Day(day, created, completed, active)
