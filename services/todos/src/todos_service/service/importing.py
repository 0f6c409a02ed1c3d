"""Import: rows become todos, except those that exist already; rows are reported."""

import hashlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from service_common.database import Connection
from service_common.telemetry import context
from todos_service.domain import MAX_DEPTH, PRIORITIES, Content, Quotas, content_of
from todos_service.repository import entities, reads, transfer, trees, usage, writes
from todos_service.repository.entities import Kind
from todos_service.service import entities as organise
from todos_service.service.calls import Owner

MAX_INVALID = 100
SLICE = 500
KINDS: Sequence[Kind] = ("project", "filter")
# What ids were first computed from; of the fields that came later those that are given.
LASTING = frozenset(
    ("title", "description", "completed", "priority", "tags", "due_date", "due_time", "due_time_zone", "due_at")
)
NAMESPACE = uuid.UUID("6a1f2c1e-6f0c-5d51-9a55-3f4b1f5d2a10")


@dataclass(frozen=True, slots=True)
class Row:
    """A todo of an import, by its number in the file; without an id it gets one computed from its content.

    `project` is the name of its project, for one that is not there yet.
    """

    number: int
    content: Content
    created_at: str | None
    completed_at: str | None
    todo_id: str
    project: str | None = None


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A project or a filter; without an id it gets one computed from its name."""

    number: int
    kind: Kind
    entity_id: str
    given: Mapping[str, Any]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class InvalidRow:
    number: int
    error: str


AnyRow = Row | EntityRow | InvalidRow
Create = Callable[[Mapping[str, Row]], Awaitable[set[str]]]


class Report:
    """What came of an import: counts, and a line of JSON for each row except invalid ones after the first 100."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._rows: list[tuple[int, bytes]] = []

    def add(self, number: int, status: str, todo_id: str | None = None, error: str | None = None) -> None:
        self._counts[status] += 1
        if status != "invalid" or self._counts[status] <= MAX_INVALID:
            line = orjson.dumps({"row": number, "status": status, "id": todo_id, "error": error})
            self._rows.append((number, line))

    def json(self, *, dry_run: bool) -> str:
        counts = {status: self._counts[status] for status in ("created", "duplicate", "invalid")}
        rest = {"invalid_left_out": max(self._counts["invalid"] - MAX_INVALID, 0)}
        head = orjson.dumps({"dry_run": dry_run, **counts, **rest})[:-1]
        return (head + b',"rows":[' + b",".join(line for _, line in sorted(self._rows)) + b"]}").decode()


