"""Projects and saved filters, on the same sequence as todos. Each write is one command, in one transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from service_common.database import Connection, Executor
from service_common.errors import FieldError, NotFound
from service_common.telemetry import context
from todos_service import positions
from todos_service.domain import Quotas, instant
from todos_service.errors import FilterNotFound, IdTaken, InvalidFields, ProjectNotFound
from todos_service.repository import entities, writes
from todos_service.repository.entities import Kind
from todos_service.service import trees
from todos_service.service.calls import ANY_VERSION, Answer, Condition, Neighbour, Owner

Entity = Mapping[str, Any]
DEFAULTS: Mapping[Kind, Entity] = {"project": {"color": None, "archived": False, "deleted_at": None}, "filter": {}}
SHOWN: Mapping[Kind, Sequence[str]] = {
    "project": ("id", "name", "color", "archived", "position", "version", "created_at", "updated_at", "deleted_at"),
    "filter": ("id", "name", "query", "position", "version", "created_at", "updated_at"),
}
NOT_FOUND: Mapping[Kind, type[NotFound]] = {"project": ProjectNotFound, "filter": FilterNotFound}
KINDS: tuple[Kind, ...] = ("project", "filter")
UNSAID = frozenset({"version", "updated_at"})  # every change changes them, and none says so


async def every(db: Executor, owner: Owner, kind: Kind, *, in_trash: bool = False) -> tuple[int, list[str]]:
    """The user's sequence, and all of the kind as JSON in their order: those in the trash, or the others."""
    sequence, found = await entities.every(db, owner.user_id, kind)
    return sequence, [_text(_json(kind, one)) for one in map(_entity, found) if _is_deleted(one) == in_trash]


async def get(db: Executor, owner: Owner, kind: Kind, entity_id: str) -> Answer:
    """One that is not in the trash. Raises: FilterNotFound, ProjectNotFound."""
    sequence, found = await entities.every(db, owner.user_id, kind)
    one = _find(kind, map(_entity, found), entity_id)
    return Answer(entity_id, _text(_json(kind, one)), one["version"], sequence)


async def query(db: Executor, owner: Owner, filter_id: str) -> dict[str, Any]:
    """The parameters of a list that a filter saves. Raises: InvalidFields."""
    try:
        found = await get(db, owner, "filter", filter_id)
    except FilterNotFound as error:
        raise InvalidFields([FieldError("?filter", "there is no such filter")]) from error
    return orjson.loads(found.document)["query"]  # type: ignore[no-any-return]


async def create(db: Connection, owner: Owner, kind: Kind, entity_id: str | None, given: Entity) -> Answer:
    """A new one, at the end. Raises: DailyQuotaExceeded, IdTaken, QuotaExceeded."""
    async with _begun(db, owner, kind) as work:
        if entity_id in {one["id"] for one in work.found}:
            raise IdTaken(f"There is a {kind} with this id already.")
        owner.quotas.check(Quotas(**{f"{kind}s": len(work.found)}), Quotas(**{f"{kind}s": 1}))
        new = {
            "id": entity_id or context.new_id(),
            "created_at": work.now,
            "position": positions.at_end(work.sequence + 1),
        }
        return await work.write("created", None, {**DEFAULTS[kind], **given, **new})


async def update(
    db: Connection, owner: Owner, kind: Kind, entity_id: str, given: Entity, condition: Condition = ANY_VERSION
) -> Answer:
    """Change the given fields; where none differs nothing is written.

    Raises: DailyQuotaExceeded, FilterNotFound, ProjectNotFound, StaleVersion.
    """
    async with _begun(db, owner, kind) as work:
        before = work.find(entity_id, condition)
        return await work.write("updated", before, {**before, **given})


