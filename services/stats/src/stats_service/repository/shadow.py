"""The tables of a second projection beside the one that is served, filled from the change log.

It does not use the statements of `repository.projection`: the facts of a group of users are in a temporary table, and
others, named like the real tables, are computed from it when the group is compared.
The statements are text: they are generated for each table, and temporary tables of the same names hide the real
ones, so every name is qualified; `public.` is what is served.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from stats_service import tables
from stats_service.domain import Fact


class Compared(NamedTuple):
    """The columns of a table that are compared; rows that do not meet `counts` (all zero) are ignored."""

    name: str
    key: tuple[str, ...]
    figures: tuple[str, ...]
    counts: str

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


def _compared(table: sa.Table, counts: str = "true") -> Compared:
    """All columns of a table, but those that PostgreSQL computes from others."""
    key = tuple(column.name for column in table.primary_key if column.name != "user_id")
    figures = tuple(column.name for column in table.c if not column.primary_key and column.computed is None)
    return Compared(table.name, key, figures, counts)


PROGRESS = _compared(tables.progress, "seen <> '{}'")
DETAILS = (
    _compared(tables.projected_todos),
    _compared(tables.activity, "(created, completed, removed) <> (0, 0, 0)"),
    _compared(tables.breakdown, "(total, completed) <> (0, 0)"),
)

_FACTS = """
create temporary table facts (
    user_id uuid, todo_id uuid, version bigint, completed boolean, created_at timestamptz, completed_at timestamptz,
    removed_at timestamptz, due_at timestamptz, priority text, tags text, project_id uuid
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
            removed_at, due_at, priority, cast(tags as text[]) as tags, project_id
        from pg_temp.facts where todo_id is not null order by user_id, todo_id, version desc
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
            union all select 'project', coalesce(cast(project_id as text), '')
        ) as label
        where removed_at is null
        group by user_id, kind, value
    """,
}

# Erased users have no served rows, even while the change log still has their changes.
_FORGET_ERASED = """
delete from pg_temp.facts where user_id in (
    select id from unnest($1::uuid[]) as id
    where exists (select from public.erasures where digest = sha256(uuid_send(id)))
)
"""
# Users for whom one side has seen changes that the other has not.
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
_LOCK = """
insert into public.progress (user_id) select id from unnest($1::uuid[]) as id order by id
on conflict (user_id) do update set user_id = excluded.user_id
"""
_POSITION = "select as_of_sequence from pg_temp.positions where user_id = $1"
_FORGET = "delete from pg_temp.facts where user_id = any($1)"
_SERVED = "select user_id from public.progress where user_id > $1 order by user_id limit $2"


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


class ShadowTables:
    """`connection` is used by the shadow alone: its temporary tables are the session's."""

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
        """The sequence up to which the user's facts are complete."""
        return await self._connection.fetchval(_POSITION, user_id) or 0

    async def served(self, after: UUID, limit: int) -> list[UUID]:
        """Users with served rows, in the order of their ids."""
        return [row["user_id"] for row in await self._connection.fetch(_SERVED, after, limit)]

    async def served_ahead(self, users: Sequence[UUID]) -> dict[UUID, int]:
        """Users whose served position is ahead of the shadow's, with the served position."""
        return {row[0]: row[1] for row in await self._connection.fetch(_SERVED_AHEAD, users)}

    async def forget(self, users: Sequence[UUID]) -> None:
        await self._connection.execute(_FORGET, users)
        await self._connection.execute("vacuum pg_temp.facts")  # autovacuum leaves temporary tables out

    async def _forget_erased(self, users: Sequence[UUID]) -> None:
        await self._connection.execute(_FORGET_ERASED, users)

    async def _apart(self, users: Sequence[UUID]) -> dict[UUID, bool]:
        """Users for whom the sides have seen different changes; True if the shadow has seen all that are served."""
        return {row["user_id"]: row["is_covered"] for row in await self._connection.fetch(_APART, users)}

    async def _lock(self, users: Sequence[UUID]) -> None:
        """Until the transaction ends, nothing else changes what is served of the users."""
        await self._connection.execute(_LOCK, users)

    async def _make(self) -> None:
        """Make the tables from the facts."""
        await self._connection.execute(f"truncate {', '.join(f'pg_temp.{name}' for name in _MADE)}")
        for name, query in _MADE.items():
            await self._connection.execute(f"insert into pg_temp.{name} {query}")

    async def _differences(self, users: Sequence[UUID], table: Compared) -> list[Difference]:
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

    async def _forget_history(self, users: Sequence[UUID]) -> None:
        """It is fetched again when they ask for it."""
        for table in ("history", "folds"):
            await self._connection.execute(f"delete from public.{table} where user_id = any($1)", users)

    async def _put(self, users: Sequence[UUID], table: Compared) -> None:
        """Serve the shadow's rows of the users."""
        await self._connection.execute(f"delete from public.{table.name} where user_id = any($1)", users)
        await self._connection.execute(
            f"insert into public.{table.name} ({table.columns}) select {table.columns} from pg_temp.{table.name}"
            " where user_id = any($1)",
            users,
        )
