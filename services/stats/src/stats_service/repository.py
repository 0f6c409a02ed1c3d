"""What is read of the projection, each time in one statement, so that it belongs to one moment; and what is kept of
users.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import text

from service_common.database import Connection, Statement
from stats_service.domain import Bucket

Source = Connection | asyncpg.Pool

_PREFERENCES = Statement(
    text("""
    select time_zone, week_start, day_start_hour, daily_goal from users where user_id = :user_id
""")
)

_POSITION = Statement(
    text("""
    select as_of_sequence, upper(seen) - 1 as newest from progress where user_id = :user_id
""")
)

_BEHIND = Statement(
    text("""
    select user_id, sequence
    from unnest(cast(:user_ids as uuid[]), cast(:sequences as bigint[])) as head (user_id, sequence)
    left join progress using (user_id)
    where coalesce(as_of_sequence, 0) < sequence
""")
)

_SAVE_PREFERENCES = Statement(
    text("""
    insert into users as u (user_id, version, time_zone, week_start, day_start_hour, daily_goal)
    select :user_id, :version, :time_zone, :week_start, :day_start_hour, :daily_goal
    where not exists (select from erasures where digest = sha256(uuid_send(:user_id)))
    on conflict (user_id) do update set
        version = excluded.version, time_zone = excluded.time_zone, week_start = excluded.week_start,
        day_start_hour = excluded.day_start_hour, daily_goal = excluded.daily_goal
    where u.version < excluded.version
""")
)

# The row of `progress` is what appliers of events hold: whoever has it is alone with the user's rows.
_HOLD = Statement(
    text("""
    insert into progress (user_id) values (:user_id) on conflict (user_id) do update set user_id = excluded.user_id
""")
)
_REMEMBER_ERASURE = Statement(
    text("""
    insert into erasures (digest) values (sha256(uuid_send(:user_id)))
    on conflict (digest) do update set erased_at = now()
""")
)
_ERASE = tuple(
    Statement(text(f"delete from {table} where user_id = :user_id"))  # noqa: S608 - names of ours
    for table in ("projected_todos", "activity", "breakdown", "users", "progress")
)
_FORGET_ERASURES = Statement(text("delete from erasures where erased_at < now() - interval '60 days'"))

_FIGURES = Statement(
    text("""
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
    text("""
    select coalesce(p.as_of_sequence, 0) as as_of_sequence, coalesce(upper(p.seen) - 1, 0) as newest,
        active_before, within.buckets, within.created, within.completed, within.removed
    from (select cast(:user_id as uuid) as id) as me
    left join progress as p on p.user_id = me.id
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


class Preferences(NamedTuple):
    """What a user has set about days and goals."""

    time_zone: str
    week_start: str
    day_start_hour: int
    daily_goal: int


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
    as_of_sequence: int
    newest: int


async def preferences(source: Source, user_id: UUID) -> Preferences | None:
    row = await _PREFERENCES.first(source, user_id=user_id)
    return Preferences(*row) if row else None


async def position(source: Source, user_id: UUID) -> tuple[int, int]:
    """Up to which sequence the user's projection is complete, and the highest one it has seen."""
    row = await _POSITION.first(source, user_id=user_id)
    return (row["as_of_sequence"], row["newest"]) if row else (0, 0)


async def behind(source: Source, heads: Mapping[UUID, int]) -> dict[UUID, int]:
    """Those users, with their heads, whose projection has not come that far."""
    rows = await _BEHIND.all(source, user_ids=list(heads), sequences=list(heads.values()))
    return {row["user_id"]: row["sequence"] for row in rows}


async def save_preferences(source: Source, user_id: UUID, version: int, preferences: Preferences) -> None:
    """The newest version wins; nothing is kept of a user who was erased."""
    await _SAVE_PREFERENCES.execute(source, user_id=user_id, version=version, **preferences._asdict())


async def erase(connection: Connection, user_id: UUID) -> None:
    """Remove all rows of the user, in the caller's transaction; events that come late bring none back."""
    await _HOLD.execute(connection, user_id=user_id)
    await _REMEMBER_ERASURE.execute(connection, user_id=user_id)
    for statement in _ERASE:
        await statement.execute(connection, user_id=user_id)
    await _FORGET_ERASURES.execute(connection)


async def figures(source: Source, user_id: UUID, today: datetime, now: datetime) -> Figures:
    """`today` is the instant at which the user's day began."""
    row = await _FIGURES.first(source, user_id=user_id, today=today, now=now)
    assert row is not None  # noqa: S101 - selected from one row
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


async def activity(source: Source, user_id: UUID, start: datetime, stop: datetime) -> Activity:
    row = await _ACTIVITY.first(source, user_id=user_id, start=start, stop=stop)
    assert row is not None  # noqa: S101 - selected from one row
    buckets = [Bucket(*bucket) for bucket in _columns(row, "buckets", "created", "completed", "removed")]
    return Activity(row["active_before"], buckets, row["as_of_sequence"], row["newest"])


def _columns(row: asyncpg.Record, *names: str) -> list[tuple]:  # type: ignore[type-arg]
    """Rows from columns that were gathered into arrays; no rows leave nulls."""
    return list(zip(*(row[name] or () for name in names), strict=True))
