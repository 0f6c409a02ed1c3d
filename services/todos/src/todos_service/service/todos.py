"""One todo and lists of them. Each write is one statement, which it may share with other requests."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from service_common.database import Executor
from service_common.telemetry import context
from todobus_events.models import NIL_UUID
from todos_service import domain
from todos_service.domain import Content
from todos_service.errors import StaleVersion, TodoNotFound
from todos_service.repository import changes as log
from todos_service.repository import lists, reads, transfer
from todos_service.repository.lists import Shape
from todos_service.repository.writes import Change, LostRace
from todos_service.service.store import Store


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose todos they are, and the zone in which that user's days are counted."""

    user_id: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A todo as JSON, its id and version, and the user's sequence."""

    todo_id: str
    document: str
    version: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Which versions a write may change (`If-Match`); None is any."""

    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        """Raises: StaleVersion."""
        if self.versions is not None and version not in self.versions:
            raise StaleVersion(version)


ANY_VERSION = Condition()
EXPORT_PAGE = 1000


def new_content(owner: Owner, given: Mapping[str, Any]) -> Content:
    """The content of a new todo. Raises: InvalidFields."""
    return Content(title="").merge(given, owner.time_zone)


async def create(store: Store, owner: Owner, todo_id: str | None, given: Mapping[str, Any]) -> Answer:
    """A new todo, with an id of the client's or of the database's. Raises: IdTaken, InvalidFields."""
    content = new_content(owner, given)
    row = await store.write(owner.user_id, Change(todo_id, domain.CREATED, content, context.traceparent.get()))
    return Answer(str(row["id"]), row["document"], row["version"], row["version"])


async def get(db: Executor, owner: Owner, todo_id: str) -> Answer:
    """One that is not in the trash. Raises: TodoNotFound."""
    row = await reads.todo(db, owner.user_id, todo_id)
    if row is None or row["deleted"]:
        raise TodoNotFound
    return Answer(todo_id, row["document"], row["version"], row["sequence"])


async def update(
    store: Store, owner: Owner, todo_id: str, given: Mapping[str, Any], condition: Condition = ANY_VERSION
) -> Answer:
    """Change the given fields; where none differs nothing is written.

    Raises: InvalidFields, StaleVersion, TodoNotFound.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | None:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        before = domain.content_of(document)
        after = before.merge(given, owner.time_zone)
        previous = domain.previous_values(document, after)
        return _change(row, document, domain.update_type(before, after), after, previous) if previous else None

    return await _write(store, owner, todo_id, plan)


async def delete(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it to the trash. Raises: StaleVersion, TodoNotFound."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        return _change(row, document, domain.DELETED, None, {"deleted_at": None}, deleted=True)

    return await _write(store, owner, todo_id, plan)


async def restore(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it out of the trash; where it is not in the trash nothing is written. Raises: StaleVersion, TodoNotFound."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | None:
        condition.check(row["version"])
        if not row["deleted"]:
            return None
        return _change(row, document, domain.RESTORED, None, {"deleted_at": document["deleted_at"]})

    return await _write(store, owner, todo_id, plan)


async def purge(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Delete for good, from the trash or from the list. Raises: StaleVersion, TodoNotFound."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change:
        condition.check(row["version"])
        previous = {} if row["deleted"] else {"deleted_at": None}
        return _change(row, document, domain.PURGED, None, previous, deleted=True)

    return await _write(store, owner, todo_id, plan)


async def _write(
    store: Store,
    owner: Owner,
    todo_id: str,
    plan: Callable[[asyncpg.Record, Mapping[str, Any]], Change | None],
) -> Answer:
    """Read, plan, write; again when another write came in between. Raises: TodoNotFound, and what `plan` raises."""
    while True:
        row = await store.read(owner.user_id, todo_id)
        if row is None:
            raise TodoNotFound
        planned = plan(row, orjson.loads(row["document"]))
        if planned is None:
            return Answer(todo_id, row["document"], row["version"], row["sequence"])
        try:
            written = await store.write(owner.user_id, planned)
        except LostRace:
            continue
        return Answer(todo_id, written["document"], written["version"], written["version"])


def _change(
    row: asyncpg.Record,
    document: Mapping[str, Any],
    event_type: str,
    after: Content | None,
    previous: Mapping[str, Any],
    *,
    deleted: bool = False,
) -> Change:
    return Change(
        todo_id=document["id"],
        type=event_type,
        content=after or domain.content_of(document),
        traceparent=context.traceparent.get(),
        deleted=deleted,
        expected=row["version"],
        changed=orjson.dumps(list(previous)).decode(),
        previous=orjson.dumps(previous).decode(),
    )


async def page(
    db: asyncpg.Pool, owner: Owner, shape: Shape, values: Mapping[str, Any], limit: int
) -> tuple[int, list[str], bool]:
    """The user's sequence, up to `limit` todos as JSON, and whether there are more."""
    sequence, documents = await lists.page(db, owner.user_id, shape, limit + 1, values)
    return sequence, documents[:limit], len(documents) > limit


async def sequence(db: Executor, owner: Owner) -> int:
    """The number of the user's last change; 0 before the first."""
    return await reads.sequence(db, owner.user_id)


async def changes(db: Executor, owner: Owner, since: int, limit: int) -> tuple[int, list[str], bool]:
    """The user's sequence, up to `limit` changes after `since` as JSON, and whether there are more."""
    newest, rows = await log.of_user(db, owner.user_id, since, limit + 1)
    return newest, [row["data"] for row in rows[:limit]], len(rows) > limit


async def history(db: Executor, owner: Owner, todo_id: str, since: int, limit: int) -> tuple[list[str], int | None]:
    """Up to `limit` changes of the todo as JSON, also of a purged one, and after which number there are more.

    Raises: TodoNotFound.
    """
    rows = await reads.history(db, owner.user_id, todo_id, since, limit + 1)
    if not rows and since == 0:
        raise TodoNotFound
    more = rows[limit - 1]["sequence"] if len(rows) > limit else None
    return [row["change"] for row in rows[:limit]], more


async def export(db: Executor, owner: Owner) -> AsyncIterator[list[str]]:
    """All todos as JSON, in pages: a slow reader holds no connection, a large export no memory."""
    after = str(NIL_UUID)
    while rows := await transfer.export_page(db, owner.user_id, after, EXPORT_PAGE):
        yield [row["document"] for row in rows]
        after = str(rows[-1]["id"])
