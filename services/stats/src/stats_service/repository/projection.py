"""The projection: each user's position, and what applies facts to it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from service_common.database import Connection, Executor, Statement
from stats_service.domain import Fact
from stats_service.repository.users import is_erased
from stats_service.tables import FACT, progress

_newest = (sa.func.upper(progress.c.seen) - 1).label("newest")
_user_ids = sa.bindparam("user_ids", type_=ARRAY(sa.Uuid))
_given = (
    sa.func.unnest(_user_ids, sa.bindparam("sequences", type_=ARRAY(sa.BigInteger)))
    .table_valued(sa.column("user_id", sa.Uuid), sa.column("sequence", sa.BigInteger))
    .render_derived()
)

_POSITION = Statement(
    sa.select(progress.c.as_of_sequence, _newest).where(progress.c.user_id == sa.bindparam("user_id"))
)
_BEHIND = Statement(
    sa.select(_given.c.user_id, _given.c.sequence)
    .outerjoin_from(_given, progress, progress.c.user_id == _given.c.user_id)
    .where(sa.func.coalesce(progress.c.as_of_sequence, 0) < _given.c.sequence)
)
_see = insert(progress).from_select(
    ["user_id", "seen"],
    sa.select(_given.c.user_id, sa.func.range_agg(sa.func.int8range(_given.c.sequence, _given.c.sequence, "[]")))
    .group_by(_given.c.user_id)
    .order_by(_given.c.user_id),
)
_SEE = Statement(
    _see.on_conflict_do_update(
        index_elements=[progress.c.user_id], set_={"seen": progress.c.seen + _see.excluded.seen}
    ).returning(progress.c.user_id, progress.c.as_of_sequence, _newest)
)
_DELETE_ERASED = Statement(
    sa.delete(progress)
    .where(progress.c.user_id == sa.any_(_user_ids), is_erased(progress.c.user_id))
    .returning(progress.c.user_id)
)
# The columns of facts, as parameters of a statement that writes them; what each fact belongs to stands before them.
GIVEN_COLUMNS = (
    *("todo_ids", "versions", "completed", "created_at", "completed_at", "removed_at", "due_at"),
    *("priorities", "tags", "project_ids"),
)
GIVEN = """
    cast(:todo_ids as uuid[]), cast(:versions as bigint[]), cast(:completed as boolean[]),
    cast(:created_at as timestamptz[]), cast(:completed_at as timestamptz[]), cast(:removed_at as timestamptz[]),
    cast(:due_at as timestamptz[]), cast(:priorities as text[]), cast(:tags as text[]), cast(:project_ids as uuid[])
