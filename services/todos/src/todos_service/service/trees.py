"""Todos that change together: subtasks with their parents, and the order of all.

Each function is one command, in a transaction that holds the feed: what it reads stays true until it ends.

A completed todo has no open subtask, a todo in the trash none outside of it, and subtasks are in the project of their
parent: what would break this changes the others along.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import asyncpg
import orjson

from service_common.database import Connection
from service_common.errors import FieldError
from todos_service import domain, positions
from todos_service.domain import AT_END, MAX_DEPTH, UNCHANGED, Content
from todos_service.errors import InvalidFields, TodoNotFound, TooManyTodos
from todos_service.repository import entities, reads, trees
from todos_service.repository.writes import Change
from todos_service.service import series, steps
from todos_service.service.calls import Answer, Condition, Neighbour, Owner
from todos_service.service.steps import MOST, write_all

UNKNOWN_PROJECT = InvalidFields([FieldError("/project_id", "there is no such project")])
WINDOWS = (8, 64, 512, MOST // 2)  # todos on either side that get new positions where there is no room between two


@dataclass(frozen=True)
class _Todo:
    row: asyncpg.Record
    document: Mapping[str, Any]

    @cached_property
    def content(self) -> Content:
        return domain.content_of(self.document)


def _todo(row: asyncpg.Record) -> _Todo:
    return _Todo(row, orjson.loads(row["document"]))


async def create(
    db: Connection, owner: Owner, todo_id: str | None, content: Content, given: Mapping[str, Any]
) -> Answer:
    """A new subtask. Raises: DailyQuotaExceeded, IdTaken, InvalidFields, QuotaExceeded."""
    place = await _place(db, owner, replace(content, project_id=None, parent_id=None), given, [])
    content = replace(content, project_id=place.project_id, parent_id=place.parent_id)
    changes = [steps.create(owner, todo_id, content), *_reopened(owner, content, place.above)]
    return await _write(db, owner, changes)


async def update(db: Connection, owner: Owner, todo_id: str, given: Mapping[str, Any], condition: Condition) -> Answer:
    """Raises: DailyQuotaExceeded, InvalidFields, QuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos."""
    todo = await _found(db, owner, todo_id, condition)
    after = series.kept(todo.content.merge(given, owner.time_zone))
    return await _change(db, owner, todo, after, given)


async def skip(db: Connection, owner: Owner, todo_id: str, condition: Condition) -> Answer:
    """Raises: DailyQuotaExceeded, InvalidFields, StaleVersion, TodoNotFound."""
    todo = await _found(db, owner, todo_id, condition)
    if todo.content.completed:
        raise _invalid("/completed", "a completed todo is not skipped")
    return await _change(db, owner, todo, await series.skipped(db, owner, todo.content), {})


async def move(
    db: Connection,
    owner: Owner,
    todo_id: str,
    given: Mapping[str, Any],
    neighbour: Neighbour,
    condition: Condition,
) -> Answer:
    """Raises: DailyQuotaExceeded, InvalidFields, StaleVersion, TodoNotFound, TooManyTodos."""
    todo = await _found(db, owner, todo_id, condition)
    position, others = AT_END, list[Change]()
    if neighbour.id:
        position, others = await _beside(db, owner, todo_id, neighbour)
    after = replace(todo.content.merge(given, owner.time_zone), position=position)
    return await _change(db, owner, todo, after, given, others)


async def delete(db: Connection, owner: Owner, todo_id: str, condition: Condition) -> Answer:
    """Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos."""
    todo = await _found(db, owner, todo_id, condition)
    tree = [todo, *(one for one in await _below(db, owner, todo_id) if not one.row["deleted"])]
    return await _write(db, owner, [steps.trash(owner, one.row, one.document, todo_id) for one in tree])


async def restore(db: Connection, owner: Owner, todo_id: str, condition: Condition) -> Answer:
    """Raises: DailyQuotaExceeded, StaleVersion, TodoNotFound, TooManyTodos."""
    todo = await _found(db, owner, todo_id, condition, in_trash=True)
    if not todo.row["deleted"]:
        return steps.answer(owner, todo.row, todo.row["sequence"])
    below = await _below(db, owner, todo_id)
    tree = [todo, *(one for one in below if one.row["deleted_with"] == todo.row["deleted_with"])]
    return await _write(db, owner, await restore_all(db, owner, tree))


async def purge(db: Connection, owner: Owner, todo_id: str, condition: Condition) -> Answer:
    """Raises: StaleVersion, TodoNotFound, TooManyTodos."""
    todo = await _found(db, owner, todo_id, condition, in_trash=True)
    tree = [todo, *await _below(db, owner, todo_id)]
    return await _write(db, owner, [steps.purge(owner, one.row, one.document) for one in tree])


async def delete_project(db: Connection, owner: Owner, project_id: str) -> int:
    """All its todos go to the trash with it; the user's sequence after that, 0 if there are none."""
    rows = await trees.of_project(db, owner.user_id, project_id, MOST + 1)
    live = [_todo(row) for row in rows if not row["deleted"]]
    return _last(await write_all(db, owner, [steps.trash(owner, one.row, one.document, project_id) for one in live]))


