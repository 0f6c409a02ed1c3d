"""A second projection beside the one that is served: filled by replay, then compared with it or put in its place.

It lives in temporary tables of one connection, named like the real ones: PostgreSQL finds temporary tables first, so
the statements of `projection` fill them as they fill the others. Here `public.` means what is served.
"""
# ruff: noqa: S608 - the names of tables and columns are this module's own

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import asyncpg

from stats_service import projection
from stats_service.domain import Fact


class Table(NamedTuple):
    """What of a table is compared: rows of zeros are as good as none."""

    name: str
    key: str
    figures: tuple[str, ...]
    counts: str = "true"
    columns: tuple[str, ...] = ()


STATE = ("version", "completed", "created_at", "completed_at", "removed_at", "due_at", "priority", "tags")
ACTIVITY, COUNTS = ("created", "completed", "removed"), ("total", "completed")
TABLES = (
    Table("progress", "''", (*COUNTS, "seen"), columns=("user_id", *COUNTS, "seen")),
    Table("projected_todos", "todo_id::text", STATE, columns=("user_id", "todo_id", *STATE)),
    Table(
        "activity",
        "bucket::text",
        ACTIVITY,
        "(created, completed, removed) <> (0, 0, 0)",
        ("user_id", "bucket", *ACTIVITY),
    ),
    Table(
        "breakdown",
        "kind || ' ' || value",
        COUNTS,
        "(total, completed) <> (0, 0)",
        ("user_id", "kind", "value", *COUNTS),
    ),
)

# Users of whom one side has seen changes that the other has not.
_APART = """
select user_id, coalesce(served.seen, '{}') <@ coalesce(shadow.seen, '{}') as is_covered
from (select user_id, seen from public.progress where user_id = any($1)) as served
full join (select user_id, seen from pg_temp.progress where user_id = any($1)) as shadow using (user_id)
where served.seen is distinct from shadow.seen
"""
_SERVED_AHEAD = """
select user_id, served.as_of_sequence
from public.progress as served left join pg_temp.progress as shadow using (user_id)
where user_id = any($1) and served.as_of_sequence > coalesce(shadow.as_of_sequence, 0)
"""
_HOLD = """
insert into public.progress (user_id) select id from unnest($1::uuid[]) as id order by id
on conflict (user_id) do update set user_id = excluded.user_id
"""
_UNKNOWN = "select user_id from public.progress where user_id > $1 order by user_id limit $2"


class Difference(NamedTuple):
    """A row that is not what the replay gives; None where there is no row."""

    user_id: UUID
    table: str
    key: str
    served: str | None
    replayed: str | None

    def __str__(self) -> str:
        place = " ".join(part for part in (self.table, self.key) if part)
        return f"user {self.user_id}: {place} is {self.served}, the replay gives {self.replayed}"


Judgement = tuple[list[Difference], list[UUID]]  # and the users who are not judged yet


class Shadow:
    """`connection` is the shadow's alone."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def create(self) -> None:
        for table in TABLES:
            await self._connection.execute(
                f"create temporary table {table.name} (like public.{table.name} including all)"
            )

    async def apply(self, facts: Sequence[Fact]) -> None:
        async with self._connection.transaction():
            await projection.apply(self._connection, facts)

    async def position(self, user_id: UUID) -> int:
        query = "select as_of_sequence from pg_temp.progress where user_id = $1"
        return await self._connection.fetchval(query, user_id) or 0

    def snapshot(self) -> AbstractAsyncContextManager[object]:
        """While it lasts, what is served looks as it did at the beginning; the shadow may still be filled."""
        return self._connection.transaction(isolation="repeatable_read")

    async def served_ahead(self, users: Sequence[UUID]) -> dict[UUID, int]:
        """Users of whom more is served than is here, with the sequence up to which it is complete."""
        return {row[0]: row[1] for row in await self._connection.fetch(_SERVED_AHEAD, users)}

    async def compare(self, users: Sequence[UUID], *, all_of_them: bool) -> Judgement:
        """What differs; users of whom the sides have seen different changes are judged only when `all_of_them` are."""
        apart = [] if all_of_them else [row["user_id"] for row in await self._connection.fetch(_APART, users)]
        judged = sorted(set(users) - set(apart))
        return [difference for table in TABLES for difference in await self._differences(table, judged)], apart

    @asynccontextmanager
    async def hold(self, users: Sequence[UUID]) -> AsyncIterator[None]:
        """A transaction during which nobody else changes what is served of the users."""
        async with self._connection.transaction():
            await self._connection.execute(_HOLD, users)
            yield

    async def replace(self, users: Sequence[UUID], *, all_of_them: bool) -> Judgement:
        """Serve the shadow's rows of users who are held instead, and give what was different.

        Users of whom more is served than is here are left out, unless `all_of_them` are to be replaced.
        """
        apart = [] if all_of_them else await self._connection.fetch(_APART, users)
        ahead = [row["user_id"] for row in apart if not row["is_covered"]]
        chosen = sorted(set(users) - set(ahead))
        differences = [found for table in TABLES for found in await self._differences(table, chosen)]
        for table in TABLES:
            await self._put(table, chosen)
        return differences, ahead

    async def forget(self, users: Sequence[UUID]) -> None:
        for table in TABLES:
            await self._connection.execute(f"delete from pg_temp.{table.name} where user_id = any($1)", users)

    async def served(self, after: UUID, limit: int) -> list[UUID]:
        """Users of whom anything is served, in the order of their ids."""
        return [row["user_id"] for row in await self._connection.fetch(_UNKNOWN, after, limit)]

    async def _differences(self, table: Table, users: Sequence[UUID]) -> list[Difference]:
        row = ", ".join(f"'{name}', {name}" for name in table.figures)
        of = f"select user_id, {table.key} as key, jsonb_build_object({row}) as row from {{}}.{table.name}"
        where = f"where user_id = any($1) and {table.counts}"
        rows = await self._connection.fetch(
            f"select user_id, key, served.row, shadow.row from ({of.format('public')} {where}) as served"
            f" full join ({of.format('pg_temp')} {where}) as shadow using (user_id, key)"
            " where served.row is distinct from shadow.row order by user_id, key",
            users,
        )
        return [Difference(row[0], table.name, row[1], row[2], row[3]) for row in rows]

    async def _put(self, table: Table, users: Sequence[UUID]) -> None:
        columns = ", ".join(table.columns)
        await self._connection.execute(f"delete from public.{table.name} where user_id = any($1)", users)
        await self._connection.execute(
            f"insert into public.{table.name} ({columns}) select {columns} from pg_temp.{table.name}"
            f" where user_id = any($1) and {table.counts}",
            users,
        )
