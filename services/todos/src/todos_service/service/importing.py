"""Import: rows become todos, except those that exist already; rows are reported."""

import hashlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from service_common.database import Connection
from service_common.telemetry import context
from todos_service.domain import PRIORITIES, Content, Quotas
from todos_service.repository import transfer, usage, writes
from todos_service.service.calls import Owner

MAX_INVALID = 100
# What ids were first computed from; of the fields that came later those that are given.
LASTING = frozenset(
    ("title", "description", "completed", "priority", "tags", "due_date", "due_time", "due_time_zone", "due_at")
)
NAMESPACE = uuid.UUID("6a1f2c1e-6f0c-5d51-9a55-3f4b1f5d2a10")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an import, by its number in the file; without an id it gets one computed from its content."""

    number: int
    content: Content
    created_at: str | None
    completed_at: str | None
    todo_id: str


@dataclass(frozen=True, slots=True)
class InvalidRow:
    number: int
    error: str


class Report:
    """What came of an import: counts, and a line of JSON for each row except invalid ones after the first 100."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._rows: list[bytes] = []

    def add(self, number: int, status: str, todo_id: str | None = None, error: str | None = None) -> None:
        self._counts[status] += 1
        if status != "invalid" or self._counts[status] <= MAX_INVALID:
            self._rows.append(orjson.dumps({"row": number, "status": status, "id": todo_id, "error": error}))

    def json(self, *, dry_run: bool) -> str:
        counts = {status: self._counts[status] for status in ("created", "duplicate", "invalid")}
        rest = {"invalid_left_out": max(self._counts["invalid"] - MAX_INVALID, 0)}
        head = orjson.dumps({"dry_run": dry_run, **counts, **rest})[:-1]
        return (head + b',"rows":[' + b",".join(self._rows) + b"]}").decode()


class Ids:
    """Gives a row without an id one computed from its content, so that a second import finds it as a duplicate.

    The same row twice in one file is two todos.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._seen: Counter[bytes] = Counter()

    def of(self, content: Content, created_at: str | None) -> str:
        known = {name: value for name, value in content.as_json().items() if name in LASTING or value}
        text = orjson.dumps([self._owner.user_id, known, created_at])
        digest = hashlib.sha256(text).digest()
        self._seen[digest] += 1
        return str(uuid.uuid5(NAMESPACE, f"{self._seen[digest]} {text.decode()}"))


async def run(
    db: Connection, owner: Owner, slices: AsyncIterator[Sequence[Row | InvalidRow]], *, dry_run: bool
) -> Report:
    """Import what can be imported, all in one transaction. Raises: DailyQuotaExceeded, QuotaExceeded."""
    report = Report()
    create = _DryRun(db, owner).create if dry_run else partial(_create, db, owner)
    async with db.transaction():
        if not dry_run:
            await writes.lock_feed(db, owner.user_id)
        async for rows in slices:
            unique = {row.todo_id: row for row in reversed(rows) if isinstance(row, Row)}
            created = await create(unique) if unique else set()
            for row in rows:
                if isinstance(row, InvalidRow):
                    report.add(row.number, "invalid", error=row.error)
                else:
                    is_new = row.todo_id in created and unique[row.todo_id] is row
                    report.add(row.number, "created" if is_new else "duplicate", row.todo_id)
    return report


class _DryRun:
    """Says what `_create` would create, and remembers it for the rows to come."""

    def __init__(self, db: Connection, owner: Owner) -> None:
        self._db = db
        self._owner = owner
        self._created: set[str] = set()
        self._size = 0

    async def create(self, rows: Mapping[str, Row]) -> set[str]:
        created = rows.keys() - self._created - await transfer.existing(self._db, self._owner.user_id, list(rows))
        self._created |= created
        self._size += sum(rows[todo_id].content.size for todo_id in created)
        total = len(self._created)
        await usage.check(self._db, self._owner.user_id, self._owner.quotas, Quotas(total, self._size, total))
        return created


async def _create(db: Connection, owner: Owner, rows: Mapping[str, Row]) -> set[str]:
    """The ids of those that are new."""
    values = orjson.dumps([_values(row) for row in reversed(list(rows.values()))]).decode()
    return await transfer.insert(db, owner.user_id, values, owner.command, context.traceparent.get(), owner.quotas)


def _values(row: Row) -> dict[str, Any]:
    return row.content.as_json() | {
        "number": row.number,
        "size": row.content.size,
        "id": row.todo_id,
        "priority": PRIORITIES.index(row.content.priority),
        "created_at": row.created_at,
        "completed_at": row.completed_at,
    }
