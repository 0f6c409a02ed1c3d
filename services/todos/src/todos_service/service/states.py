"""Brings todos into given states, as one command: undo and the way back in time are made of it.

A state is what a change says of a todo: its JSON. The caller's transaction holds the feed. What cannot be any more (a
parent that is gone, an open subtask of a completed todo) stays as it is, and is named.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from service_common.database import Connection
from service_common.telemetry import context
from todos_service import domain
from todos_service.domain import DATES, FIELDS, MAX_DEPTH, UNCHANGED, Content, Quotas
from todos_service.errors import InvalidFields, TooManyTodos
from todos_service.repository import trees
from todos_service.repository.writes import Change
from todos_service.service import entities
from todos_service.service.calls import Owner
from todos_service.service.steps import MOST, SLICE, write_all

State = Mapping[str, Any]
PLACE = ("project_id", "parent_id", "completed", "deleted_at")  # others have a say in these
MOST_BYTES = 64 * 1024 * 1024  # of the changes that a command is made of
NOW = "now"  # when it goes to the trash


@dataclass(slots=True)
class Todo:
    """A todo as it is, or was when it was there last, and as it is wanted.

    Where it is wanted not to be there it goes to the trash, or `for_good`. `kept` are the fields that stay as they are
    nevertheless.
    """

    state: State
    version: int | None  # None: it is not there
    is_parent: bool
    wanted: State | None
    kept: set[str] = field(default_factory=set)
    for_good: bool = False

    @property
    def id(self) -> str:
        return str(self.state["id"])

    @property
    def result(self) -> State | None:
        """What it will be; None: not there, as now."""
        if self.wanted is None and self.version is not None:
            return {**self.state, "deleted_at": self.state["deleted_at"] or NOW}
        return self.wanted

    @property
    def goes(self) -> bool:
        """Whether it goes to the trash."""
        return self.version is not None and is_live(self.state) and not is_live(self.result)

    def keep(self, names: Sequence[str]) -> bool:
        """Leave these fields as they are. Whether that changes anything."""
        result = self.result
        if result is None:
            return False
        if self.version is None:
            self.wanted, self.kept = None, {"deleted_at"}
            return True
        changing = {name for name in names if not same(name, result.get(name), self.state.get(name))}
        as_it_is = {name: self.state.get(name) for name in changing}
        if "completed" in changing:
            as_it_is["completed_at"] = self.state["completed_at"]
        self.wanted = {**result, **as_it_is}
        self.kept |= changing
        return bool(changing)


def same(name: str, one: Any, other: Any) -> bool:
    """Whether a field has the same value in two states; of the trash counts only whether a todo is there."""
    return (one is None) == (other is None) if name == "deleted_at" else bool(one == other)


def is_live(state: State | None) -> bool:
    return state is not None and state["deleted_at"] is None


def check_size(rows: Sequence[asyncpg.Record]) -> None:
    """`size` are the bytes of the changes up to a row. Raises: TooManyTodos."""
    if len(rows) > MOST or (rows and rows[-1]["size"] > MOST_BYTES):
        raise TooManyTodos(MOST)


async def current(db: Connection, owner: Owner, last: Mapping[str, State]) -> dict[str, Todo]:
    """The todos with these ids, wanted as they are. `last` gives the states of those that are not there."""
    found: dict[str, Todo] = {}
    for row in await trees.several(db, owner.user_id, list(last)):
        state = orjson.loads(row["document"])
        found[state["id"]] = Todo(state, row["version"], is_parent=row["is_parent"], wanted=state)
        await turn(len(found))
    gone = {
        todo_id: Todo(state, None, is_parent=False, wanted=None)
        for todo_id, state in last.items()
        if todo_id not in found
    }
    return found | gone


async def settle(db: Connection, owner: Owner, todos: Mapping[str, Todo], projects: Collection[str]) -> None:
    """Keep what cannot be, until the rest can be together. `projects` are those that will be there."""
    for todo in todos.values():
        if todo.wanted and any(todo.wanted.get(name) != todo.state.get(name) for name in DATES):
            try:
                domain.content_of(todo.wanted).merge({}, owner.time_zone)
            except InvalidFields:
                todo.keep(DATES)
    placed = [todo for todo in todos.values() if _has_place(todo)]
    if not placed:
        return
    parents = {state["parent_id"] for todo in placed if (state := todo.result) and state.get("parent_id")}
    rows = await trees.around(db, owner.user_id, [todo.id for todo in placed], sorted(parents))
    around = {state["id"]: state for state in (orjson.loads(row["document"]) for row in rows)}
    while any(_keep_one(todos, around, projects)):
        pass


def _has_place(todo: Todo) -> bool:
    states = [state for state in (todo.state, todo.result) if state]
    return todo.is_parent or any(state.get("parent_id") or state.get("project_id") for state in states)


def _keep_one(todos: Mapping[str, Todo], around: Mapping[str, State], projects: Collection[str]) -> Sequence[bool]:
    """One round over all: whether each of the todos that cannot be as they are wanted keeps something more."""
    results = {**around, **{todo.id: todo.result for todo in todos.values()}}
    kept = []
    for state in list(results.values()):
        if not is_live(state) or state is None or _fits(state, results, projects):
            continue
        concerned = (todos.get(state["id"]), todos.get(state.get("parent_id") or ""))
        kept += [todo.keep(PLACE) for todo in concerned if todo]
    return kept


def _fits(state: State, results: Mapping[str, State | None], projects: Collection[str]) -> bool:
    """Whether a todo that is not in the trash can be where it is."""
    if state.get("project_id") and state["project_id"] not in projects:
        return False
    parent_id = state.get("parent_id")
    if not parent_id:
        return True
    parent = results.get(parent_id)
    if parent is None or not is_live(parent) or parent.get("project_id") != state.get("project_id"):
        return False
    if parent["completed"] and not state["completed"]:
        return False
    return _depth(state, results) <= MAX_DEPTH


def _depth(state: State | None, results: Mapping[str, State | None]) -> int:
    depth = 0
    while state and depth <= MAX_DEPTH:
        state, depth = results.get(state.get("parent_id") or ""), depth + 1
    return depth


async def settle_all(
    db: Connection, owner: Owner, todos: Mapping[str, Todo], wanted: Mapping[str, dict[str, State | None]]
) -> list[str]:
    """`settle` with the projects that are wanted; those of them that would go to the trash while todos stay in them."""
    projects = await entities.states(db, owner, "project") | wanted["project"]
    await settle(db, owner, todos, {key for key, state in projects.items() if is_live(state)})
    return await _keep_used(db, owner, wanted["project"], todos)


async def carry_out(
    db: Connection,
    owner: Owner,
    todos: Mapping[str, Todo],
    wanted: Mapping[str, Mapping[str, State | None]],
    *,
    dry_run: bool = False,
) -> list[str]:
    """Write what `settle_all` has left; the verb of each change that takes.

    Raises: DailyQuotaExceeded, QuotaExceeded, TooManyTodos.
    """
    verbs = list[str]()
    for kind in entities.KINDS:
        if wanted[kind]:
            verbs += await entities.bring(db, owner, kind, wanted[kind], dry_run=dry_run)
    planned = plan(owner, todos, {key for key, state in wanted["project"].items() if not is_live(state)})
    if not dry_run:
        changes, _ = await write(db, owner, planned)
        return verbs + [_verb(change) for change in changes]
    for number, change in enumerate(planned):
        verbs.append(_verb(change))
        await turn(number)
    return verbs


async def _keep_used(
    db: Connection, owner: Owner, projects: dict[str, State | None], todos: Mapping[str, Todo]
) -> list[str]:
    """Take away from `projects`, which are wanted so, those that would go to the trash while todos stay in them."""
    used = list[str]()
    for project_id in [key for key, state in projects.items() if not is_live(state)]:
        rows = await trees.of_project(db, owner.user_id, project_id, MOST + 1)
        staying = (str(row["id"]) for row in rows if not row["deleted"])
        if any(todo_id not in todos or is_live(todos[todo_id].result) for todo_id in staying):
            del projects[project_id]
            used.append(project_id)
    return used


def plan(owner: Owner, todos: Mapping[str, Todo], trashed: Collection[str] = ()) -> Iterator[Change]:
    """What makes them what is wanted. `trashed` are the projects that go to the trash in the same command."""
    changes = (_change(owner, todo, _root(todo, todos, trashed)) for todo in todos.values())
    return (change for change in changes if change)


async def write(
    db: Connection, owner: Owner, planned: Iterable[Change]
) -> tuple[list[Change], Sequence[asyncpg.Record]]:
    """What `plan` gave, and the todos after it. Raises: DailyQuotaExceeded, QuotaExceeded, TooManyTodos."""
    changes = list[Change]()

    def noted() -> Iterator[Change]:
        for change in planned:
            changes.append(change)
            yield change

    written = await write_all(db, owner, noted())
    if parents := {change.content.parent_id for change in changes if change.content.parent_id}:
        await trees.mark_parents(db, owner.user_id, sorted(parents))
    return changes, written


def _verb(change: Change) -> str:
    return change.type.split(".")[1]


def _root(todo: Todo, todos: Mapping[str, Todo], trashed: Collection[str]) -> str:
    """With what it goes to the trash."""
    if todo.state.get("project_id") in trashed:
        return str(todo.state["project_id"])
    root = todo
    while (parent := todos.get(root.state.get("parent_id") or "")) and parent.goes:
        root = parent
    return root.id


def _change(owner: Owner, todo: Todo, root: str) -> Change | None:
    result = todo.result
    if result is None:
        return None
    is_purged = todo.wanted is None and todo.for_good
    before = after = UNCHANGED
    previous: dict[str, Any] = {}
    if todo.version is None or is_purged or not _is_same(todo.state, todo.wanted):
        before, after = domain.content_of(todo.state), domain.content_of(todo.wanted or todo.state)
        previous = domain.previous_values(todo.state, after)
    if result["completed_at"] != todo.state["completed_at"]:
        previous["completed_at"] = todo.state["completed_at"]
    was_there, is_there = todo.version is not None and is_live(todo.state), is_live(result)
    if was_there != is_there:
        previous["deleted_at"] = todo.state["deleted_at"]
    if todo.version is None:
        previous["created_at"] = None
    elif not previous and not is_purged:
        return None
    kind = domain.update_type(before, after)
    if was_there != is_there or todo.version is None:
        kind = domain.RESTORED if is_there else domain.DELETED
    if is_purged:
        kind = domain.PURGED
    return Change(
        todo_id=todo.id,
        type=kind,
        content=after,
        command=owner.command,
        traceparent=context.traceparent.get(),
        more=_more(todo, before, after),
        quotas=owner.quotas,
        deleted=not is_there,
        deleted_with=root,
        expected=todo.version,
        changed=orjson.dumps(list(previous)).decode(),
        previous=orjson.dumps(previous).decode(),
        created_at=result["created_at"],
        completed_at=result["completed_at"],
        deleted_at=None if result["deleted_at"] == NOW else result["deleted_at"],
    )


def _is_same(state: State, wanted: State | None) -> bool:
    """Whether the content stays as it is."""
    return wanted is None or all(state.get(name) == wanted.get(name) for name in FIELDS)


def _more(todo: Todo, before: Content, after: Content) -> Quotas:
    if todo.version is None:
        return Quotas(todos=1, bytes=after.size, writes_a_day=1)
    if todo.wanted is None and todo.for_good:
        return Quotas(todos=-1, bytes=-before.size)
    return Quotas(bytes=after.size - before.size, writes_a_day=1)


async def turn(number: int) -> None:
    """Let the event loop turn now and then."""
    if number % SLICE == 0:
        await asyncio.sleep(0)
