"""Lists of todos: one statement per shape of a request, composed of the fragments here and compiled once.

They are text: a shape is a string of conditions, each written as the partial index that serves it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from todos_service.errors import SearchTooSlow
from todos_service.repository.pages import PAGE_BYTES

SHAPES = 1024  # statements kept: more shapes than clients use
STATUSES = {
    "all": "deleted_at is null",
    "active": "deleted_at is null and not completed",
    "available": "deleted_at is null and not completed and (start_date is null or start_date <= :today)",
    "completed": "deleted_at is null and completed",
    "overdue": "deleted_at is null and not completed and due_at <= :now",
    "today": """deleted_at is null and not completed
        and due_at between cast(:day_begin as timestamptz) - interval '2 days'
            and cast(:day_end as timestamptz) + interval '2 days'
        and case when due_time is null then due_date = :today else due_at >= :day_begin and due_at < :day_end end""",
    "upcoming": """deleted_at is null and not completed and due_at > :day_begin
        and case when due_time is null then due_date > :today else due_at >= :day_end end""",
    "deleted": "deleted_at is not null",
}
# A day is, in any zone, within a day of that day in UTC; the condition on `due_at` is there for the index.
FILTERS = {
    "priority": "priority = any(cast(:priority as smallint[]))",
    "tag": "tags <> '{}' and tags @> cast(:tag as text[])",
    "untagged": "tags = '{}'",
    "project": "project_id = cast(:project as uuid)",
    "inbox": "project_id is null",
    "parent": "parent_id = cast(:parent as uuid)",
    "root": "parent_id is null",
    "dated": "due_at is not null",
    "undated": "due_at is null",
    "recurring": "recurrence is not null",
    "not_recurring": "recurrence is null",
    "due_from_day": "due_date >= :due_from_day and due_at >= cast(:due_from_day as date) - interval '2 days'",
    "due_from_at": "due_at >= :due_from_at",
    "due_to_day": "due_date <= :due_to_day and due_at <= cast(:due_to_day as date) + interval '3 days'",
    "due_to_at": "due_at <= :due_to_at",
    "updated_since": "updated_at >= :updated_since",
}
# Conditions that only a todo with a due date meets.
DATED = frozenset({"overdue", "today", "upcoming", "dated", "due_from_day", "due_from_at", "due_to_day", "due_to_at"})
# A regular expression takes time in proportion to the text, also where a text repeats itself; `ilike` and `position`
# take the text times the word, which is seconds for 3,000 todos of 9,900 characters.
FOUND = "(title || ' ' || description) ~* :word_{}"
MAX_WORDS = 8
SHORTEST_PART = 3  # a trigram
SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
LONG = 100
SECONDS = 1.0  # the longest that a list may take
# The expression that is sorted by, and the cursor's value that is compared with it.
SORTS = {
    "created_at": ("created_at", "cast(:key as timestamptz)"),
    "updated_at": ("updated_at", "cast(:key as timestamptz)"),
    "due_at": ("due_at", "cast(:key as timestamptz)"),
    "priority": ("priority", "cast(:key as smallint)"),
    "title": ("lower(title)", "lower(cast(:key as text))"),
    "position": ("position", 'cast(:key as text) collate "C"'),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the form of a list's statement."""

    status: str = "all"
    filters: frozenset[str] = frozenset()
    words: int = 0  # of a search
    sort: str = "created_at"
    descending: bool = True
    after: str = ""  # where the cursor is: "" at the beginning, "key", or "undated" after all that have a due date
    is_long: bool = False  # more than LONG todos: it ends where it has PAGE_BYTES characters


Page = tuple[int, list[str]]
Asked = tuple[Shape, int]  # of a list without values, and up to how many todos


def pattern(word: str) -> str:
    """Finds a word in any place, or, one too short for the index, where a word begins."""
    start = "(^| )" if len(word) < SHORTEST_PART and word.isascii() and word.isalnum() else ""
    return start + SPECIAL.sub(r"\\\1", word)


async def page(db: Executor, user_id: str, shape: Shape, count: int, values: Mapping[str, Any]) -> Page:
    """The user's sequence, and up to `count` todos as JSON. Raises: TimeoutError."""
    row = await _statement(shape).one(db, user_id=user_id, count=count, **values)
    return row["sequence"], row["documents"]


