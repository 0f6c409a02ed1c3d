"""The figures of a user, each answer read by one statement, so that it is of one moment.

The statements are text: a lateral join for each group of figures. What they give grows with the days of the answer and
the tags that are shown, not with the user's completions and tags.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from stats_service.domain import Moved
from stats_service.tables import progress

_user_id = sa.bindparam("user_id", type_=sa.Uuid)
# A user's day begins at `day_start_hour` on the wall clock of the zone, however long it is.
_DAY = "cast((%s at time zone cast(:zone as text)) - make_interval(hours => cast(:day_start_hour as int)) as date)"
_TODAY, _BUCKETS_DAY = _DAY % "cast(:now as timestamptz)", _DAY % "bucket"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Every transaction that changes what is served of a user writes the user's row of `progress`.
_STATE = Statement(sa.select(sa.literal_column("xmin")).select_from(progress).where(progress.c.user_id == _user_id))
FIGURES = f"""
    select p.xmin as state, coalesce(p.total, 0) as total, coalesce(p.completed, 0) as completed,
        coalesce(p.as_of_sequence, 0) as as_of_sequence, coalesce(upper(p.seen) - 1, 0) as newest,
        late.*, made.*, done.*, ranked.*, largest.*, tagged.*, placed.*
    from (select cast(:user_id as uuid) as id, {_TODAY} as today) as me
    left join progress as p on p.user_id = me.id
    cross join lateral (
        select count(*) filter (where due_at < cast(:now as timestamptz)) as overdue,
            min(due_at) filter (where due_at >= cast(:now as timestamptz)) as next_due
        from projected_todos where user_id = me.id and removed_at is null and not completed and due_at is not null
    ) as late
    cross join lateral (
        select coalesce(sum(created), 0) as created_today
        from activity where user_id = me.id and bucket > cast(:now as timestamptz) - interval '2 days'
            and {_BUCKETS_DAY} >= me.today
    ) as made
    cross join lateral (
        with active as (
            select {_BUCKETS_DAY} as day, cast(sum(completed) as int) as completed
            from activity where user_id = me.id and completed > 0 group by day
        ), runs as (
            select max(day) as last, count(*) as length
            from (select day, day - cast(row_number() over (order by day) as int) as run from active) as numbered
            group by run
        )
        select coalesce((select completed from active where day = me.today), 0) as completed_today,
            (select coalesce(cast(sum(completed) as int), 0) from active
                where day >= me.today - (cast(extract(isodow from me.today) as int) + 6 - cast(:week_start as int)) % 7)
                as completed_this_week,
            coalesce((select length from runs where last >= me.today - 1 order by last desc limit 1), 0)
                as streak_current,
            coalesce((select max(length) from runs), 0) as streak_longest,
            (select max(last) from runs) as last_active_date
    ) as done
    cross join lateral (
        select array_agg(value) as priorities, array_agg(total) as priority_totals,
            array_agg(completed) as priority_completed
        from breakdown where user_id = me.id and kind = 'priority' and total > 0
    ) as ranked
    cross join lateral (
        select array_agg(value) as tags, array_agg(total) as tag_totals, array_agg(completed) as tag_completed
        from (
            select value, total, completed from breakdown where user_id = me.id and kind = 'tag' and total > 0
            order by total desc, value collate "C" limit cast(:most_tags as int)
        ) as sorted
    ) as largest
    cross join lateral (
        select count(*) as tag_count, coalesce(sum(total), 0) as tags_total,
            coalesce(sum(completed), 0) as tags_completed
        from breakdown where user_id = me.id and kind = 'tag' and total > 0
    ) as tagged
    cross join lateral (
        select array_agg(value) as projects, array_agg(total) as project_totals,
            array_agg(completed) as project_completed
        from (
            select value, total, completed from breakdown where user_id = me.id and kind = 'project' and total > 0
            order by total desc, value collate "C" limit cast(:most_projects as int)
        ) as sorted
    ) as placed
