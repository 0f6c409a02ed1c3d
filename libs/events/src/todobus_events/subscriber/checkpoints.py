"""Where each user stands, kept in the same transaction as what the handler writes: so each event counts once.

`SqliteCheckpoint` is here, `PostgresCheckpoint` in `todobus_events.subscriber.postgres`.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

Transaction = TypeVar("Transaction")


class Checkpoint(Protocol[Transaction]):
    """A position is the sequence of the user's last handled event; None before the first.

    `transient` are the errors of the store that end by themselves, such as a database that is unreachable.
    """

    transient: tuple[type[Exception], ...]

    def transaction(self, user_id: str) -> AbstractAsyncContextManager[tuple[Transaction, int | None]]:
        """A transaction in which no other instance handles events of this user, and the user's position."""

    async def advance(self, transaction: Transaction, user_id: str, position: int) -> None:
        """Store the user's new position, in the transaction."""

    async def positions(self, user_ids: Sequence[str]) -> dict[str, int]:
        """The positions of those users that have one."""

    async def reset(self) -> None:
        """Forget all positions: every event will be handled again."""


class SqliteCheckpoint:
    """For a program of one process: handlers get the connection to the file, in its transaction."""

    transient: tuple[type[Exception], ...] = ()

    def __init__(self, path: Path | str) -> None:
        self._lock = asyncio.Lock()
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute(
            "create table if not exists subscriber_positions (user_id text primary key, position integer not null)"
        )

    def close(self) -> None:
        self._database.close()

    @asynccontextmanager
    async def transaction(self, user_id: str) -> AsyncIterator[tuple[sqlite3.Connection, int | None]]:
        async with self._lock:
            self._database.execute("begin immediate")
            try:
                yield self._database, self._position(user_id)
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")

    async def advance(self, transaction: sqlite3.Connection, user_id: str, position: int) -> None:
        transaction.execute("insert or replace into subscriber_positions values (?, ?)", (user_id, position))

    async def positions(self, user_ids: Sequence[str]) -> dict[str, int]:
        async with self._lock:
            found = {user_id: self._position(user_id) for user_id in user_ids}
        return {user_id: position for user_id, position in found.items() if position is not None}

    async def reset(self) -> None:
        async with self._lock:
            self._database.execute("delete from subscriber_positions")

    def _position(self, user_id: str) -> int | None:
        statement = "select position from subscriber_positions where user_id = ?"
        row = self._database.execute(statement, (user_id,)).fetchone()
        return row[0] if row else None
