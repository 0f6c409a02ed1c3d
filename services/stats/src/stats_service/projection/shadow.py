"""A second projection beside the one that is served: what the change log gives, to compare or to put in its place.

It is computed anew and not by the statements of `projection`: the facts of a group of users lie in a temporary table,
and others, named like the real tables, are made from it when the group is judged. `public.` means what is served.
"""
# ruff: noqa: S608 - the names of tables and columns are this module's own

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import asyncpg

from stats_service.domain import Fact


class Table(NamedTuple):
    """What of a table is compared, beside its key within a user; rows of zeros are as good as none."""

    name: str
    key: tuple[str, ...]
    figures: tuple[str, ...]
    counts: str = "true"

    @property
    def columns(self) -> str:
        return ", ".join(("user_id", *self.key, *self.figures))

    def of(self, side: str) -> str:
        """Its figures of one side, as a row."""
        return f"({', '.join(f'{side}.{name}' for name in self.figures)})"

    def shown(self, side: str) -> str:
        """The same as JSON, or null where there is no row."""
        pairs = ", ".join(f"'{name}', {side}.{name}" for name in self.figures)
        return f"case when {side}.there then jsonb_build_object({pairs}) end"


STATE = ("version", "completed", "created_at", "completed_at", "removed_at", "due_at", "priority", "tags")
ACTIVITY, COUNTS = ("created", "completed", "removed"), ("total", "completed")
PROGRESS = Table("progress", (), (*COUNTS, "seen"), "seen <> '{}'")
DETAILS = (
    Table("projected_todos", ("todo_id",), STATE),
    Table("activity", ("bucket",), ACTIVITY, "(created, completed, removed) <> (0, 0, 0)"),
    Table("breakdown", ("kind", "value"), COUNTS, "(total, completed) <> (0, 0)"),
)

_FACTS = """
create temporary table facts (
    user_id uuid, todo_id uuid, version bigint, completed boolean, created_at timestamptz, completed_at timestamptz,
    removed_at timestamptz, due_at timestamptz, priority text, tags text
)
"""
_POSITIONS = """
create temporary view positions as
select user_id, seen, lower('{[1,)}'::int8multirange - seen) - 1 as as_of_sequence
from (select user_id, range_agg(int8range(version, version, '[]')) as seen from pg_temp.facts group by user_id) as facts
"""
_MADE = {
    "projected_todos": """
        select distinct on (user_id, todo_id) user_id, todo_id, version, completed, created_at, completed_at,
            removed_at, due_at, priority, cast(tags as text[]) as tags
        from pg_temp.facts order by user_id, todo_id, version desc
    """,
    "progress": """
        select user_id, coalesce(total, 0) as total, coalesce(completed, 0) as completed, seen
        from pg_temp.positions
        left join (
            select user_id, count(*) as total, count(*) filter (where completed) as completed
            from pg_temp.projected_todos where removed_at is null group by user_id
        ) as counted using (user_id)
    """,
    "activity": """
        select user_id, date_bin('15 minutes', at, timestamptz '2000-01-01 00:00Z') as bucket,
            count(*) filter (where what = 'created') as created,
            count(*) filter (where what = 'completed') as completed,
            count(*) filter (where what = 'removed') as removed
        from pg_temp.projected_todos, lateral (values
            ('created', created_at),
            ('completed', case when completed then completed_at end),
            ('removed', case when not completed then removed_at end)
        ) as happened (what, at)
        where at is not null
        group by user_id, bucket
    """,
    "breakdown": """
        select user_id, kind, value, count(*) as total, count(*) filter (where completed) as completed
        from pg_temp.projected_todos, lateral (
            select 'priority' as kind, priority as value union all select 'tag', unnest(tags)
        ) as label
        where removed_at is null
        group by user_id, kind, value
    """,
}

