"""Reads and writes of many users by one statement each; `writes` has those of a single write.

A write takes its user's next number here as there: the feeds come first, once each, then the todos. A feed that another
transaction holds is passed over, so a batch waits for no lock and cannot deadlock. What was held, was not written, and
takes no number: a todo whose version is not the expected one (for a new one: none), and the second write of one todo.
"""

from collections.abc import Sequence

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.database import Executor, Statement
from todos_service.domain import PURGED, UNCHANGED, Quotas
from todos_service.errors import IdTaken
from todos_service.repository import reads, usage
from todos_service.repository.writes import (
    CHANGING,
    COLUMNS,
    DOCUMENT,
    GIVEN,
    Change,
    LostRace,
    instant,
    members,
    placed,
    typed,
    values,
)
from todos_service.tables import feeds, todos

_MORE = ("todos", "bytes", "writes")
_WRITE = ("type", "command", "traceparent", "changed", "previous")
_ROW = ", ".join(
    ["number integer", "user_id uuid", "id uuid", "expected bigint"]
    + ["deleted boolean", "deleted_with uuid", "alone boolean", "kept boolean"]
    + [f"{name} timestamptz" for name in ("created_at", "completed_at", "deleted_at")]
    + [f"more_{name} bigint" for name in _MORE]
    + [f"{name} text" for name in _WRITE]
    + [f"{name} {typed(name)}" for name in GIVEN]
)
_NAMES = ", ".join((*_WRITE, *(f"more_{name}" for name in _MORE)))


def _content(name: str) -> str:
    return f"case when kept then before.{name} else given.{name} end"


_ASKED = [f"asked.{name}" for name in _MORE]
_TAKEN = [f"taken.{name}" for name in _MORE]
_WRITE_ALL = Statement(
    sa.text(
        f"""
        with given as (
            select *, row_number() over (partition by user_id, id order by number) as turn
            from (
                select number, user_id, coalesce(id, uuidv7()) as id, expected, deleted, deleted_with as root, alone,
                    kept, created_at as first_created, completed_at as then_completed, deleted_at as then_deleted,
                    {_NAMES}, {", ".join(GIVEN)}
                from json_to_recordset(cast(:rows as json)) as r({_ROW})
            ) row
        ), asked as materialized (
            select user_id, {", ".join(f"cast(sum(greatest(more_{name}, 0)) as bigint) as {name}" for name in _MORE)}
            from given group by user_id
        ), feed as materialized (
            select user_id, sequence from feeds join asked using (user_id)
            where user_id = any(cast(:users as uuid[])) and {usage.allowed(*_ASKED)}
            order by user_id for no key update of feeds skip locked -- as an update of it takes
        ), clock as materialized (
            select clock_timestamp() as now, count(*) from feed
        ), before as materialized (
            select t.* from (
                select user_id, id from feed join given using (user_id) where turn = 1 order by user_id, id
            ) wanted cross join lateral (
                select t.user_id, t.id, t.version, t.is_parent, t.created_at, t.completed_at,
                    t.deleted_at, t.deleted_with, {", ".join(f"t.{name}" for name in GIVEN)}
                from todos t where t.user_id = wanted.user_id and t.id = wanted.id
                limit 1 for update -- by the key: planned for a small table it would read all todos of the user
            ) t
        ), place as materialized (
            select user_id, p.id from feed join given using (user_id) join projects p using (user_id)
            where expected is null and given.project_id = p.id and p.deleted_at is null
            order by user_id, p.id for share of p
        ), next as materialized (
            select *, {DOCUMENT} as document from (
                select *, {placed("place", "version")} from (
                    select number, {_content("position")} as place, expected, {_NAMES}, user_id, id,
                        {", ".join(f"{_content(name)} as {name}" for name in GIVEN if name != "position")},
                        case when {_content("completed")} then coalesce(then_completed, before.completed_at, now) end
                            as completed_at,
                        coalesce(before.created_at, first_created, now) as created_at, now as updated_at,
                        case when deleted then coalesce(then_deleted, before.deleted_at, now) end as deleted_at,
                        case when deleted then coalesce(before.deleted_with, root) end as deleted_with,
                        sequence + row_number() over (partition by user_id order by number) as version
                    from (select * from given where turn = 1) given
                    full join before using (user_id, id) -- which is hashed: nested loops would take the square of rows
                    join feed using (user_id) cross join clock
                    where before.version is not distinct from expected
                        and not (alone and coalesce(before.is_parent, false))
                        and (expected is not null or given.project_id is null
                            or (user_id, given.project_id) in (table place))
                ) numbered
            ) made
        ), counted as (
            update feeds set sequence = taken.last, {usage.counted(*_TAKEN)}
            from (
                select user_id, max(version) as last,
                    {", ".join(f"cast(sum(more_{name}) as bigint) as {name}" for name in _MORE)}
                from next group by user_id
            ) taken
            where feeds.user_id = taken.user_id
        ), created as (
            insert into todos ({COLUMNS}, document) select {COLUMNS}, document from next where expected is null
        ), changed as (
            update todos t set {", ".join(f"{column} = next.{column}" for column in CHANGING)} from next
            where t.user_id = next.user_id and t.id = next.id and expected is not null and type <> '{PURGED}'
        ), purged as (
            delete from todos t using next where t.user_id = next.user_id and t.id = next.id and type = '{PURGED}'
        ), recorded as (
            insert into changes (user_id, sequence, type, todo_id, occurred_at, traceparent, data)
            select user_id, version, type, id, updated_at, traceparent, cast(
                '{{"sequence":' || version || ',"type":"' || type || '","todo":' || document
                || ',"changed":' || changed || ',"previous":' || previous
                || ',"occurred_at":"' || {instant("updated_at")} || '",' || command || '}}' as json)
            from next
        ), pending as (
            insert into outbox (user_id, sequence) select user_id, version from next order by user_id, version
        )
        select feed.user_id is not null as held, next.id, next.version, next.document
        from given left join feed using (user_id) left join next using (number) order by number
        """
    )
)
_wanted = (
    sa.func.unnest(sa.bindparam("users", type_=ARRAY(sa.Uuid)), sa.bindparam("ids", type_=ARRAY(sa.Uuid)))
    .table_valued("user_id", "id", with_ordinality="position")
    .render_derived()
)
_one = (
    sa.select(*reads.COLUMNS, feeds.c.sequence)
    .join_from(todos, feeds, feeds.c.user_id == todos.c.user_id)
    .where(todos.c.user_id == _wanted.c.user_id, todos.c.id == _wanted.c.id)
    .limit(sa.literal_column("1"))  # found by the key, one by one, whatever the planner thinks of the array's length
    .lateral()
)
_READ_ALL = Statement(sa.select(_one).select_from(_wanted.outerjoin(_one, sa.true())).order_by(_wanted.c.position))


