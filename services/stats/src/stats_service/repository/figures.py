"""The figures of a user, each answer read by one statement, so that it is of one moment.

The statements are text: a lateral join for each group of figures, gathered into arrays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from stats_service.domain import Bucket

_FIGURES = Statement(
    sa.text("""
    select coalesce(p.total, 0) as total, coalesce(p.completed, 0) as completed,
        coalesce(p.as_of_sequence, 0) as as_of_sequence, coalesce(upper(p.seen) - 1, 0) as newest,
        overdue, kinds, label_values, totals, completed_by_label, completed_at, completions, created_since
    from (select cast(:user_id as uuid) as id) as me
    left join progress as p on p.user_id = me.id
    cross join lateral (
        select count(*) as overdue from projected_todos
        where user_id = me.id and removed_at is null and not completed and due_at < cast(:now as timestamptz)
    ) as late
    cross join lateral (
        select array_agg(kind) as kinds, array_agg(value) as label_values, array_agg(total) as totals,
            array_agg(completed) as completed_by_label
        from breakdown where user_id = me.id and total > 0
    ) as labels
    cross join lateral (
        select array_agg(bucket) as completed_at, array_agg(completed) as completions
        from activity where user_id = me.id and completed > 0
    ) as done
    cross join lateral (
        select coalesce(sum(created), 0) as created_since
        from activity where user_id = me.id and bucket >= cast(:today as timestamptz)
    ) as made
""")
)

_ACTIVITY = Statement(
    sa.text("""
    select active_before, within.buckets, within.created, within.completed, within.removed
    from (select cast(:user_id as uuid) as id) as me
    cross join lateral (
        select coalesce(sum(created - completed - removed), 0) as active_before
        from activity where user_id = me.id and bucket < cast(:start as timestamptz)
    ) as earlier
    cross join lateral (
        select array_agg(bucket) as buckets, array_agg(created) as created, array_agg(completed) as completed,
            array_agg(removed) as removed
        from activity where user_id = me.id and bucket >= :start and bucket < cast(:stop as timestamptz)
    ) as within
""")
)


class Label(NamedTuple):
    """How many todos that are not removed have a tag or a priority."""

    kind: str
    value: str
    total: int
    completed: int


class Figures(NamedTuple):
    """A user's numbers at one moment; `completions` are counts by quarter of an hour."""

    total: int
    completed: int
    overdue: int
    created_today: int
    labels: Sequence[Label]
    completions: Sequence[tuple[datetime, int]]
    as_of_sequence: int
    newest: int


class Activity(NamedTuple):
    """What happened in a span of time, and how many todos were active when it began."""

    active_before: int
    buckets: Sequence[Bucket]


async def figures(db: Executor, user_id: UUID, today: datetime, now: datetime) -> Figures:
    """`today` is the instant at which the user's day began."""
    row = await _FIGURES.one(db, user_id=user_id, today=today, now=now)
    labels = _columns(row, "kinds", "label_values", "totals", "completed_by_label")
    return Figures(
        total=row["total"],
        completed=row["completed"],
        overdue=row["overdue"],
        created_today=row["created_since"],
        labels=[Label(*label) for label in labels],
        completions=_columns(row, "completed_at", "completions"),
        as_of_sequence=row["as_of_sequence"],
        newest=row["newest"],
    )


async def activity(db: Executor, user_id: UUID, start: datetime, stop: datetime) -> Activity:
    row = await _ACTIVITY.one(db, user_id=user_id, start=start, stop=stop)
    buckets = [Bucket(*bucket) for bucket in _columns(row, "buckets", "created", "completed", "removed")]
    return Activity(row["active_before"], buckets)


def _columns(row: asyncpg.Record, *names: str) -> list[tuple]:  # type: ignore[type-arg]
    """Rows from columns that were gathered into arrays; no rows leave nulls."""
    return list(zip(*(row[name] or () for name in names), strict=True))
