"""One todo and lists of them. A write of one todo is one statement, which it may share with other requests."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

import asyncpg
import orjson

from service_common.database import Connection, Executor
from todos_service import domain
from todos_service.domain import Content
from todos_service.errors import TodoNotFound
from todos_service.repository import changes as log
from todos_service.repository import lists, reads
from todos_service.repository.lists import Shape
from todos_service.repository.pages import PAGE_BYTES
from todos_service.repository.writes import Change, LostRace
from todos_service.service import series, steps, trees
from todos_service.service.calls import ANY_VERSION, Answer, Condition, Neighbour, Owner
from todos_service.service.limits import Reads, Searches
from todos_service.service.store import Lister, Store

EXPORT_PAGE = 1000
TOGETHER: Final = "together"
"""What a plan says of a todo whose change concerns others."""
Plan = Callable[[asyncpg.Record, Mapping[str, Any]], Change | Literal["together"] | None]


def new_content(owner: Owner, given: Mapping[str, Any]) -> Content:
    """The content of a new todo. Raises: InvalidFields."""
    return series.kept(Content(title="").merge(given, owner.time_zone))


async def create(store: Store, owner: Owner, todo_id: str | None, given: Mapping[str, Any]) -> Answer:
    """A new todo, with an id of the client's or of the database's.

    Raises: DailyQuotaExceeded, IdTaken, InvalidFields, QuotaExceeded.
    """
    content = new_content(owner, given)
    if content.parent_id:
        async with store.exclusive(owner.user_id) as db:
            return await trees.create(db, owner, todo_id, content, given)
    try:
        return steps.answer(owner, await store.write(owner.user_id, steps.create(owner, todo_id, content)))
    except LostRace as error:
        raise trees.UNKNOWN_PROJECT from error


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

    Raises: DailyQuotaExceeded, InvalidFields, QuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | Literal["together"] | None:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        before = domain.content_of(document)
        after = series.kept(before.merge(given, owner.time_zone))
        if domain.concerns_others(before, after, is_parent=row["is_parent"]):
            return TOGETHER
        return steps.edit(owner, row, document, after, alone=True)

    return await _write(store, owner, todo_id, plan, lambda db: trees.update(db, owner, todo_id, given, condition))


async def delete(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it to the trash, and its subtasks. Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos."""

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | Literal["together"]:
        if row["deleted"]:
            raise TodoNotFound
        condition.check(row["version"])
        return TOGETHER if row["is_parent"] else steps.trash(owner, row, document, todo_id, alone=True)

    return await _write(store, owner, todo_id, plan, lambda db: trees.delete(db, owner, todo_id, condition))


async def restore(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move it out of the trash, with what went there with it; where it is not in the trash nothing is written.

    Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | Literal["together"] | None:
        condition.check(row["version"])
        if not row["deleted"]:
            return None
        content = domain.content_of(document)
        if row["is_parent"] or content.parent_id or content.project_id:
            return TOGETHER
        return steps.untrash(owner, row, document, content, alone=True)

    return await _write(store, owner, todo_id, plan, lambda db: trees.restore(db, owner, todo_id, condition))


async def purge(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Delete for good, from the trash or from the list, with all subtasks.

    Raises: StaleVersion, TodoNotFound, TooManyTodos.
    """

    def plan(row: asyncpg.Record, document: Mapping[str, Any]) -> Change | Literal["together"]:
        condition.check(row["version"])
        return TOGETHER if row["is_parent"] else steps.purge(owner, row, document, alone=True)

    return await _write(store, owner, todo_id, plan, lambda db: trees.purge(db, owner, todo_id, condition))


async def move(
    store: Store, owner: Owner, todo_id: str, given: Mapping[str, Any], neighbour: Neighbour, condition: Condition
) -> Answer:
    """Put it into a project, below a todo, beside another one.

    Raises: DailyQuotaExceeded, InvalidFields, StaleVersion, TodoNotFound, TooManyTodos.
    """
    async with store.exclusive(owner.user_id) as db:
        return await trees.move(db, owner, todo_id, given, neighbour, condition)


async def skip(store: Store, owner: Owner, todo_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Move a recurring todo on to its next day.

    Raises: DailyQuotaExceeded, InvalidFields, StaleVersion, TodoNotFound.
    """
    async with store.exclusive(owner.user_id) as db:
        return await trees.skip(db, owner, todo_id, condition)


async def _write(
    store: Store,
    owner: Owner,
    todo_id: str,
    plan: Plan,
    together: Callable[[Connection], Awaitable[Answer]],
) -> Answer:
    """Read, plan, write; again when another write came in between. Raises: TodoNotFound, and what `plan` raises.

    What concerns other todos too is done `together` with them, in a transaction that holds the feed.
    """
    while True:
        row = await store.read(owner.user_id, todo_id)
        if row is None:
            raise TodoNotFound
        planned = plan(row, orjson.loads(row["document"]))
        if planned is None:
            return steps.answer(owner, row, row["sequence"])
        if planned == TOGETHER:
            async with store.exclusive(owner.user_id) as db:
                return await together(db)
        try:
            return steps.answer(owner, await store.write(owner.user_id, planned))
        except LostRace:
            continue


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
    """All todos as JSON in their order, in pages: a slow reader holds no connection, a large export no memory."""
    shape, after = Shape(sort="position", descending=False, is_long=True), dict[str, Any]()
    while True:
        async with reads.turn(owner.user_id, EXPORT_PAGE):
            _, documents = await lists.page(db, owner.user_id, shape, EXPORT_PAGE, after)
        if not documents:
            return
        yield documents
        last = orjson.loads(documents[-1])
        shape, after = replace(shape, after="key"), {"key": last["position"], "last_id": last["id"]}