"""
_FIGURES = Statement(sa.text(FIGURES))

# Two days more at each end: those that a zone has there are cut out of them.
_ACTIVITY = Statement(
    sa.text(f"""
    select active_before, summed.*
    from (
        select cast(:user_id as uuid) as id, cast(:first as date) - 2 as since, cast(:last as date) + 3 as until
    ) as me
    cross join lateral (
        select coalesce(sum(created - completed - removed), 0) as active_before
        from activity where user_id = me.id and bucket < me.since
    ) as earlier
    cross join lateral (
        select array_agg(day) as days, array_agg(created) as created, array_agg(completed) as completed,
            array_agg(removed) as removed
        from (
            select {_BUCKETS_DAY} as day, sum(created) as created, sum(completed) as completed, sum(removed) as removed
            from activity where user_id = me.id and bucket >= me.since and bucket < me.until group by day
        ) as within
    ) as summed
""")
)
_DAY_OF_NOW = Statement(sa.text(f"select {_TODAY}"))


class Days(NamedTuple):
    """How time is cut into days and weeks."""

    zone: str
    day_start_hour: int
    week_start: str


class Label(NamedTuple):
    """How many todos that are not removed have a tag or a priority, or are in a project ('' is the inbox)."""

    value: str
    total: int
    completed: int


class Most(NamedTuple):
    """How many of the largest are read."""

    tags: int
    projects: int


class Streak(NamedTuple):
    """Consecutive days with a completion, up to today or yesterday, and at the longest."""

    current: int
    longest: int
    last_active_date: date | None


class Figures(NamedTuple):
    """A user's numbers at one moment; they hold while `state` stays the same, `overdue` until `next_due`.

    `tags` and `projects` are the largest; `tag_count`, `tags_total` and `tags_completed` are of all.
    """

    state: int | None
    total: int
    completed: int
    as_of_sequence: int
    newest: int
    overdue: int
    next_due: datetime | None
    created_today: int
    completed_today: int
    completed_this_week: int
    streak: Streak
    priorities: Sequence[Label]
    tags: Sequence[Label]
    tag_count: int
    tags_total: int
    tags_completed: int
    projects: Sequence[Label]


class Activity(NamedTuple):
    """What happened on each day of a span and of some days around it, and how many todos were active before those."""

    active_before: int
    moved: Mapping[date, Moved]


async def state(db: Executor, user_id: UUID) -> int | None:
    """Another value after each change of what is served of the user; None of a user without rows."""
    found: int | None = await _STATE.value(db, user_id=user_id)
    return found


async def figures(db: Executor, user_id: UUID, days: Days, now: datetime, most: Most) -> Figures:
    return await read(_FIGURES, db, user_id, days, now, most)


async def read(
    statement: Statement, db: Executor, user_id: UUID, days: Days, now: datetime, most: Most, **more: int
) -> Figures:
    """What a statement gives that is `FIGURES` on some tables; `more` are parameters that these need."""
    row = await statement.one(
        db,
        user_id=user_id,
        now=now,
        zone=days.zone,
        day_start_hour=days.day_start_hour,
        week_start=_WEEKDAYS.index(days.week_start),
        most_tags=most.tags,
        most_projects=most.projects,
        **more,
    )
    computed: dict[str, Any] = {
        "streak": Streak(row["streak_current"], row["streak_longest"], row["last_active_date"]),
        "priorities": [Label(*label) for label in _columns(row, "priorities", "priority_totals", "priority_completed")],
        "tags": [Label(*label) for label in _columns(row, "tags", "tag_totals", "tag_completed")],
        "projects": [Label(*label) for label in _columns(row, "projects", "project_totals", "project_completed")],
    }
    return Figures(**computed, **{name: row[name] for name in Figures._fields if name not in computed})


async def today(db: Executor, days: Days, now: datetime) -> date:
    found: date = await _DAY_OF_NOW.value(db, zone=days.zone, day_start_hour=days.day_start_hour, now=now)
    return found


async def activity(db: Executor, user_id: UUID, days: Days, first: date, last: date) -> Activity:
    row = await _ACTIVITY.one(
        db, user_id=user_id, zone=days.zone, day_start_hour=days.day_start_hour, first=first, last=last
    )
    moved = {day: Moved(*counts) for day, *counts in _columns(row, "days", "created", "completed", "removed")}
    return Activity(row["active_before"], moved)


def _columns(row: asyncpg.Record, *names: str) -> list[tuple]:  # type: ignore[type-arg]
    """Rows from columns that were gathered into arrays; no rows leave nulls."""
    return list(zip(*(row[name] or () for name in names), strict=True))