async def restore_project(db: Connection, owner: Owner, project_id: str) -> int:
    """Back come the todos that went to the trash with it; as `delete_project`."""
    rows = await trees.deleted_with(db, owner.user_id, project_id, MOST + 1)
    return _last(await write_all(db, owner, await restore_all(db, owner, [_todo(row) for row in rows])))


async def purge_project(db: Connection, owner: Owner, project_id: str) -> int:
    """Its todos are deleted for good, also those in the trash; as `delete_project`."""
    todos = [_todo(row) for row in await trees.of_project(db, owner.user_id, project_id, MOST + 1)]
    return _last(await write_all(db, owner, [steps.purge(owner, one.row, one.document) for one in todos]))


async def restore_all(db: Connection, owner: Owner, tree: Sequence[_Todo]) -> list[Change]:
    """What brings these back: one whose parent or project is not there has none any more."""
    projects = await _projects(db, owner)
    coming = {str(one.row["id"]) for one in tree}
    changes, reopened = list[Change](), dict[str, Change]()
    for one in tree:
        if _stays(one.document, projects, coming):
            changes.append(steps.untrash(owner, one.row, one.document, UNCHANGED))
            continue
        after = one.content
        if after.parent_id and after.parent_id not in coming:
            parent = await reads.todo(db, owner.user_id, after.parent_id)
            if parent and not parent["deleted"]:
                above = [_todo(parent), *await _above(db, owner, after.parent_id)]
                after = replace(after, project_id=above[0].content.project_id)
                reopened |= {change.todo_id or "": change for change in _reopened(owner, after, above)}
            else:
                after = replace(after, parent_id=None)
        if after.project_id not in projects:
            after = replace(after, project_id=None)
        changes.append(steps.untrash(owner, one.row, one.document, after))
    return [*changes, *reopened.values()]


