"""The writes of a device that was offline: each is a command of its own, done at most once, merged field by field."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from service_common.database import Connection
from service_common.errors import FieldError, ServiceError
from todos_service import domain
from todos_service.domain import Command, Content
from todos_service.errors import ClockAhead, IdTaken, KeyReused, TodoNotFound
from todos_service.repository import commands, idempotency, merges, reads, writes
from todos_service.service import merging, states, todos
from todos_service.service.calls import Owner
from todos_service.service.merging import Conflict, Memory, Stamp
from todos_service.service.store import at_once

DAY = 24 * 60 * 60 * 1000  # milliseconds that a device's clock may be ahead
IN_TRASH = "in the trash"
SETS: Mapping[str, Mapping[str, Any]] = {"complete": {"completed": True}, "reopen": {"completed": False}}


@dataclass(frozen=True, slots=True)
class Write:
    """A write as it came in: `given` are the fields of a todo, or what is wrong with them; `text` is all of it."""

    id: str
    op: str
    todo_id: str
    given: Mapping[str, Any] | ServiceError
    base_version: int
    text: bytes


@dataclass(frozen=True, slots=True)
class _Done:
    status: str
    document: str | None
    conflicts: Sequence[Conflict] = ()


async def run(db: Connection, owner: Owner, given: Sequence[Write], hours: int) -> list[str]:
    """What came of each write, as JSON; one that was done before gets the same answer. Raises: DailyQuotaExceeded."""
    async with db.transaction():
        feed = await writes.lock_feed(db, owner.user_id)
        ids = [write.id for write in given]
        known = await idempotency.known(db, owner.user_id, ids, hours)
        work = _Work(db, owner, int(feed["now"].timestamp() * 1000), await commands.done(db, owner.user_id, ids))
        await work.remember([write.todo_id for write in given])
        results, answers = list[str](), dict[str, tuple[bytes, str]]()
        for write in given:
            mark = hashlib.sha256(write.text).digest()
            first = known.get(write.id)
            if first and first[0] == mark:
                results.append(first[1])
                continue
            result, is_done = await work.answer(write, is_other=first is not None)
            results.append(result)
            if is_done:
                answers[write.id] = known[write.id] = (mark, result)
        await work.keep()
        await idempotency.keep_all(db, owner.user_id, answers, owner.quotas)
    return results


class _Work:
    """The writes of one request, one after another, while it holds the feed."""

    def __init__(self, db: Connection, owner: Owner, now: int, done: set[str]) -> None:
        self._db, self._owner, self._now, self._done = db, owner, now, done
        self._memories: dict[str, Memory] = {}

    async def remember(self, ids: Sequence[str]) -> None:
        found = await merges.memories(self._db, self._owner.user_id, ids)
        self._memories = {todo_id: Memory.of(orjson.loads(text)) for todo_id, text in found.items()}

    async def keep(self) -> None:
        found = {todo_id: memory.as_json() for todo_id, memory in self._memories.items()}
        await merges.remember(self._db, self._owner.user_id, found)

    async def answer(self, write: Write, *, is_other: bool) -> tuple[str, bool]:
        """What came of it, and whether that is final: what failed may be sent again."""
        try:
            if is_other:
                raise KeyReused
            if merging.milliseconds(write.id) > self._now + DAY:
                raise ClockAhead
            if isinstance(write.given, ServiceError):
                raise write.given
            async with self._db.transaction():
                return _result(write, await self._do(write, write.given)), True
        except ServiceError as error:
            return _failed(write, error), False

    async def _do(self, write: Write, given: Mapping[str, Any]) -> _Done:
        owner = replace(self._owner, command=Command(write.id, self._owner.command.actor))
        row = await reads.todo(self._db, owner.user_id, write.todo_id)
        if write.id in self._done:  # its answer is no longer stored
            return _Done("applied", row["document"] if row else None)
        if write.op == "create":
            if row:
                raise IdTaken
            made = await todos.create(at_once(self._db), owner, write.todo_id, given)
            return _Done("applied", made.document)
        if row is None:
            if write.op == "delete" and await reads.history(self._db, owner.user_id, write.todo_id, 0, 1):
                return _Done("unchanged", None)
            raise TodoNotFound
        state = orjson.loads(row["document"])
        wanted, conflicts = await self._merge(write, _as_json(SETS.get(write.op, given)), state)
        written = await self._write(owner, row["version"], {**state, "is_parent": row["is_parent"]}, wanted)
        status = "merged" if conflicts else "applied"
        if written is None:
            status = "conflict" if conflicts else "unchanged"
        return _Done(status, written or row["document"], conflicts)

    async def _merge(
        self, write: Write, given: Mapping[str, Any], state: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Sequence[Conflict]]:
        """What is to be set, and what others have written since."""
        now = {**state, IN_TRASH: state["deleted_at"] is not None}
        if write.op in {"delete", "restore"}:
            given = {IN_TRASH: write.op == "delete"}
        rows = await merges.last_changes(self._db, self._owner.user_id, write.todo_id, write.base_version)
        changed = {
            IN_TRASH if row["name"] == "deleted_at" else row["name"]: Stamp(
                merging.milliseconds(row["command_id"]) or row["milliseconds"],
                row["command_id"],
                row["sequence"],
                row["actor_id"],
            )
            for row in rows
        }
        head = await reads.sequence(self._db, self._owner.user_id)
        mine = Stamp(merging.milliseconds(write.id), write.id, head + 1, self._owner.command.actor.id)
        memory = self._memories.setdefault(write.todo_id, Memory())
        merged = merging.merge(mine, write.base_version, given, now, changed, memory)
        conflicts = list(merged.conflicts)
        if state["deleted_at"] and write.op not in {"delete", "restore"}:
            conflicts.append(Conflict("deleted_at", None, state["deleted_at"], "theirs"))
        return merged.values, conflicts

    async def _write(
        self, owner: Owner, version: int, state: Mapping[str, Any], wanted: Mapping[str, Any]
    ) -> str | None:
        """The todo after it; None where nothing changes. One in the trash stays there, with what was written."""
        store, todo_id = at_once(self._db), state["id"]
        is_deleted = state["deleted_at"] is not None
        if IN_TRASH in wanted:
            if wanted[IN_TRASH] == is_deleted:
                return None
            turn = todos.delete if wanted[IN_TRASH] else todos.restore
            return (await turn(store, owner, todo_id)).document
        after = domain.content_of({**state, **wanted})
        if is_deleted:
            todo = states.Todo(state, version, is_parent=state["is_parent"], wanted={**state, **after.as_json()})
            await states.settle(self._db, owner, {todo_id: todo}, ())
            _, written = await states.write(self._db, owner, states.plan(owner, {todo_id: todo}))
            return written[0]["document"] if written else None
        given = {name: getattr(after, name) for name in wanted}
        answer = await todos.update(store, owner, todo_id, given)
        return answer.document if answer.version != version else None


def _as_json(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a todo as they stand in its JSON."""
    whole = replace(Content(title=""), **given).as_json()
    return {name: whole[name] for name in given}


def _result(write: Write, done: _Done) -> str:
    conflicts = orjson.dumps([conflict.as_json() for conflict in done.conflicts]).decode()
    more = f',"conflicts":{conflicts}' if done.conflicts else ""
    return f'{{"id":"{write.id}","status":"{done.status}","todo":{done.document or "null"}{more}}}'


def _failed(write: Write, error: ServiceError) -> str:
    errors = [FieldError(one.pointer, one.detail) for one in error.errors]
    shown = {"status": error.status, "code": error.code, "detail": error.detail, "errors": errors}
    return orjson.dumps({"id": write.id, "status": "failed", "error": shown}).decode()
