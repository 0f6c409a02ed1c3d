"""Checkpoints in PostgreSQL, for services with a database of their own; needs the extra `todobus-events[postgres]`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

# After these the same statement succeeds later: PostgreSQL is unreachable, starts, stops, fails over, has no session,
# memory or disk left, or another transaction holds a lock or made it roll this one back. A statement that it refuses
# because of its data (DataError, IntegrityConstraintViolationError, ProgramLimitExceededError) never succeeds.
TRANSIENT = (
    OSError,  # TimeoutError is one of them
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,  # the driver's own, of a session that has ended
    asyncpg.InternalClientError,
)

LAST = 2**63 - 1  # no sequence comes after it


class PostgresCheckpoint:
    """Handlers get the asyncpg connection, in its transaction."""

    transient: tuple[type[Exception], ...] = TRANSIENT

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

    async def finish(self, transaction: Connection, user_id: str) -> None:
        """For the erasure of a user, before the rows go: events that come later are skipped. The id itself is kept."""
        await transaction.execute(
            "insert into subscriber_positions values ($1, $2, $3)"
            " on conflict (consumer, user_id) do update set position = excluded.position",
            self._consumer,
            user_id,
            LAST,
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