def _stays(document: Mapping[str, Any], projects: Collection[str], coming: Collection[str]) -> bool:
    """Whether what comes back can be where it was; a document of version 1.0 has no place."""
    project_id, parent_id = document.get("project_id"), document.get("parent_id")
    return (project_id is None or project_id in projects) and (parent_id is None or parent_id in coming)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a todo goes, with the todos above it, its parent first."""

    project_id: str | None
    parent_id: str | None
    above: Sequence[_Todo] = ()


async def _place(
    db: Connection, owner: Owner, before: Content, given: Mapping[str, Any], tree: Sequence[_Todo]
) -> _Place:
    """Where the given fields put it with its tree (itself, then what is below). Raises: InvalidFields.

    A todo follows its parent into the parent's project; one that leaves the project leaves its parent.
    """
    project_id = given.get("project_id", before.project_id)
    is_moved = project_id != before.project_id
    parent_id = given.get("parent_id", None if is_moved else before.parent_id)
    if parent_id is None:
        if is_moved and project_id and project_id not in await _projects(db, owner):
            raise UNKNOWN_PROJECT
        return _Place(project_id, None)
    parent = await reads.todo(db, owner.user_id, parent_id)
    if parent is None or parent["deleted"]:
        raise _invalid("/parent_id", "there is no such todo")
    above = [_todo(parent), *await _above(db, owner, parent_id)]
    if tree and str(tree[0].row["id"]) in {str(one.row["id"]) for one in above}:
        raise _invalid("/parent_id", "the todo itself, or one of its subtasks")
    if is_moved and project_id != above[0].content.project_id:
        raise _invalid("/project_id", "not the project of the parent")
    if len(above) + 1 + max((one.row["depth"] for one in tree[1:]), default=0) > MAX_DEPTH:
        raise _invalid("/parent_id", f"todos are nested in more than {MAX_DEPTH} levels")
    await trees.mark_parents(db, owner.user_id, [parent_id])
    return _Place(above[0].content.project_id, parent_id, above)


async def _change(
    db: Connection,
    owner: Owner,
    todo: _Todo,
    after: Content,
    given: Mapping[str, Any],
    others: Sequence[Change] = (),
) -> Answer:
    before, tree = todo.content, [todo, *await _below(db, owner, str(todo.row["id"]))]
    place = await _place(db, owner, before, given, tree)
    after = replace(after, project_id=place.project_id, parent_id=place.parent_id)
    if (after.project_id, after.parent_id) != (
        before.project_id,
        before.parent_id,
    ) and after.position == before.position:
        after = replace(after, position=AT_END)
    changes = [steps.edit(owner, todo.row, todo.document, after)]
    completing = after.completed and not before.completed
    for one in tree[1:]:
        if not one.row["deleted"]:
            along = replace(one.content, project_id=after.project_id, completed=one.content.completed or completing)
            changes.append(steps.edit(owner, one.row, one.document, along))
    changes += [*_reopened(owner, after, place.above), *others]
    if completing:
        changes += await _successor(db, owner, todo, after)
    elif before.completed and not after.completed:
        made = await series.untouched_successor(db, owner, before)
        changes += [steps.purge(owner, made, orjson.loads(made["document"]))] if made else []
    written = [change for change in changes if change]
    return await _write(db, owner, written) if written else steps.answer(owner, todo.row, todo.row["sequence"])


async def _successor(db: Connection, owner: Owner, todo: _Todo, after: Content) -> list[Change]:
    """What makes the todo that comes after one, and where there is no room beside it, new positions of others."""
    found = await series.successor(db, owner, after)
    if found is None:
        return []
    successor_id, content = found
    position, others = await _beside(db, owner, successor_id, Neighbour(str(todo.row["id"])))
    return [steps.create(owner, successor_id, replace(content, position=position)), *others]


def _reopened(owner: Owner, content: Content, above: Sequence[_Todo]) -> list[Change]:
    """What opens the todos above an open one."""
    if content.completed:
        return []
    opened = (steps.edit(owner, one.row, one.document, replace(one.content, completed=False)) for one in above)
    return [change for change in opened if change]


async def _beside(db: Connection, owner: Owner, todo_id: str, neighbour: Neighbour) -> tuple[str, list[Change]]:
    """The position beside another todo, and new ones of others where there is no room. Raises: InvalidFields."""
    row = None if neighbour.id == todo_id else await reads.todo(db, owner.user_id, neighbour.id or "")
    if row is None or row["deleted"]:
        raise _invalid(neighbour.field, "there is no such todo")
    line, index = await _line(db, owner, todo_id, row, neighbour, 1)
    low, high = line[index - 1] if index else None, line[index] if index < len(line) else None
    try:
        return positions.between(_position(low), _position(high)), []
    except (positions.NoRoom, ValueError):  # or two have the same position
        return await _make_room(db, owner, todo_id, row, neighbour)


async def _make_room(
    db: Connection, owner: Owner, todo_id: str, row: asyncpg.Record, neighbour: Neighbour
) -> tuple[str, list[Change]]:
    """A position beside a todo, and new ones for as many around it as it takes."""
    for window in WINDOWS:
        line, index = await _line(db, owner, todo_id, row, neighbour, window)
        before = index - (not neighbour.is_before)
        low = line[0] if before == window else None
        high = line[-1] if len(line) - 1 - before == window else None
        between = line[low is not None : len(line) - (high is not None)]
        try:
            keys = list(positions.several(_position(low), _position(high), len(between) + 1))
        except (positions.NoRoom, ValueError):
            continue
        position = keys.pop(index - (low is not None))
        placed = [replace(one.content, position=key) for one, key in zip(between, keys, strict=True)]
        changes = [steps.edit(owner, one.row, one.document, after) for one, after in zip(between, placed, strict=True)]
        return position, [change for change in changes if change]
    raise TooManyTodos(MOST)


async def _line(
    db: Connection, owner: Owner, todo_id: str, row: asyncpg.Record, neighbour: Neighbour, window: int
) -> tuple[list[_Todo], int]:
    """The todos around a place, up to `window` on either side of the neighbour, and the index of the place in them."""
    beside = _todo(row)
    before, after = await trees.neighbours(
        db, owner.user_id, todo_id, beside.content.position, beside.document["id"], window
    )
    return [*map(_todo, before), beside, *map(_todo, after)], len(before) + (not neighbour.is_before)


def _position(todo: _Todo | None) -> str | None:
    return todo.content.position or None if todo else None


async def _below(db: Connection, owner: Owner, todo_id: str) -> list[_Todo]:
    return [_todo(row) for row in await trees.below(db, owner.user_id, todo_id, MOST + 1)]


async def _above(db: Connection, owner: Owner, todo_id: str) -> list[_Todo]:
    return [_todo(row) for row in await trees.above(db, owner.user_id, todo_id)]


async def _projects(db: Connection, owner: Owner) -> set[str]:
    _, rows = await entities.every(db, owner.user_id, "project")
    return {str(row["id"]) for row in rows if not row["deleted_at"]}


async def _found(db: Connection, owner: Owner, todo_id: str, condition: Condition, *, in_trash: bool = False) -> _Todo:
    row = await reads.todo(db, owner.user_id, todo_id)
    if row is None or (row["deleted"] and not in_trash):
        raise TodoNotFound
    condition.check(row["version"])
    return _todo(row)


async def _write(db: Connection, owner: Owner, changes: Sequence[Change]) -> Answer:
    """The first of the todos after it."""
    rows = await write_all(db, owner, changes)
    return steps.answer(owner, rows[0], _last(rows))


def _last(rows: Sequence[asyncpg.Record]) -> int:
    return int(rows[-1]["version"]) if rows else 0


def _invalid(pointer: str, detail: str) -> InvalidFields:
    return InvalidFields([FieldError(pointer, detail)])
