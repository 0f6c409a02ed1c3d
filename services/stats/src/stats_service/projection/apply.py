"""Applies changes to the projection: every row in it is a function of the latest state of each todo.

The newest version of a todo wins, and counters move by the difference between its old row and its new one; so order,
duplicates and crashes cannot matter. A batch is one transaction. It takes the users' rows of `progress` first, in
order: workers wait for each other and never in a circle, and every other row belongs to a user whose row is held.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from service_common.database import Connection, Statement
from stats_service.domain import Fact

_SEE = Statement(
    text("""
    insert into progress as p (user_id, seen)
    select user_id, range_agg(int8range(sequence, sequence, '[]'))
    from unnest(cast(:user_ids as uuid[]), cast(:sequences as bigint[])) as e (user_id, sequence)
    group by user_id order by user_id
    on conflict (user_id) do update set seen = p.seen + excluded.seen
    returning user_id, as_of_sequence, upper(seen) - 1 as newest
""")
)

# With the users' rows held: whoever was erased meanwhile stays erased.
_FORGET = Statement(
    text("""
    delete from progress
    where user_id = any(cast(:user_ids as uuid[]))
      and exists (select from erasures where digest = sha256(uuid_send(user_id)))
    returning user_id
""")
)

_APPLY = Statement(
    text("""
    with latest as (
        select distinct on (user_id, todo_id) *
        from unnest(
            cast(:user_ids as uuid[]), cast(:todo_ids as uuid[]), cast(:versions as bigint[]),
            cast(:completed as boolean[]), cast(:created_at as timestamptz[]), cast(:completed_at as timestamptz[]),
            cast(:removed_at as timestamptz[]), cast(:due_at as timestamptz[]),
            cast(:priorities as text[]), cast(:tags as text[])
        ) as e (user_id, todo_id, version, completed, created_at, completed_at, removed_at, due_at, priority, tags)
        order by user_id, todo_id, version desc
    ),
    moved as (
        insert into projected_todos as p (
            user_id, todo_id, version, completed, created_at, completed_at, removed_at, due_at, priority, tags
        )
        select user_id, todo_id, version, completed, created_at, completed_at, removed_at, due_at, priority,
            cast(tags as text[])
        from latest
        on conflict (user_id, todo_id) do update set
            version = excluded.version, completed = excluded.completed, created_at = excluded.created_at,
            completed_at = excluded.completed_at, removed_at = excluded.removed_at, due_at = excluded.due_at,
            priority = excluded.priority, tags = excluded.tags
        where p.version < excluded.version
        returning new.user_id, old.version as known,
            old.completed as old_completed, old.created_at as old_created_at, old.completed_at as old_completed_at,
            old.removed_at as old_removed_at, old.priority as old_priority, old.tags as old_tags,
            new.completed, new.created_at, new.completed_at, new.removed_at, new.priority, new.tags
    ),
    effect as (
        select user_id, -1 as weight, old_completed as completed, old_created_at as created_at,
            old_completed_at as completed_at, old_removed_at as removed_at, old_priority as priority, old_tags as tags
        from moved where known is not null
        union all
        select user_id, 1, completed, created_at, completed_at, removed_at, priority, tags from moved
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
    ) as label
    where removed_at is null
    group by user_id, kind, value
    having sum(weight) <> 0 or sum(weight) filter (where effect.completed) <> 0
    on conflict (user_id, kind, value) do update set
        total = b.total + excluded.total, completed = b.completed + excluded.completed
""")
)


class Position(NamedTuple):
    """How far a user's projection is: complete up to `as_of_sequence`; `newest` is the highest sequence seen."""

    user_id: UUID
    as_of_sequence: int
    newest: int

    @property
    def has_gap(self) -> bool:
        return self.newest > self.as_of_sequence


async def apply(connection: Connection, facts: Iterable[Fact]) -> list[Position]:
    """Apply facts of any users in any order, in the caller's transaction; gives the new positions of their users."""
    facts = list(facts)
    positions = await _see(connection, facts)
    forgotten = await _FORGET.all(connection, user_ids=list(positions))
    for row in forgotten:
        del positions[row["user_id"]]
    if forgotten:
        facts = [fact for fact in facts if fact.user_id in positions]
    await _APPLY.execute(connection, **_columns(facts))
    return list(positions.values())


async def _see(connection: Connection, facts: Sequence[Fact]) -> dict[UUID, Position]:
    users, sequences = [fact.user_id for fact in facts], [fact.version for fact in facts]
    rows = await _SEE.all(connection, user_ids=users, sequences=sequences)
    return {row["user_id"]: Position(*row) for row in rows}


_NAMES = (
    *("user_ids", "todo_ids", "versions", "completed", "created_at", "completed_at", "removed_at", "due_at"),
    *("priorities", "tags"),
)


def _columns(facts: Sequence[Fact]) -> dict[str, Sequence[object]]:
    columns = zip(*facts, strict=True) if facts else [()] * len(_NAMES)
    return dict(zip(_NAMES, columns, strict=True))
