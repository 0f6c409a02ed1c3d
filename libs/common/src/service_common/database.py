"""PostgreSQL: one asyncpg pool per process, and SQLAlchemy Core expressions compiled once for it.

Hot statements do not pass through SQLAlchemy's engine: they are written as Core expressions (or `text`), compiled to
asyncpg's `$1` form at import, and run on the pool; an ORM session took three times as long for the same query.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from todobus_events.subscriber import postgres

# After these the same statement succeeds later: PostgreSQL is unreachable, starts, stops, fails over, has no resources
# left, or rolled the transaction back for another one's sake. Requests answer 503, consumers keep their batch.
TRANSIENT = postgres.TRANSIENT

# What any use of the database may raise. Background work catches it to go on later; what is not transient is a defect,
# which its log names.
ERRORS = (*TRANSIENT, asyncpg.PostgresError)

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
_LOOP_OF_OPENER = object()
_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


class Statement:
    """A SQLAlchemy expression, compiled; parameters go by name, those with a value in it may be left out."""

    __slots__ = ("_parameters", "sql")

    def __init__(self, expression: ClauseElement) -> None:
        compiled = expression.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._parameters = tuple((name, compiled.params[name]) for name in (compiled.positiontup or ()))  # type: ignore[attr-defined]

    def _arguments(self, values: dict[str, Any]) -> list[Any]:
        return [values.get(name, default) for name, default in self._parameters]

    async def all(self, connection: Connection | asyncpg.Pool, **values: Any) -> Sequence[asyncpg.Record]:
        return await connection.fetch(self.sql, *self._arguments(values))

    async def first(self, connection: Connection | asyncpg.Pool, **values: Any) -> asyncpg.Record | None:
        return await connection.fetchrow(self.sql, *self._arguments(values))

    async def value(self, connection: Connection | asyncpg.Pool, **values: Any) -> Any:
        return await connection.fetchval(self.sql, *self._arguments(values))

    async def execute(self, connection: Connection | asyncpg.Pool, **values: Any) -> str:
        return await connection.execute(self.sql, *self._arguments(values))


async def _keep_session(_: Any) -> None:
    """Sessions keep no state (no `set`, no `listen`, no session locks), so a release needs no reset query."""


class _Pool(asyncpg.Pool):
    """A pool that may be made before there is an event loop: it belongs to the one that opens it."""

    async def _async__init__(self) -> Any:
        self._loop = asyncio.get_running_loop()
        return await super()._async__init__()  # type: ignore[misc]


def create_pool(url: str, size: int, application: str) -> asyncpg.Pool:
    """A pool that connects at its first use: the process starts, not ready, also while the database is down."""
    options: dict[str, Any] = {
        "min_size": 0,
        "max_size": size,
        "max_queries": 50_000,
        "max_inactive_connection_lifetime": 300.0,
        "reset": _keep_session,
        "loop": _LOOP_OF_OPENER,
        "connection_class": asyncpg.Connection,
        "record_class": asyncpg.Record,
        "timeout": 5,
        "command_timeout": 30,
        "server_settings": {"application_name": application, "timezone": "UTC"},
    }
    return _Pool(url, **options)


async def ping(pool: asyncpg.Pool) -> None:
    """Fails unless the database answers."""
    await pool.fetchval("select 1", timeout=2)