async def move(
    db: Connection, owner: Owner, kind: Kind, entity_id: str, neighbour: Neighbour, condition: Condition = ANY_VERSION
) -> Answer:
    """Put it beside another one, or at the end.

    Raises: DailyQuotaExceeded, FilterNotFound, InvalidFields, ProjectNotFound, StaleVersion.
    """
    async with _begun(db, owner, kind) as work:
        moved = work.find(entity_id, condition)
        others = [one for one in work.found if one is not moved]
        index = len(others)
        if neighbour.id:
            beside = [one["id"] for one in others]
            if neighbour.id not in beside:
                raise InvalidFields([FieldError(neighbour.field, f"there is no such {kind}")])
            index = beside.index(neighbour.id) + (not neighbour.is_before)
        try:
            keys = [one["position"] for one in others]
            keys.insert(index, positions.between(*_around(keys, index)))
        except positions.NoRoom:
            keys = list(positions.several(None, None, len(others) + 1))
        others.insert(index, moved)
        placed = [(one, {**one, "position": key}) for one, key in zip(others, keys, strict=True)]
        answers = [await work.write("updated", *pair) for pair in placed if pair[0] is moved]
        for one, after in placed:
            if one is not moved:
                await work.write("updated", one, after)
        return replace(answers[0], sequence=work.sequence)


async def delete(
    db: Connection, owner: Owner, kind: Kind, entity_id: str, condition: Condition = ANY_VERSION
) -> Answer:
    """A project goes to the trash with its todos; a filter is deleted for good.

    Raises: DailyQuotaExceeded, FilterNotFound, ProjectNotFound, StaleVersion, TooManyTodos.
    """
    async with _begun(db, owner, kind) as work:
        before = work.find(entity_id, condition)
        if kind == "filter":
            return await work.write("deleted", before, None)
        answer = await work.write("deleted", before, {**before, "deleted_at": work.now})
        return _after(answer, await trees.delete_project(db, owner, entity_id))


