"""Where each user stands, kept in the same transaction as what the handler writes: so each event counts once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import asyncpg

from service_common.database import Connection

Transaction = TypeVar("Transaction")


class Checkpoint(Protocol[Transaction]):
    """A position is the sequence of the user's last handled event; None before the first."""

    def transaction(self, user_id: str) -> AbstractAsyncContextManager[tuple[Transaction, int | None]]:
        """A transaction in which no other instance handles events of this user, and the user's position."""

    async def advance(self, transaction: Transaction, user_id: str, position: int) -> None: ...

    async def positions(self, user_ids: Sequence[str]) -> dict[str, int]: ...

    async def reset(self) -> None:
        """Forget all positions: every event will be handled again."""


class PostgresCheckpoint:
    """For services with a database: handlers get the asyncpg connection, in its transaction."""

    def __init__(self, pool: asyncpg.Pool, consumer: str) -> None:
        self._pool = pool
        self._consumer = consumer

    async def create(self) -> None:
        """Make the table, where migrations have not."""
        await self._pool.execute(
            "create table if not exists subscriber_positions (consumer text, user_id uuid, position bigint,"
            " primary key (consumer, user_id))"
        )

    @asynccontextmanager
    async def transaction(self, user_id: str) -> AsyncIterator[tuple[Connection, int | None]]:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "insert into subscriber_positions values ($1, $2, null) on conflict do nothing", self._consumer, user_id
            )
            position = await connection.fetchval(
                "select position from subscriber_positions where consumer = $1 and user_id = $2 for update",
                self._consumer,
                user_id,
            )
            yield connection, position

    async def advance(self, transaction: Connection, user_id: str, position: int) -> None:
        await transaction.execute(
            "update subscriber_positions set position = $3 where consumer = $1 and user_id = $2",
            self._consumer,
            user_id,
            position,
        )

    async def positions(self, user_ids: Sequence[str]) -> dict[str, int]:
        rows = await self._pool.fetch(
            "select user_id::text, position from subscriber_positions"
            " where consumer = $1 and user_id = any($2::uuid[]) and position is not null",
            self._consumer,
            user_ids,
        )
        return {row["user_id"]: row["position"] for row in rows}

    async def reset(self) -> None:
        await self._pool.execute("delete from subscriber_positions where consumer = $1", self._consumer)


class SqliteCheckpoint:
    """For a program of one process: handlers get the connection to the file, in its transaction."""

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