async def write(db: Executor, batch: Sequence[tuple[str, Change]]) -> list[asyncpg.Record | IdTaken | LostRace | None]:
    """What `writes.write` gives or raises for each user's change.

    None for a user whose feed another transaction holds, who has written nothing before, or whose quotas do not allow
    all of it. An error of the database leaves all of them undone.
    """
    rows = [_row(number, user_id, change) for number, (user_id, change) in enumerate(batch)]
    users = list({user_id for user_id, _ in batch})
    quotas = Quotas(*map(min, zip(*(change.quotas for _, change in batch), strict=True)))
    written = await _WRITE_ALL.all(db, rows=orjson.dumps(rows).decode(), users=users, **usage.limits(quotas))
    return [_outcome(row, change) for row, (_, change) in zip(written, batch, strict=True)]


def _row(number: int, user_id: str, change: Change) -> dict[str, object]:
    row = {
        "number": number,
        "user_id": user_id,
        "id": change.todo_id,
        "expected": change.expected,
        "type": change.type,
        "deleted": change.deleted,
        "deleted_with": change.deleted_with,
        "alone": change.alone,
        "kept": change.content is UNCHANGED,
        "created_at": change.created_at,
        "completed_at": change.completed_at,
        "deleted_at": change.deleted_at,
        "changed": change.changed,
        "previous": change.previous,
        "command": members(change.command),
        "traceparent": change.traceparent,
        "more_todos": change.more.todos,
        "more_bytes": change.more.bytes,
        "more_writes": change.more.writes_a_day,
    }
    if change.content is UNCHANGED:
        return row
    as_json = {"recurrence": change.content.recurrence, "reminders": change.content.reminders}
    return row | values(change.content) | as_json


def _outcome(row: asyncpg.Record, change: Change) -> asyncpg.Record | IdTaken | LostRace | None:
    if row["document"] is not None:
        return row
    if not row["held"] or (change.expected is None and change.content.project_id):
        return None
    return IdTaken() if change.expected is None else LostRace()


async def read(db: Executor, batch: Sequence[tuple[str, str]]) -> list[asyncpg.Record | None]:
    """What `reads.todo` gives for each user's todo."""
    users, ids = zip(*batch, strict=True)
    found = await _READ_ALL.all(db, users=users, ids=ids)
    return [row if row["document"] is not None else None for row in found]
