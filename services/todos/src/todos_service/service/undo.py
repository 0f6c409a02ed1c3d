"""Undo: the inverse of commands, made from what each of their changes says was there before, appended as a command.

So it can be undone as well. A field that no longer has the value that the commands gave it was changed since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from service_common.database import Connection
from service_common.errors import FieldError
from todos_service.domain import COMPLETED, CREATED
from todos_service.errors import CommandNotFound, UndoConflict
from todos_service.repository import commands, moments, writes
from todos_service.repository.entities import Kind
from todos_service.service import entities, states
from todos_service.service.calls import Owner
from todos_service.service.states import MOST_BYTES, State, same
from todos_service.service.steps import MOST

FOLLOWING = frozenset({"completed_at", "due_at"})  # they go with other fields
UNSAID = frozenset({"id", "user_id", "version", "created_at", "updated_at", "deleted_at"}) | FOLLOWING
CHANGED_SINCE = "changed since, by another command"
NOT_ANY_MORE = "cannot be so any more: its project, its parent, its subtasks or its dates are others now"

Key = tuple[str, str]  # kind and id


@dataclass(frozen=True, slots=True)
class Undone:
    """The command that undid, after which number of the sequence, and how many numbers it took."""

    command_id: str
    since: int
    count: int


async def undo(db: Connection, owner: Owner, command_id: str, *, force: bool) -> Undone:
    """Undo one command; with `force` what was changed since stays as it is.

    Raises: CommandNotFound, DailyQuotaExceeded, QuotaExceeded, TooManyTodos, UndoConflict.
    """
    async with db.transaction():
        feed = await writes.lock_feed(db, owner.user_id)
        rows = await commands.changes(db, owner.user_id, command_id, MOST + 1, MOST_BYTES)
        if not rows:
            raise CommandNotFound
        return await _undo(db, owner, feed["sequence"], rows, force=force)


async def undo_all_of(db: Connection, owner: Owner, actor_id: str, since: int | datetime, *, force: bool) -> Undone:
    """Undo what a session or an API token has done after a number or an instant; as `undo`.

    Raises: DailyQuotaExceeded, QuotaExceeded, TooManyTodos, UndoConflict.
    """
    async with db.transaction():
        feed = await writes.lock_feed(db, owner.user_id)
        after = await moments.sequence_at(db, owner.user_id, since) if isinstance(since, datetime) else since
        rows = await commands.changes_by(db, owner.user_id, actor_id, after, MOST + 1, MOST_BYTES)
        return await _undo(db, owner, feed["sequence"], rows, force=force)


def inverse(now: State | None, changes: Iterable[State], kind: str) -> tuple[State | None, set[str]]:
    """The state without what these changes (the newest first) made of it, and which fields were changed since.

    None is an entity that is not there.
    """
    wanted, since = now, set[str]()
    for change in changes:
        after, verb = change[kind], change["type"].split(".")[1]
        before = {**after, **change["previous"]}
        if is_creation(change):
            others = {name for name in after if name not in UNSAID and wanted and wanted.get(name) != after[name]}
            since |= others
            wanted = wanted if others else None
        elif verb == "purged" or (kind, verb) == ("filter", "deleted"):
            since |= {"deleted_at"} if wanted else set()
            wanted = wanted or before
        elif wanted is None:
            since.add("deleted_at")
        else:
            for name in _leading(change["changed"]):
                if same(name, wanted.get(name), after[name]):
                    wanted = {**wanted, name: before[name]}
                    if name == "completed":
                        wanted["completed_at"] = before["completed_at"]
                elif not same(name, wanted.get(name), before[name]):
                    since.add(name)
    return wanted, since


def _leading(names: Sequence[str]) -> list[str]:
    """Without those that follow another one."""
    return [name for name in names if name not in FOLLOWING or (name == "completed_at" and "completed" not in names)]


def is_creation(change: State) -> bool:
    """Whether there was nothing before; a todo that came back after it was deleted for good had no `created_at`."""
    return ".created." in change["type"] or change["previous"].get("created_at", "") is None


async def _undo(db: Connection, owner: Owner, sequence: int, rows: Sequence[asyncpg.Record], *, force: bool) -> Undone:
    states.check_size(rows)
    changes = defaultdict[Key, list[State]](list)
    for number, row in enumerate(rows):
        change = orjson.loads(row["data"])
        kind = change["type"].split(".")[0]
        changes[kind, change[kind]["id"]].append(change)
        await states.turn(number)
    conflicts = list[FieldError]()
    wanted: dict[str, dict[str, State | None]] = {
        kind: await _entities(db, owner, kind, changes, conflicts) for kind in entities.KINDS
    }
    todos = await _todos(db, owner, changes, conflicts)
    used = await states.settle_all(db, owner, todos, wanted)
    conflicts += [_conflict("project", key, "deleted_at", "todos were put into it since") for key in used]
    conflicts += [_conflict("todo", todo.id, name, NOT_ANY_MORE) for todo in todos.values() for name in todo.kept]
    if conflicts and not force:
        raise UndoConflict(conflicts)
    count = len(await states.carry_out(db, owner, todos, wanted))
    if count:
        undone = sorted({str(row["command_id"]) for row in rows})
        await commands.mark_undone(db, owner.user_id, undone, owner.command.id)
    return Undone(owner.command.id, sequence, count)


async def _entities(
    db: Connection, owner: Owner, kind: Kind, changes: Mapping[Key, Sequence[State]], conflicts: list[FieldError]
) -> dict[str, State | None]:
    """What is wanted of the projects or filters that were changed."""
    wanted: dict[str, State | None] = {}
    now = await entities.states(db, owner, kind) if any(key[0] == kind for key in changes) else {}
    for (of_kind, entity_id), made in changes.items():
        if of_kind == kind:
            state = now.get(entity_id)
            wanted[entity_id], since = inverse(state, made, kind)
            conflicts += [_conflict(kind, entity_id, name, CHANGED_SINCE) for name in sorted(since)]
    return wanted


async def _todos(
    db: Connection, owner: Owner, changes: Mapping[Key, Sequence[State]], conflicts: list[FieldError]
) -> dict[str, states.Todo]:
    last = {todo_id: made[0]["todo"] for (kind, todo_id), made in changes.items() if kind == "todo"}
    todos = await states.current(db, owner, last)
    completed = {one["todo"].get("series_id") for made in changes.values() for one in made if one["type"] == COMPLETED}
    for number, todo in enumerate(todos.values()):
        made = changes["todo", todo.id]
        todo.wanted, since = inverse(todo.wanted, made, "todo")
        is_successor = todo.state.get("series_id") in completed - {None}  # which reopening takes away, too
        todo.for_good = is_creation(made[-1]) and (made[-1]["type"] != CREATED or is_successor)
        conflicts += [_conflict("todo", todo.id, name, CHANGED_SINCE) for name in sorted(since)]
        await states.turn(number)
    return todos


def _conflict(kind: str, entity_id: str, name: str, detail: str) -> FieldError:
    return FieldError(f"/{kind}s/{entity_id}/{name}", f"{name} of {kind} {entity_id}: {detail}")
