"""Counting a user's completed todos, and what is known of them."""

from uuid import UUID

from example_service import repository
from example_service.domain import difference
from example_service.repository import Count
from service_common.database import Connection, Executor
from todobus_events.models import TodoChange

CREATED = "todo.created.v1"


async def completions(db: Executor, user_id: UUID) -> Count:
    return await repository.count(db, user_id) or Count(completed=0, as_of_sequence=0)


async def count(db: Executor, user_id: UUID, sequence: int, change: TodoChange | None) -> None:
    """Of the user's events each is counted once, in order; `None` is one of a type that does not matter here."""
    by = difference(change.type == CREATED, change.changed, change.todo.completed) if change else 0
    await repository.add(db, user_id, sequence, by)


async def erase(connection: Connection, user_id: UUID) -> None:
    """Remove every row of the user, in the caller's transaction; it may be called again."""
    await repository.erase(connection, user_id)
