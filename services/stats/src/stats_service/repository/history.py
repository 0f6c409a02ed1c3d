"""A user's figures at a number of the sequence: the change log, kept with the span in which each state held.

`history` is made of the log, page by page, when the user asks. Figures of a moment are `figures.FIGURES` on what the
tables of the projection would be of the states that held then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from service_common.database import Connection, Executor, Statement
from stats_service.domain import Fact
from stats_service.repository import figures
from stats_service.repository.figures import Days, Figures, Most
from stats_service.repository.projection import GIVEN, GIVEN_COLUMNS
from stats_service.repository.users import LOCK_FOLD, is_erased
from stats_service.tables import FACT, folds, history

SECONDS = 5.0
_user_id = sa.bindparam("user_id", type_=sa.Uuid)
_number = sa.bindparam("number", type_=sa.BigInteger)
_mine = history.c.user_id == _user_id

_REACHED = Statement(sa.select(folds.c.sequence).where(folds.c.user_id == _user_id))
_IS_ERASED = Statement(sa.select(is_erased(_user_id)))
_FORGET = tuple(Statement(sa.delete(table).where(table.c.user_id == _user_id)) for table in (history, folds))
_ADVANCE = Statement(
    sa.update(folds)
    .where(folds.c.user_id == _user_id)
    .values(
        sequence=_number,
        unreadable=sa.func.coalesce(folds.c.unreadable, sa.bindparam("unreadable", type_=sa.BigInteger)),
    )
)
_ADD = Statement(
    sa.text(f"""
    with given as (
        select * from unnest(cast(:times as timestamptz[]), {GIVEN}) as g (
            occurred_at, todo_id, sequence, {", ".join(FACT)}
        )
    ), ended as (
        update history as h set span = int8range(h.sequence, next.sequence)
        from (select todo_id, min(sequence) as sequence from given group by todo_id) as next
        where h.user_id = :user_id and h.todo_id = next.todo_id and upper_inf(h.span)
    )
    insert into history (
        user_id, sequence, occurred_at, todo_id, span, {", ".join(FACT)}
    )
    select :user_id, sequence, occurred_at, todo_id,
        case when todo_id is null then 'empty'
            else int8range(sequence, lead(sequence) over (partition by todo_id order by sequence)) end,
        completed, created_at, completed_at, removed_at, due_at, priority, cast(tags as text[]), project_id
    from given
""")
)
_COLUMNS = ("times", *GIVEN_COLUMNS)
_AT_NUMBER = Statement(sa.select(history.c.occurred_at).where(_mine, history.c.sequence == _number))
_AT_INSTANT = Statement(
    sa.select(history.c.sequence)
    .where(_mine, history.c.occurred_at <= sa.bindparam("instant"))
    .order_by(history.c.occurred_at.desc(), history.c.sequence.desc())
    .limit(1)
)
# The tables of the projection, as far as the figures read them.
_TABLES = """
    projected_todos as materialized (
        select user_id, completed, created_at, completed_at, removed_at, due_at, priority, tags, project_id
        from history where user_id = :user_id and span @> cast(:number as bigint)
    ), progress as (
        select cast(:user_id as uuid) as user_id, count(*) filter (where removed_at is null) as total,
            count(*) filter (where removed_at is null and completed) as completed,
            cast(:number as bigint) as as_of_sequence, cast(null as xid) as xmin,
            int8range(0, cast(:number as bigint) + case when (
                select unreadable from folds where user_id = :user_id
            ) <= cast(:number as bigint) then 1 else 0 end, '[]') as seen
        from projected_todos
    ), activity as (
        select user_id, date_bin('15 minutes', created_at, timestamptz '2000-01-01 00:00Z') as bucket,
            count(*) as created, 0 as completed
        from projected_todos where created_at > cast(:now as timestamptz) - interval '3 days' group by user_id, bucket
        union all
        select user_id, date_bin('15 minutes', completed_at, timestamptz '2000-01-01 00:00Z') as bucket, 0, count(*)
        from projected_todos where completed group by user_id, bucket
    ), there as (
        select * from projected_todos where removed_at is null
    ), breakdown as (
        select user_id, 'priority' as kind, priority as value, count(*) as total,
            count(*) filter (where completed) as completed
        from there group by user_id, value
        union all
        select user_id, 'tag', tag, count(*), count(*) filter (where completed)
        from there cross join unnest(tags) as tag group by user_id, tag
        union all
        select user_id, 'project', coalesce(cast(project_id as text), ''), count(*), count(*) filter (where completed)
        from there group by user_id, project_id
    )
"""
_FIGURES = Statement(sa.text(f"with {_TABLES} {figures.FIGURES}"), SECONDS)


class Happened(NamedTuple):
    """A change, and when it was made."""

    at: datetime
    fact: Fact


async def reached(db: Executor, user_id: UUID) -> int:
    """How far the history reaches."""
    found: int | None = await _REACHED.value(db, user_id=user_id)
    return found or 0


async def claim(connection: Connection, user_id: UUID) -> int | None:
    """As `reached`; until the transaction ends nobody else adds to it. None: the user is erased."""
    sequence: int = await LOCK_FOLD.value(connection, user_id=user_id)
    return None if await _IS_ERASED.value(connection, user_id=user_id) else sequence


async def forget(connection: Connection, user_id: UUID) -> None:
    for statement in _FORGET:
        await statement.execute(connection, user_id=user_id)


async def add(
    connection: Connection, user_id: UUID, changes: Sequence[Happened], last: int, unreadable: int | None
) -> None:
    """Add the changes up to `last` that follow what is there; of them `unreadable` is the first that is missing."""
    rows = [(at, *fact[1:]) for at, fact in changes]
    columns = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    await _ADD.execute(connection, user_id=user_id, **dict(zip(_COLUMNS, columns, strict=True)))
    await _ADVANCE.execute(connection, user_id=user_id, number=last, unreadable=unreadable)


async def time_of(db: Executor, user_id: UUID, number: int) -> datetime | None:
    """When this number was taken."""
    found: datetime | None = await _AT_NUMBER.value(db, user_id=user_id, number=number)
    return found


async def number_at(db: Executor, user_id: UUID, instant: datetime) -> int:
    """The last number taken until then; 0 before the first."""
    found: int | None = await _AT_INSTANT.value(db, user_id=user_id, instant=instant)
    return found or 0


async def figures_at(db: Executor, user_id: UUID, days: Days, now: datetime, most: Most, number: int) -> Figures:
    """As `figures.figures`, at a number; `now` is the instant that days are related to."""
    return await figures.read(_FIGURES, db, user_id, days, now, most, number=number)
