"""From a list's parameters to the shape of its statement, and from its last todo to the cursor of the next page."""

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from todos_service.domain import PRIORITIES, day_bounds
from todos_service.errors import BadCursor
from todos_service.repository.lists import LONG, MAX_WORDS, Shape, pattern
from todos_service.schemas import ListQuery

PLACES = {"inbox", "root"}
DUE = {"any": "dated", "none": "undated"}
DAY_STATUSES = frozenset({"available", "today", "upcoming"})


def shape_of(query: ListQuery, time_zone: str, now: datetime) -> tuple[Shape, dict[str, Any]]:
    """The statement's shape, and the values for its parameters."""
    values = _filters(query)
    names = frozenset(values)
    words = (query.q or "").split()[:MAX_WORDS]
    values |= {f"word_{index}": pattern(word) for index, word in enumerate(words)}
    if query.status_filter in DAY_STATUSES:
        today = now.astimezone(ZoneInfo(time_zone)).date()
        begin, end = day_bounds(today, time_zone)
        values |= {"today": today, "day_begin": begin, "day_end": end}
    if query.status_filter == "overdue":
        values["now"] = now
    sort = query.sort.removeprefix("-")
    after = ""
    if query.cursor is not None:
        after, key, last_id = _read_cursor(query.cursor, query.sort)
        values |= {"key": key, "last_id": last_id}
    descending, is_long = query.sort.startswith("-"), query.limit > LONG
    return Shape(query.status_filter, names, len(words), sort, descending, after, is_long), values


def _filters(query: ListQuery) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if query.priority:
        values["priority"] = sorted({PRIORITIES.index(name) for name in query.priority})
    if query.tag and query.tag != ["none"]:
        values["tag"] = query.tag
    for name in ("due_from", "due_to"):
        value = getattr(query, name)
        if value is not None:
            values[f"{name}_{'at' if isinstance(value, datetime) else 'day'}"] = value
    if query.updated_since:
        values["updated_since"] = query.updated_since
    for name in ("project", "parent"):
        if (wanted := getattr(query, name)) not in {None, *PLACES}:
            values[name] = wanted
    return values | dict.fromkeys(_plain_filters(query))


def _plain_filters(query: ListQuery) -> Iterator[str]:
    """The names of those that need no value."""
    yield from (place for place in (query.project, query.parent) if place in PLACES and place)
    if query.tag == ["none"]:
        yield "untagged"
    if query.due:
        yield DUE[query.due]
    if query.recurring is not None:
        yield "recurring" if query.recurring else "not_recurring"


def cursor_after(document: str, sort: str) -> str:
    """The cursor for what follows this todo."""
    todo = orjson.loads(document)
    name = sort.removeprefix("-")
    undated = name == "due_at" and todo["due_at"] is None
    key = todo["created_at"] if undated else todo[name]
    raw = orjson.dumps([sort, "undated" if undated else "key", key, todo["id"]])
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read_cursor(cursor: str, sort: str) -> tuple[str, Any, str]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        given_sort, after, key, last_id = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if given_sort != sort or after not in {"key", "undated"} or (after == "undated" and "due_at" not in sort):
            raise BadCursor
        return after, _key(sort.removeprefix("-"), key), str(UUID(last_id))
    except (binascii.Error, UnicodeError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BadCursor from error


def _key(name: str, value: Any) -> Any:
    if name == "priority":
        return PRIORITIES.index(value)
    if name in {"title", "position"}:
        if not isinstance(value, str) or "\0" in value:
            raise BadCursor
        return value
    instant = datetime.fromisoformat(value)
    return instant.astimezone(UTC)