async def restore(db: Connection, owner: Owner, project_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Out of the trash, with the todos that went there with it; where it is not there nothing is written.

    Raises: DailyQuotaExceeded, ProjectNotFound, StaleVersion, TooManyTodos.
    """
    async with _begun(db, owner, "project") as work:
        before = work.find(project_id, condition, in_trash=True)
        answer = await work.write("restored", before, {**before, "deleted_at": None})
        return _after(answer, await trees.restore_project(db, owner, project_id))


async def purge(db: Connection, owner: Owner, project_id: str, condition: Condition = ANY_VERSION) -> Answer:
    """Delete a project and all its todos for good. Raises: ProjectNotFound, StaleVersion, TooManyTodos."""
    async with _begun(db, owner, "project") as work:
        before = work.find(project_id, condition, in_trash=True)
        answer = await work.write("purged", before, None)
        return _after(answer, await trees.purge_project(db, owner, project_id))


async def states(db: Executor, owner: Owner, kind: Kind) -> dict[str, Entity]:
    """All of the kind by id, those in the trash included, as their JSON says."""
    _, found = await entities.every(db, owner.user_id, kind)
    return {one["id"]: _json(kind, one) for one in map(_entity, found)}


async def bring(
    db: Connection, owner: Owner, kind: Kind, wanted: Mapping[str, Entity | None], *, dry_run: bool = False
) -> list[str]:
    """Make them what is wanted (as JSON; None: not there, a project in the trash), those that differ; the verbs of it.

    Raises: DailyQuotaExceeded, QuotaExceeded.
    """
    async with _begun(db, owner, kind) as work:
        verbs, found = list[str](), {one["id"]: one for one in work.found}
        for entity_id, state in wanted.items():
            before, after = found.get(entity_id), _row(state) if state else None
            if before and kind == "project":
                after = {**(after or before), "deleted_at": _trashed(before, after, work.now)}
            if before or after:
                verb = _verb(kind, before, after)
                if before is None:
                    owner.quotas.check(Quotas(**{f"{kind}s": len(found)}), Quotas(**{f"{kind}s": 1}))
                if before and after and not _differs(kind, before, after):
                    continue
                verbs.append(verb)
                if not dry_run:
                    await work.write(verb, before, after)
        return verbs


def _differs(kind: Kind, before: Entity, after: Entity) -> bool:
    old, new = _json(kind, before), _json(kind, after)
    return any(old[name] != new[name] for name in old if name not in UNSAID)


def _row(state: Entity) -> Entity:
    moments = {name: state[name] for name in ("created_at", "deleted_at") if state.get(name)}
    return {**state, **{name: datetime.fromisoformat(value) for name, value in moments.items()}}


def _trashed(before: Entity, after: Entity | None, now: datetime) -> datetime | None:
    if after is not None and after["deleted_at"] is None:
        return None
    return before["deleted_at"] or (after or {}).get("deleted_at") or now


def _verb(kind: Kind, before: Entity | None, after: Entity | None) -> str:
    if before is None:
        return "created" if kind == "filter" else "restored"
    if after is None:
        return "deleted"
    if _is_deleted(before) == _is_deleted(after):
        return "updated"
    return "restored" if _is_deleted(before) else "deleted"


@dataclass
class _Work:
    """A command on projects or filters, while it holds the feed: all of them, the last number taken, and the time."""

    db: Connection
    owner: Owner
    kind: Kind
    found: list[Entity]
    sequence: int
    now: datetime

    def find(self, entity_id: str, condition: Condition, *, in_trash: bool = False) -> Entity:
        one = _find(self.kind, self.found, entity_id, in_trash=in_trash)
        condition.check(one["version"], self.kind)
        return one

    async def write(self, verb: str, before: Entity | None, after: Entity | None) -> Answer:
        """Write what is new about one, and its change with the next number; None: it is not there."""
        old = _json(self.kind, before) if before else {}
        new = _json(self.kind, {"version": 0, "updated_at": self.now, **(after or before or {})})
        previous = {name: old[name] for name in old if name not in UNSAID and old[name] != new[name]}
        if before and after and not previous:
            return self._answer(old)
        self.sequence += 1
        new |= {"version": self.sequence, "updated_at": instant(self.now)}
        user_id = self.owner.user_id
        if after is None:
            await entities.remove(self.db, user_id, self.kind, new["id"])
        else:
            row = {**after, "version": self.sequence, "updated_at": self.now}
            await entities.save(self.db, user_id, self.kind, row)
        await entities.record(self.db, user_id, self.owner.quotas, self._change(verb, new, previous))
        return self._answer(new)

    def _change(self, verb: str, new: Entity, previous: Entity) -> dict[str, Any]:
        event_type = f"{self.kind}.{verb}.v1"
        command = self.owner.command
        data = {
            "sequence": self.sequence,
            "type": event_type,
            self.kind: new,
            "changed": list(previous),
            "previous": previous,
            "occurred_at": instant(self.now),
            "command_id": command.id,
            "actor": command.actor._asdict(),
        }
        return {
            "type": event_type,
            "id": new["id"],
            "occurred_at": self.now,
            "traceparent": context.traceparent.get(),
            "data": _text(data),
        }

    def _answer(self, shown: Entity) -> Answer:
        return Answer(shown["id"], _text(shown), shown["version"], self.sequence, self.owner.command.id)


@asynccontextmanager
async def _begun(db: Connection, owner: Owner, kind: Kind) -> AsyncIterator[_Work]:
    async with db.transaction():
        feed = await writes.lock_feed(db, owner.user_id)
        _, found = await entities.every(db, owner.user_id, kind)
        yield _Work(db, owner, kind, [_entity(row) for row in found], feed["sequence"], feed["now"])


def _after(answer: Answer, sequence: int) -> Answer:
    """The answer of a command that has gone on to a number; 0 where it has not."""
    return replace(answer, sequence=sequence or answer.sequence)


def _entity(row: asyncpg.Record) -> Entity:
    query = {"query": orjson.loads(row["query"])} if "query" in row else {}
    return {**row, **query, "id": str(row["id"])}


def _find(kind: Kind, found: Any, entity_id: str, *, in_trash: bool = False) -> Entity:
    for one in found:
        if one["id"] == entity_id and (in_trash or not _is_deleted(one)):
            return one  # type: ignore[no-any-return]
    raise NOT_FOUND[kind]


def _is_deleted(one: Entity) -> bool:
    return one.get("deleted_at") is not None


def _around(keys: Sequence[str], index: int) -> tuple[str | None, str | None]:
    return keys[index - 1] if index else None, keys[index] if index < len(keys) else None


def _json(kind: Kind, one: Entity) -> dict[str, Any]:
    shown = {name: one[name] for name in SHOWN[kind]}
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in shown.items()}


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