async def search(db: asyncpg.Pool, user_id: str, shape: Shape, count: int, values: Mapping[str, Any]) -> Page:
    """As `page`, planned for these words: else the planner cannot estimate a rare one, which needs the index.

    Raises: SearchTooSlow.
    """
    async with db.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("set local plan_cache_mode = force_custom_plan")
        try:
            return await page(connection, user_id, shape, count, values)
        except TimeoutError as error:
            raise SearchTooSlow from error


async def pages(db: Executor, batch: Sequence[tuple[str, Asked]]) -> list[Page]:
    """What `page` gives for each user's list, by one statement for all that ask the same. Raises: TimeoutError."""
    positions: dict[Asked, list[int]] = defaultdict(list)
    for position, (_, asked) in enumerate(batch):
        positions[asked].append(position)
    found: dict[int, Page] = {}
    for asked, places in positions.items():
        rows = await _statement_of_many(asked).all(db, users=[batch[position][0] for position in places])
        found |= zip(places, ((row["sequence"], row["documents"]) for row in rows), strict=True)
    return [found[position] for position in range(len(batch))]


@lru_cache(maxsize=SHAPES)
def _statement_of_many(asked: Asked) -> Statement:
    """The number of todos is a constant: else the planner, which knows nothing of each user, might sort all of them."""
    shape, count = asked
    one = _columns(shape).replace(":user_id", "asked.user_id").replace(":count", str(count))
    users = "unnest(cast(:users as uuid[])) with ordinality as asked (user_id, turn)"
    return Statement(sa.text(f"select {one} from {users} order by turn"), SECONDS)


@lru_cache(maxsize=SHAPES)
def _statement(shape: Shape) -> Statement:
    return Statement(sa.text(f"select {_columns(shape)}"), SECONDS)


def chosen(shape: Shape) -> str:
    """The column `documents`: of what has the columns of `todos`, and is called so."""
    conditions = [STATUSES[shape.status], *(FILTERS[name] for name in sorted(shape.filters))]
    conditions += [FOUND.format(index) for index in range(shape.words)]
    found = _ordered(" and ".join(["user_id = :user_id", *conditions]), shape)
    if shape.is_long:  # the window takes the rows in their order
        before = "sum(length(document)) over (rows between unbounded preceding and 1 preceding) as before"
        found = f"""select document from (select document, {before} from ({found}) found) counted
            where coalesce(before, 0) < {PAGE_BYTES}"""
    return f"array({found}) as documents"


def _columns(shape: Shape) -> str:
    sequence = "coalesce((select sequence from feeds where user_id = :user_id), 0)"
    return f"{sequence} as sequence, {chosen(shape)}"


def _ordered(where: str, shape: Shape) -> str:
    if shape.sort == "due_at" and not DATED & {shape.status, *shape.filters}:
        return _by_due_date(where, shape)
    if shape.sort in {"priority", "position"} and shape.status == "all":
        return _by_halves(where, shape)
    return _sorted(where, shape.sort, shape)


def _sorted(where: str, sort: str, shape: Shape, columns: str = "document") -> str:
    key, value = SORTS[sort]
    direction, sign = _direction(shape)
    if shape.after:
        where += f" and ({key}, id) {sign} ({value}, cast(:last_id as uuid))"
    return f"select {columns} from todos where {where} order by {key} {direction}, id {direction} limit :count"


def _direction(shape: Shape) -> tuple[str, str]:
    return ("desc", "<") if shape.descending else ("asc", ">")


def _by_halves(where: str, shape: Shape) -> str:
    """Two indexes, each todo in one of them: active todos are listed quickly however many completed ones there are."""
    sort, columns, (direction, _) = shape.sort, f"document, {shape.sort}, id", _direction(shape)
    return f"""select document from (
        ({_sorted(f"{where} and not completed", sort, shape, columns)}) union all
        ({_sorted(f"{where} and completed", sort, shape, columns)})
    ) either order by {sort} {direction}, id {direction} limit :count"""


def _by_due_date(where: str, shape: Shape) -> str:
    """Those with a due date in its order, then, in either direction, those without."""
    undated = Shape(after="undated" if shape.after == "undated" else "", descending=shape.descending)
    if undated.after:
        return _sorted(f"{where} and due_at is null", "created_at", undated)
    columns, (direction, _) = "document, due_at, created_at, id", _direction(shape)
    return f"""select document from (
        ({_sorted(f"{where} and due_at is not null", "due_at", shape, columns)}) union all
        ({_sorted(f"{where} and due_at is null", "created_at", undated, columns)})
    ) either order by due_at is null, due_at {direction},
        case when due_at is null then created_at end {direction}, id {direction} limit :count"""