class Ids:
    """Gives a row without an id one computed from its content, so that a second import finds it as a duplicate.

    The same row twice in one file is two todos.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._seen: Counter[bytes] = Counter()

    def of(self, content: Content, created_at: str | None) -> str:
        known = {
            name: value
            for name, value in content.as_json().items()
            if name in LASTING or (value and name != "series_id")
        }
        text = orjson.dumps([self._owner.user_id, known, created_at])
        digest = hashlib.sha256(text).digest()
        self._seen[digest] += 1
        return str(uuid.uuid5(NAMESPACE, f"{self._seen[digest]} {text.decode()}"))

    def of_entity(self, kind: str, name: str) -> str:
        return str(uuid.uuid5(NAMESPACE, orjson.dumps([self._owner.user_id, kind, name]).decode()))


class Places:
    """The projects and the todos that rows may be in, as far as they ask for them."""

    def __init__(self, db: Connection, owner: Owner, *, dry_run: bool) -> None:
        self._db = db
        self._owner = owner
        self._dry_run = dry_run
        self._ids: dict[Kind, set[str]] = {}
        self._projects: set[str] = set()
        self._todos: dict[str, tuple[str | None, int, bool]] = {}  # project, level, whether it is completed
        self._unmarked: set[str] = set()

    async def read(self) -> None:
        for kind in KINDS:
            _, found = await entities.every(self._db, self._owner.user_id, kind)
            self._ids[kind] = {str(one["id"]) for one in found}
            if kind == "project":
                self._projects = {str(one["id"]) for one in found if not one["deleted_at"]}

    async def look_for_parents(self, rows: Sequence[AnyRow]) -> None:
        """Among the todos that are there already."""
        wanted = {row.content.parent_id for row in rows if isinstance(row, Row) and row.content.parent_id}
        for parent_id in await transfer.existing(self._db, self._owner.user_id, list(wanted - self._todos.keys())):
            found = await reads.todo(self._db, self._owner.user_id, parent_id)
            if found and not found["deleted"]:
                content = content_of(orjson.loads(found["document"]))
                above = await trees.above(self._db, self._owner.user_id, parent_id) if content.parent_id else ()
                self._todos[parent_id] = content.project_id, len(above) + 1, content.completed

    def has_parent_of(self, row: Row) -> bool:
        return row.content.parent_id is None or row.content.parent_id in self._todos

    async def placed(self, row: Row) -> Row | InvalidRow:
        """In the project of its parent; or why it cannot be."""
        project_id, parent_id = row.content.project_id, row.content.parent_id
        if parent_id in self._todos:
            project_id, level, is_completed = self._todos[parent_id]
            if level >= MAX_DEPTH:
                return InvalidRow(row.number, f"/parent_id: todos are nested in more than {MAX_DEPTH} levels")
            if is_completed and not row.content.completed:
                return InvalidRow(row.number, "/parent_id: an open todo below a completed one")
            return replace(row, content=replace(row.content, project_id=project_id))
        if parent_id is None and project_id and project_id not in self._projects:
            if row.project is None or project_id in self._ids["project"]:
                return InvalidRow(row.number, "/project_id: there is no such project")
            await self.made(EntityRow(row.number, "project", project_id, {"name": row.project}))
        return row

    def add(self, row: Row) -> None:
        """A todo that is there from now on."""
        content = row.content
        level = self._todos[content.parent_id][1] + 1 if content.parent_id else 1
        self._todos[row.todo_id] = content.project_id, level, content.completed
        if content.parent_id:
            self._unmarked.add(content.parent_id)

    async def mark_parents(self) -> None:
        if self._unmarked and not self._dry_run:
            await trees.mark_parents(self._db, self._owner.user_id, list(self._unmarked))
        self._unmarked.clear()

    async def made(self, row: EntityRow) -> EntityRow:
        """A project or filter, made where it is not there."""
        if row.entity_id in self._ids[row.kind]:
            return row
        if not self._dry_run:
            await organise.create(self._db, self._owner, row.kind, row.entity_id, row.given)
        self._ids[row.kind].add(row.entity_id)
        if row.kind == "project":
            self._projects.add(row.entity_id)
        return replace(row, is_new=True)


async def run(db: Connection, owner: Owner, slices: AsyncIterator[Sequence[AnyRow]], *, dry_run: bool) -> Report:
    """Import what can be imported, all in one transaction; subtasks may come before their parents.

    Raises: DailyQuotaExceeded, QuotaExceeded.
    """
    report = Report()
    async with db.transaction():
        if not dry_run:
            await writes.lock_feed(db, owner.user_id)
        create = _DryRun(db, owner).create if dry_run else partial(_create, db, owner)
        places = Places(db, owner, dry_run=dry_run)
        await places.read()
        waiting: list[Row] = []
        async for rows in slices:
            waiting += await _take(rows, places, create, report)
        while waiting:
            ready = [row for row in waiting if places.has_parent_of(row)]
            if not ready:
                break
            left = [row for row in waiting if not places.has_parent_of(row)]
            for start in range(0, len(ready), SLICE):
                await _take(ready[start : start + SLICE], places, create, report)
            waiting = left
        for row in waiting:
            report.add(row.number, "invalid", error="/parent_id: there is no such todo")
    return report


async def _take(rows: Sequence[AnyRow], places: Places, create: Create, report: Report) -> list[Row]:
    """Create what can be; those whose parents may come later are given back."""
    await places.look_for_parents(rows)
    ready, waiting = list[Row](), list[Row]()
    for row in rows:
        found: AnyRow = row
        if isinstance(row, EntityRow):
            found = await places.made(row)
        elif isinstance(row, Row):
            found = await places.placed(row)
        if isinstance(found, InvalidRow):
            report.add(found.number, "invalid", error=found.error)
        elif isinstance(found, EntityRow):
            report.add(found.number, "created" if found.is_new else "duplicate", found.entity_id)
        else:
            (ready if places.has_parent_of(found) else waiting).append(found)
    unique = {row.todo_id: row for row in reversed(ready)}
    created = await create(unique) if unique else set()
    for row in ready:
        is_new = row.todo_id in created and unique[row.todo_id] is row
        report.add(row.number, "created" if is_new else "duplicate", row.todo_id)
        if is_new:
            places.add(row)
    await places.mark_parents()
    return waiting


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
