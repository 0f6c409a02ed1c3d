"""PostgreSQL: one asyncpg pool per process, and SQLAlchemy Core expressions compiled once for it.

Statements are Core expressions on the tables of a service, or `text` where Core cannot say it. They are compiled to
asyncpg's `$1` form at import and run on the pool, without SQLAlchemy's engine: docs/decisions/0011 has the figures.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import BindParameter, ClauseElement, ColumnElement, Interval, bindparam, func
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from todobus_events.subscriber import postgres

# After these the same statement succeeds later: PostgreSQL is unreachable, starts, stops, fails over, has no resources
# left, or rolled the transaction back for another one's sake. Requests answer 503, consumers keep their batch.
TRANSIENT = postgres.TRANSIENT

# What any use of the database may raise. Background work catches it to go on later; what is not transient is a defect,
# which its log names.
ERRORS = (*TRANSIENT, asyncpg.PostgresError)

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy  # where a transaction is needed
Executor = Connection | asyncpg.Pool
_LOOP_OF_OPENER = object()
DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


def named(*columns: str) -> dict[str, BindParameter[Any]]:
    """The values of an insert or update: a parameter for each column, of the column's name."""
    return {name: bindparam(name) for name in columns}


def ago(age: timedelta | str) -> ColumnElement[Any]:
    """The instant so long before now; a string names the parameter that holds the age."""
    return func.now() - (bindparam(age, type_=Interval) if isinstance(age, str) else age)


class Statement:
    """A SQLAlchemy expression, compiled; parameters are passed by name, those that have a value may be left out.

    After `seconds` (by default the pool's deadline) PostgreSQL is told to cancel it, and TimeoutError is raised.
    """

    __slots__ = ("_parameters", "_seconds", "sql")

    def __init__(self, expression: ClauseElement, seconds: float | None = None) -> None:
        self._seconds = seconds
        compiled = expression.compile(dialect=DIALECT)
        self.sql = str(compiled)
        self._parameters = tuple((name, compiled.params[name]) for name in (compiled.positiontup or ()))  # type: ignore[attr-defined]

    def _arguments(self, values: dict[str, Any]) -> list[Any]:
        return [values.get(name, default) for name, default in self._parameters]

    async def all(self, db: Executor, **values: Any) -> Sequence[asyncpg.Record]:
        return await db.fetch(self.sql, *self._arguments(values), timeout=self._seconds)

    async def first(self, db: Executor, **values: Any) -> asyncpg.Record | None:
        return await db.fetchrow(self.sql, *self._arguments(values), timeout=self._seconds)

    async def one(self, db: Executor, **values: Any) -> asyncpg.Record:
        """The row of a statement that always gives one."""
        row = await self.first(db, **values)
        assert row is not None  # noqa: S101
        return row

    async def value(self, db: Executor, **values: Any) -> Any:
        return await db.fetchval(self.sql, *self._arguments(values), timeout=self._seconds)

    async def execute(self, db: Executor, **values: Any) -> str:
        return await db.execute(self.sql, *self._arguments(values), timeout=self._seconds)


async def _keep_session(_: Any) -> None:
    """Sessions keep no state (no `set`, no `listen`, no session locks), so a release needs no reset query."""


class _Pool(asyncpg.Pool):
    """A pool that may be made before there is an event loop: it belongs to the one that opens it."""

    async def _async__init__(self) -> Any:
        self._loop = asyncio.get_running_loop()
        return await super()._async__init__()  # type: ignore[misc]


def create_pool(url: str, size: int, application: str, seconds: float = 30) -> asyncpg.Pool:
    """A pool that connects at its first use: the process starts, not ready, also while the database is down.

    A statement that takes longer than `seconds`, waiting for locks included, is cancelled with TimeoutError.
    """
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
        "command_timeout": seconds,
        "server_settings": {"application_name": application, "timezone": "UTC"},
    }
    return _Pool(url, **options)


async def ping(pool: asyncpg.Pool) -> None:
    """Fails unless the database answers."""
    await pool.fetchval("select 1", timeout=2)
