"""Several operations in one transaction: all of them, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service_common.database import Connection
from service_common.errors import FieldError, ServiceError
from todos_service.repository import writes
from todos_service.service import todos
from todos_service.service.calls import ANY_VERSION, Answer, Condition, Owner
from todos_service.service.store import Store, at_once

ACTS = {"delete": todos.delete, "restore": todos.restore, "purge": todos.purge}
UPDATES: Mapping[str, Mapping[str, Any]] = {"complete": {"completed": True}, "reopen": {"completed": False}}


@dataclass(frozen=True, slots=True)
class Operation:
    """`given` are the fields of a todo to create or to update."""

    op: str
    todo_id: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    condition: Condition = ANY_VERSION


async def run(db: Connection, owner: Owner, operations: Sequence[Operation]) -> list[Answer]:
    """The todos after each operation; an error names the operation that failed.

    Raises: IdTaken, InvalidFields, StaleVersion, TodoNotFound.

    The feed is locked first, as by every write: no other write comes between these operations, and two transactions
    cannot wait for each other.
    """
    async with db.transaction():
        await writes.lock_feed(db, owner.user_id)
        store, answers = at_once(db), []
        for index, operation in enumerate(operations):
            try:
                answers.append(await _apply(store, owner, operation))
            except ServiceError as error:
                _name(error, index)
                raise
    return answers


async def _apply(store: Store, owner: Owner, operation: Operation) -> Answer:
    if operation.op == "create":
        return await todos.create(store, owner, operation.todo_id, operation.given)
    todo_id = operation.todo_id or ""
    if operation.op in ACTS:
        return await ACTS[operation.op](store, owner, todo_id, operation.condition)
    given = UPDATES.get(operation.op, operation.given)
    return await todos.update(store, owner, todo_id, given, operation.condition)


def _name(error: ServiceError, index: int) -> None:
    """Make an error say which operation it is about."""
    at = f"/operations/{index}"
    errors = error.errors or (FieldError("", error.detail),)
    error.errors = tuple(FieldError(f"{at}/todo{one.pointer}" if one.pointer else at, one.detail) for one in errors)
    error.detail = f"Operation {index}: {error.detail}"
    error.headers.pop("ETag", None)
