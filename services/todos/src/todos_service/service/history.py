"""A user's todos and projects as they were: read-only, and the way back to them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from service_common.database import Connection, Executor
from todos_service.domain import DELETED, PURGED, Content
from todos_service.errors import HistoryNotReady, SearchTooSlow, TodoNotFound
from todos_service.repository import history, moments, writes
from todos_service.repository.lists import Shape
from todos_service.service import states
from todos_service.service.calls import Answer, Owner
from todos_service.service.limits import Searches
from todos_service.service.states import MOST_BYTES, State, is_live
from todos_service.service.steps import MOST

MOST_BEHIND = 5000  # numbers that a read folds by itself
USERS = 100
BLANK: Mapping[str, Any] = Content(title="").as_json()


@dataclass(frozen=True, slots=True)
class Moment:
    """A number of the user's sequence, and the instant to which days and what is overdue are related."""

    number: int
    instant: datetime


async def moment(db: Executor, owner: Owner, as_of: int | datetime) -> Moment:
    """Where that is; what is still to come is now."""
    now = datetime.now(UTC)
    if isinstance(as_of, datetime):
        return Moment(await moments.sequence_at(db, owner.user_id, as_of), min(as_of, now))
    found = await history.heads(db, owner.user_id, as_of)
    if as_of >= found["sequence"]:
        return Moment(found["sequence"], now)
    return Moment(as_of, found["occurred_at"] or now)


async def page(
    db: asyncpg.Pool,
    owner: Owner,
    then: Moment,
    shape: Shape,
    values: Mapping[str, Any],
    limit: int,
    searches: Searches,
) -> tuple[list[str], bool]:
    """As `todos.page` at that moment. Raises: HistoryNotReady, SearchTooSlow, TooManySearches."""
    await _fold(db, owner.user_id)
    arguments = (db, owner.user_id, then.number, shape, limit + 1, values)
    try:
        if shape.words:
            with searches.turn(owner.user_id):
                _, documents = await history.page(*arguments)
        else:
            _, documents = await history.page(*arguments)
    except TimeoutError as error:
        raise SearchTooSlow from error
    return [_whole(document) for document in documents[:limit]], len(documents) > limit


async def todo(db: Executor, owner: Owner, todo_id: str, then: Moment) -> Answer:
    """One that was not in the trash. Raises: TodoNotFound."""
    row = await history.todo(db, owner.user_id, todo_id, then.number)
    if row is None or row["type"] in {PURGED, DELETED}:
        raise TodoNotFound
    document = _whole(row["document"])
    if not is_live(orjson.loads(document)):
        raise TodoNotFound
    return Answer(todo_id, document, row["sequence"], then.number)


async def projects(db: Executor, owner: Owner, then: Moment, *, in_trash: bool) -> list[str]:
    """As `entities.every` at that moment."""
    rows = await history.every(db, owner.user_id, "project", then.number)
    found = [orjson.loads(row["document"]) for row in rows if not row["type"].endswith(".purged.v1")]
    found.sort(key=lambda one: (one["position"], one["id"]))
    return [orjson.dumps(one).decode() for one in found if is_live(one) != in_trash]


async def fold_all(db: asyncpg.Pool) -> None:
    """Fold what was written since, block by block, of all users."""
    while users := await history.behind(db, USERS):
        for user_id in users:
            head = (await history.heads(db, user_id, 0))["sequence"]
            async with db.acquire() as connection:
                await history.fold(connection, user_id, head - head % history.BLOCK)


async def _fold(db: asyncpg.Pool, user_id: str) -> None:
    """Fold what a read would have to, where that is more than a block. Raises: HistoryNotReady."""
    found = await history.heads(db, user_id, 0)
    if found["sequence"] - found["folded"] > MOST_BEHIND:
        raise HistoryNotReady
    folded = found["folded"]
    while found["sequence"] - folded >= history.BLOCK:
        async with db.acquire() as connection:
            folded = await history.fold(connection, user_id, found["sequence"])


def _whole(document: str) -> str:
    """With the fields that events of version 1.0 did not have."""
    state = orjson.loads(document)
    later = {name: value for name, value in BLANK.items() if name not in state}
    return orjson.dumps({**state, **later}).decode() if later else document


@dataclass(frozen=True, slots=True)
class Restored:
    """How many changes it takes, by verb; `kept` cannot be as they were. `command_id` is None for a dry run."""

    command_id: str | None
    as_of: int
    sequence: int
    verbs: Mapping[str, int]
    kept: int


async def restore(db: Connection, owner: Owner, as_of: int | datetime, *, dry_run: bool) -> Restored:
    """Bring everything back to then, as one command; what was not there yet goes to the trash.

    Raises: DailyQuotaExceeded, QuotaExceeded, TooManyTodos.
    """
    async with db.transaction():
        await writes.lock_feed(db, owner.user_id)
        then = await moment(db, owner, as_of)
        rows = await history.changed(db, owner.user_id, then.number, MOST + 1, MOST_BYTES)
        states.check_size(rows)
        last: dict[str, dict[str, State]] = {"project": {}, "filter": {}, "todo": {}}
        wanted: dict[str, dict[str, State | None]] = {"project": {}, "filter": {}, "todo": {}}
        for number, row in enumerate(rows):
            change = orjson.loads(row["last"])
            kind = change["type"].split(".")[0]
            state = change[kind]
            last[kind][state["id"]] = state
            wanted[kind][state["id"]] = _state(row, kind)
            await states.turn(number)
        todos = await states.current(db, owner, last["todo"])
        for todo in todos.values():
            before = wanted["todo"][todo.id]
            todo.wanted = {**todo.state, **before} if before else None
        await states.settle_all(db, owner, todos, wanted)
        kept = sum(bool(todo.kept) for todo in todos.values())
        verbs = Counter(await states.carry_out(db, owner, todos, wanted, dry_run=dry_run))
        head = (await history.heads(db, owner.user_id, 0))["sequence"]
        return Restored(None if dry_run else owner.command.id, then.number, head, verbs, kept)


def _state(row: asyncpg.Record, kind: str) -> State | None:
    """What was there then."""
    if row["type"] is None or row["type"] in {PURGED, "project.purged.v1", "filter.deleted.v1"}:
        return None
    found: State = orjson.loads(row["data"])[kind]
    return found
