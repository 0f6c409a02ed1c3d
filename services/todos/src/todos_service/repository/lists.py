"""Lists of todos: one statement per shape of a request, put together from the fragments here and compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import text

from service_common.database import Statement
from todos_service.repository.writes import Executor

SHAPES = 1024  # statements kept: more shapes than clients use
STATUSES = {
    "all": "deleted_at is null",
    "active": "deleted_at is null and not completed",
    "completed": "deleted_at is null and completed",
    "overdue": "deleted_at is null and not completed and due_at <= now()",
    "today": """deleted_at is null and not completed
        and due_at between :day_begin - interval '2 days' and :day_end + interval '2 days'
        and case when due_time is null then due_date = :today else due_at >= :day_begin and due_at < :day_end end""",
    "upcoming": """deleted_at is null and not completed and due_at > :day_begin
        and case when due_time is null then due_date > :today else due_at >= :day_end end""",
    "deleted": "deleted_at is not null",
}
# A todo due on a day is due, somewhere in the world, within a day of that day in UTC: the index is on `due_at`.
FILTERS = {
    "q": "(title ilike any(cast(:q as text[])) or description ilike any(cast(:q as text[])))",
    "priority": "priority = any(cast(:priority as smallint[]))",
    "tag": "tags <> '{}' and tags @> cast(:tag as text[])",
    "due_from_day": "due_date >= :due_from_day and due_at >= cast(:due_from_day as date) - interval '2 days'",
    "due_from_at": "due_at >= :due_from_at",
    "due_to_day": "due_date <= :due_to_day and due_at <= cast(:due_to_day as date) + interval '3 days'",
    "due_to_at": "due_at <= :due_to_at",
    "updated_since": "updated_at >= :updated_since",
}
# The expression that is sorted by, and how the cursor's value is put beside it.
SORTS = {
    "created_at": ("created_at", "cast(:key as timestamptz)"),
    "updated_at": ("updated_at", "cast(:key as timestamptz)"),
    "due_at": ("due_at", "cast(:key as timestamptz)"),
    "priority": ("priority", "cast(:key as smallint)"),
    "title": ("lower(title)", "lower(cast(:key as text))"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the form of a list's statement."""

    status: str = "all"
    filters: frozenset[str] = frozenset()
    sort: str = "created_at"
    descending: bool = True
    after: str = ""  # where the cursor stands: "" at the beginning, "key", or "undated" behind all that have a due date


async def page(
    db: Executor, user_id: str, shape: Shape, count: int, values: Mapping[str, Any]
) -> tuple[int, list[str]]:
    """The user's sequence, and up to `count` todos as JSON."""
    row = await _statement(shape).first(db, user_id=user_id, count=count, **values)
    assert row is not None  # noqa: S101 - the statement gives one row
    return row["sequence"], row["documents"]


@lru_cache(maxsize=SHAPES)
def _statement(shape: Shape) -> Statement:
    where = " and ".join(
        ["user_id = :user_id", STATUSES[shape.status], *(FILTERS[name] for name in sorted(shape.filters))]
    )
    chosen = _by_due_date(where, shape) if shape.sort == "due_at" else _sorted(where, shape.sort, shape)
    sequence = "coalesce((select sequence from feeds where user_id = :user_id), 0)"
    return Statement(text(f"select {sequence} as sequence, array({chosen}) as documents"))


def _sorted(where: str, sort: str, shape: Shape, columns: str = "document") -> str:
    key, value = SORTS[sort]
    direction, sign = ("desc", "<") if shape.descending else ("asc", ">")
    if shape.after:
        where += f" and ({key}, id) {sign} ({value}, cast(:last_id as uuid))"
    return f"select {columns} from todos where {where} order by {key} {direction}, id {direction} limit :count"


def _by_due_date(where: str, shape: Shape) -> str:
    """Those with a due date in its order, then, in either direction, those without."""
    undated = Shape(after="undated" if shape.after == "undated" else "", descending=shape.descending)
    if undated.after:
        return _sorted(f"{where} and due_at is null", "created_at", undated)
    columns = "document, due_at, created_at, id"
    direction = "desc" if shape.descending else "asc"
    return f"""select document from (
        ({_sorted(f"{where} and due_at is not null", "due_at", shape, columns)}) union all
        ({_sorted(f"{where} and due_at is null", "created_at", undated, columns)})
    ) either order by due_at is null, due_at {direction},
        case when due_at is null then created_at end {direction}, id {direction} limit :count"""
