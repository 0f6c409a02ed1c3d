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
from todos_service.domain import UNLIMITED, Command, Content, Quotas
from todos_service.errors import StaleVersion, TodoNotFound
from todos_service.repository import changes as log
from todos_service.repository import lists, reads, transfer
from todos_service.repository.lists import Shape
from todos_service.repository.pages import PAGE_BYTES
from todos_service.repository.writes import Change, LostRace
from todos_service.service.limits import Reads, Searches
from todos_service.service.store import Lister, Store


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose todos they are, the zone in which that user's days are counted, and what the user may have and do.

    `command` is what a write belongs to; a request that only reads has none.
    """

    user_id: str
    time_zone: str
    command: Command
    quotas: Quotas = UNLIMITED


@dataclass(frozen=True, slots=True)
class Answer:
    """A todo as JSON, its id and version, the user's sequence, and the id of the command that was done."""

    todo_id: str
    document: str
    version: int
    sequence: int
    command_id: str = ""


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
ONE_WRITE = Quotas(writes_a_day=1)


def new_content(owner: Owner, given: Mapping[str, Any]) -> Content:
    """The content of a new todo. Raises: InvalidFields."""
    return Content(title="").merge(given, owner.time_zone)


async def create(store: Store, owner: Owner, todo_id: str | None, given: Mapping[str, Any]) -> Answer:
    """A new todo, with an id of the client's or of the database's.

    Raises: DailyQuotaExceeded, IdTaken, InvalidFields, QuotaExceeded.
    """
    content = new_content(owner, given)
    more = Quotas(todos=1, bytes=content.size, writes_a_day=1)
    change = Change(todo_id, domain.CREATED, content, owner.command, context.traceparent.get(), more, owner.quotas)
    row = await store.write(owner.user_id, change)
    return Answer(str(row["id"]), row["document"], row["version"], row["version"], owner.command.id)


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

    Raises: DailyQuotaExceeded, InvalidFields, QuotaExceeded, StaleVersion, TodoNotFound.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | None:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        before = domain.content_of(document)
        after = before.merge(given, owner.time_zone)
        previous = domain.previous_values(document, after)
        more = Quotas(bytes=after.size - before.size, writes_a_day=1)
        return (
            _change(owner, row, document, domain.update_type(before, after), after, previous, more)
            if previous
            else None
        )

    return await _write(store, owner, todo_id, plan)


async def delete(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it to the trash. Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        before = domain.content_of(document)
        return _change(owner, row, document, domain.DELETED, before, {"deleted_at": None}, ONE_WRITE, deleted=True)

    return await _write(store, owner, todo_id, plan)


async def restore(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it out of the trash; where it is not in the trash nothing is written.

    Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | None:
        condition.check(row["version"])
        if not row["deleted"]:
            return None
        previous = {"deleted_at": document["deleted_at"]}
        return _change(owner, row, document, domain.RESTORED, domain.content_of(document), previous, ONE_WRITE)

    return await _write(store, owner, todo_id, plan)


async def purge(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Delete for good, from the trash or from the list. Raises: StaleVersion, TodoNotFound."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change:
        condition.check(row["version"])
        previous = {} if row["deleted"] else {"deleted_at": None}
        before = domain.content_of(document)
        more = Quotas(todos=-1, bytes=-before.size)
        return _change(owner, row, document, domain.PURGED, before, previous, more, deleted=True)

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
            return Answer(todo_id, row["document"], row["version"], row["sequence"], owner.command.id)
        try:
            written = await store.write(owner.user_id, planned)
        except LostRace:
            continue
        return Answer(todo_id, written["document"], written["version"], written["version"], owner.command.id)


def _change(
    owner: Owner,
    row: asyncpg.Record,
    document: Mapping[str, Any],
    event_type: str,
    after: Content,
    previous: Mapping[str, Any],
    more: Quotas,
    *,
    deleted: bool = False,
) -> Change:
    return Change(
        todo_id=document["id"],
        type=event_type,
        content=after,
        command=owner.command,
        traceparent=context.traceparent.get(),
        more=more,
        quotas=owner.quotas,
        deleted=deleted,
        expected=row["version"],
        changed=orjson.dumps(list(previous)).decode(),
        previous=orjson.dumps(previous).decode(),
    )


async def page(
    db: asyncpg.Pool,
    lister: Lister,
    owner: Owner,
    shape: Shape,
    values: Mapping[str, Any],
    limit: int,
    searches: Searches,
) -> tuple[int, list[str], bool]:
    """The user's sequence, up to `limit` todos as JSON, and whether there are more.

    Raises: SearchTooSlow, TooManySearches.
    """
    if shape.words:
        with searches.turn(owner.user_id):
            sequence, documents = await lists.search(db, owner.user_id, shape, limit + 1, values)
    elif values or shape.is_long:
        sequence, documents = await lists.page(db, owner.user_id, shape, limit + 1, values)
    else:
        sequence, documents = await lister(owner.user_id, (shape, limit + 1))
    is_cut = len(documents) > limit or (shape.is_long and sum(map(len, documents)) >= PAGE_BYTES)
    return sequence, documents[:limit], is_cut


async def sequence(db: Executor, owner: Owner) -> int:
    """The number of the user's last change; 0 before the first."""
    return await reads.sequence(db, owner.user_id)


async def changes(db: Executor, owner: Owner, since: int, limit: int) -> tuple[int, list[str], bool]:
    """The user's sequence, up to `limit` changes after `since` as JSON, and whether there are more."""
    newest, rows = await log.of_user(db, owner.user_id, since, limit)
    return newest, [row["data"] for row in rows], bool(rows) and rows[-1]["sequence"] < newest


async def history(db: Executor, owner: Owner, todo_id: str, since: int, limit: int) -> tuple[list[str], int | None]:
    """Up to `limit` changes of the todo as JSON, also of a purged one, and after which number there are more.

    Raises: TodoNotFound.
    """
    rows = await reads.history(db, owner.user_id, todo_id, since, limit + 1)
    if not rows and since == 0:
        raise TodoNotFound
    is_cut = len(rows) > limit or (bool(rows) and rows[-1]["total"] >= PAGE_BYTES)
    found = rows[:limit]
    return [row["change"] for row in found], found[-1]["sequence"] if is_cut else None


async def export(db: Executor, owner: Owner, reads: Reads) -> AsyncIterator[list[str]]:
    """All todos as JSON, in pages: a slow reader holds no connection, a large export no memory."""
    after = str(NIL_UUID)
    while True:
        async with reads.turn(owner.user_id, EXPORT_PAGE):
            rows = await transfer.export_page(db, owner.user_id, after, EXPORT_PAGE)
        if not rows:
            return
        yield [row["document"] for row in rows]
        after = str(rows[-1]["id"])
