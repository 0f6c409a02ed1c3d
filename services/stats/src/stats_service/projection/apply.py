"""Applies changes to the projection: every row in it is a function of the latest state of each todo.

The newest version of a todo wins, and counters move by the difference between its old row and its new one; so order,
duplicates and crashes do not matter. A batch is one transaction. It locks the users' rows of `progress` first, in
order, so workers cannot deadlock; every other row belongs to a user whose row is locked.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from service_common.database import Connection
from stats_service.domain import Fact
from stats_service.repository import projection


class Position(NamedTuple):
    """How far a user's projection is: complete up to `as_of_sequence`; `newest` is the highest sequence seen."""

    user_id: UUID
    as_of_sequence: int
    newest: int

    @property
    def has_gap(self) -> bool:
        return self.newest > self.as_of_sequence


async def apply(connection: Connection, facts: Iterable[Fact]) -> list[Position]:
    """Apply facts of any users in any order, in the caller's transaction; the new positions of their users."""
    facts = list(facts)
    positions = {row["user_id"]: Position(*row) for row in await projection.see(connection, facts)}
    if erased := await projection.delete_erased(connection, list(positions)):
        positions = {user_id: position for user_id, position in positions.items() if user_id not in erased}
        facts = [fact for fact in facts if fact.user_id in positions]
    await projection.apply(connection, [fact for fact in facts if fact.todo_id])
    return list(positions.values())