"""
# Text: Core has no `returning old` and `new`, by which the counters move.
_APPLY = Statement(
    sa.text(f"""
    with latest as (
        select distinct on (user_id, todo_id) *
        from unnest(cast(:user_ids as uuid[]), {GIVEN}) as e (user_id, todo_id, version, {", ".join(FACT)})
        order by user_id, todo_id, version desc
    ),
    moved as (
        insert into projected_todos as p (
            user_id, todo_id, version, {", ".join(FACT)}
        )
        select user_id, todo_id, version, completed, created_at, completed_at, removed_at, due_at, priority,
            cast(tags as text[]), project_id
        from latest
        on conflict (user_id, todo_id) do update set
            version = excluded.version, completed = excluded.completed, created_at = excluded.created_at,
            completed_at = excluded.completed_at, removed_at = excluded.removed_at, due_at = excluded.due_at,
            priority = excluded.priority, tags = excluded.tags, project_id = excluded.project_id
        where p.version < excluded.version
        returning new.user_id, old.version as known,
            old.completed as old_completed, old.created_at as old_created_at, old.completed_at as old_completed_at,
            old.removed_at as old_removed_at, old.priority as old_priority, old.tags as old_tags,
            old.project_id as old_project_id,
            new.completed, new.created_at, new.completed_at, new.removed_at, new.priority, new.tags, new.project_id
    ),
    effect as (
        select user_id, -1 as weight, old_completed as completed, old_created_at as created_at,
            old_completed_at as completed_at, old_removed_at as removed_at, old_priority as priority, old_tags as tags,
            old_project_id as project_id
        from moved where known is not null
        union all
        select user_id, 1, completed, created_at, completed_at, removed_at, priority, tags, project_id from moved
    ),
    counted as (
        update progress as p set total = p.total + d.total, completed = p.completed + d.completed
        from (
            select user_id, sum(weight) as total, coalesce(sum(weight) filter (where completed), 0) as completed
            from effect where removed_at is null group by user_id
        ) as d
        where p.user_id = d.user_id and (d.total <> 0 or d.completed <> 0)
    ),
    dated as (
        insert into activity as a (user_id, bucket, created, completed, removed)
        select user_id, date_bin('15 minutes', at, timestamptz '2000-01-01 00:00Z') as bucket,
            sum(creation), sum(completion), sum(removal)
        from effect, lateral (values
            (created_at, weight, 0, 0),
            (case when completed then completed_at end, 0, weight, 0),
            (case when not completed then removed_at end, 0, 0, weight)
        ) as happened (at, creation, completion, removal)
        where at is not null
        group by user_id, bucket
        having sum(creation) <> 0 or sum(completion) <> 0 or sum(removal) <> 0
        on conflict (user_id, bucket) do update set
            created = a.created + excluded.created, completed = a.completed + excluded.completed,
            removed = a.removed + excluded.removed
    )
    insert into breakdown as b (user_id, kind, value, total, completed)
    select user_id, kind, value, sum(weight), coalesce(sum(weight) filter (where effect.completed), 0)
    from effect, lateral (
        select 'priority' as kind, priority as value union all select 'tag', unnest(tags)
        union all select 'project', coalesce(cast(project_id as text), '')
    ) as label
    where removed_at is null
    group by user_id, kind, value
    having sum(weight) <> 0 or sum(weight) filter (where effect.completed) <> 0
    on conflict (user_id, kind, value) do update set
        total = b.total + excluded.total, completed = b.completed + excluded.completed
""")
)

_COLUMNS = ("user_ids", *GIVEN_COLUMNS)


async def position(db: Executor, user_id: UUID) -> tuple[int, int]:
    """The sequence up to which the user's projection is complete, and the highest one it has seen."""
    row = await _POSITION.first(db, user_id=user_id)
    return (row["as_of_sequence"], row["newest"]) if row else (0, 0)


async def behind(db: Executor, heads: Mapping[UUID, int]) -> dict[UUID, int]:
    """The users, with their heads, whose projection has not reached their head."""
    rows = await _BEHIND.all(db, user_ids=list(heads), sequences=list(heads.values()))
    return {row["user_id"]: row["sequence"] for row in rows}


async def see(connection: Connection, facts: Sequence[Fact]) -> Sequence[asyncpg.Record]:
    """Lock the users' rows of `progress` in order, and add the facts' sequences; the new positions of the users."""
    users, sequences = [fact.user_id for fact in facts], [fact.version for fact in facts]
    return await _SEE.all(connection, user_ids=users, sequences=sequences)


async def delete_erased(connection: Connection, user_ids: Sequence[UUID]) -> set[UUID]:
    """Delete the rows of `progress` of erased users; their ids. The rows are locked."""
    return {row["user_id"] for row in await _DELETE_ERASED.all(connection, user_ids=user_ids)}


async def apply(connection: Connection, facts: Sequence[Fact]) -> None:
    """Keep the newest fact of each todo and move the counters by the difference; the users' rows are locked."""
    columns = zip(*facts, strict=True) if facts else [()] * len(_COLUMNS)
    await _APPLY.execute(connection, **dict(zip(_COLUMNS, columns, strict=True)))