# Nothing is served of whoever was erased, whatever the change log still has.
_FORGET_ERASED = """
delete from pg_temp.facts where user_id in (
    select id from unnest($1::uuid[]) as id
    where exists (select from public.erasures where digest = sha256(uuid_send(id)))
)
"""
# Users of whom one side has seen changes that the other has not.
_APART = """
select user_id, coalesce(served.seen, '{}') <@ coalesce(shadow.seen, '{}') as is_covered
from (select user_id, seen from public.progress where user_id = any($1)) as served
full join (select user_id, seen from pg_temp.positions where user_id = any($1)) as shadow using (user_id)
where served.seen is distinct from shadow.seen
"""
_SERVED_AHEAD = """
select user_id, served.as_of_sequence
from public.progress as served left join pg_temp.positions as shadow using (user_id)
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
        await self._connection.execute(f"{_FACTS}; {_POSITIONS}")
        for name, query in _MADE.items():
            await self._connection.execute(f"create temporary table {name} as {query} with no data")

    async def apply(self, facts: Sequence[Fact]) -> None:
        """Any facts in any order; the same ones again change nothing."""
        await self._connection.copy_records_to_table("facts", records=facts, columns=Fact._fields)

    async def position(self, user_id: UUID) -> int:
        query = "select as_of_sequence from pg_temp.positions where user_id = $1"
        return await self._connection.fetchval(query, user_id) or 0

    def snapshot(self) -> AbstractAsyncContextManager[object]:
        """While it lasts, what is served looks as it did at the beginning; the shadow may still be filled."""
        return self._connection.transaction(isolation="repeatable_read")

    async def served_ahead(self, users: Sequence[UUID]) -> dict[UUID, int]:
        """Users of whom more is served than is here, with the sequence up to which it is complete."""
        return {row[0]: row[1] for row in await self._connection.fetch(_SERVED_AHEAD, users)}

    async def compare(self, users: Sequence[UUID], *, all_of_them: bool) -> Judgement:
        """What differs; users of whom the sides have seen different changes are judged only when `all_of_them` are."""
        await self._connection.execute(_FORGET_ERASED, users)
        apart = [] if all_of_them else [row["user_id"] for row in await self._connection.fetch(_APART, users)]
        judged = sorted(set(users) - set(apart))
        return await self._all_differences(judged), apart

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
        await self._connection.execute(_FORGET_ERASED, users)
        apart = [] if all_of_them else await self._connection.fetch(_APART, users)
        ahead = [row["user_id"] for row in apart if not row["is_covered"]]
        chosen = sorted(set(users) - set(ahead))
        differences = await self._all_differences(chosen)
        for table in (PROGRESS, *DETAILS):
            await self._put(table, chosen)
        return differences, ahead

    async def forget(self, users: Sequence[UUID]) -> None:
        await self._connection.execute("delete from pg_temp.facts where user_id = any($1)", users)
        await self._connection.execute("vacuum pg_temp.facts")  # nobody else does, and every query reads all of it

    async def served(self, after: UUID, limit: int) -> list[UUID]:
        """Users of whom anything is served, in the order of their ids."""
        return [row["user_id"] for row in await self._connection.fetch(_UNKNOWN, after, limit)]

    async def _all_differences(self, users: Sequence[UUID]) -> list[Difference]:
        """Of a user of whom nothing is served, that alone is told and not row by row."""
        await self._make()
        found = await self._differences(PROGRESS, users)
        unserved = {difference.user_id for difference in found if difference.served is None}
        served = [user for user in users if user not in unserved]
        return found + [difference for table in DETAILS for difference in await self._differences(table, served)]

    async def _make(self) -> None:
        await self._connection.execute(f"truncate {', '.join(f'pg_temp.{name}' for name in _MADE)}")
        for name, query in _MADE.items():
            await self._connection.execute(f"insert into pg_temp.{name} {query}")

    async def _differences(self, table: Table, users: Sequence[UUID]) -> list[Difference]:
        rows = await self._connection.fetch(
            f"""
            with served as (
                select {table.columns}, true as there from public.{table.name}
                where user_id = any($1) and {table.counts}
            ), shadow as (
                select {table.columns}, true as there from pg_temp.{table.name} where user_id = any($1)
            )
            select user_id, concat_ws(' ', {", ".join(table.key) or "''"}), {table.shown("served")},
                {table.shown("shadow")}
            from served full join shadow using ({", ".join(("user_id", *table.key))})
            where {table.of("served")} is distinct from {table.of("shadow")}
            order by 1, 2
            """,
            users,
        )
        return [Difference(row[0], table.name, row[1], row[2], row[3]) for row in rows]

    async def _put(self, table: Table, users: Sequence[UUID]) -> None:
        await self._connection.execute(f"delete from public.{table.name} where user_id = any($1)", users)
        await self._connection.execute(
            f"insert into public.{table.name} ({table.columns}) select {table.columns} from pg_temp.{table.name}"
            " where user_id = any($1)",
            users,
        )
