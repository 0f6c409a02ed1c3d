"""Writes: each is one statement that takes the user's next number, changes the todo and records the change.

The feed's row comes first: its lock is the user's mutex, so numbers are gapless and in the order of the commits, and
the outbox's ids are in the order of the numbers. A todo that changed since it was read leaves `changes.todo_id` empty,
which fails the whole statement (`LostRace`): the number is not taken, and the caller reads again.

The three writes are text: they share fragments, and the JSON that they build reads as JSON only in SQL.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service_common.database import DIALECT, Connection, Executor, Statement
from todos_service.domain import AT_END, CREATED, FIELDS, PRIORITIES, PURGED, UNLIMITED, Command, Content, Quotas
from todos_service.errors import IdTaken
from todos_service.repository import usage
from todos_service.tables import feeds, todos

COLUMNS = ", ".join(column.name for column in todos.c if column.name not in {"document", "is_parent"})
CHANGING = [column.name for column in todos.c if column.name not in {"user_id", "id", "created_at", "is_parent"}]
GIVEN = (*FIELDS, "due_at")  # what a request gives; the statements make the other columns


def typed(name: str) -> str:
    """The type of a column of `todos`, without its collation."""
    return todos.c[name].type.compile(DIALECT).partition(" COLLATE")[0]


_given = attrgetter(*GIVEN)
_GIVEN = ", ".join(f"cast(:{name} as {typed(name)}) as {name}" for name in GIVEN if name != "position")


def instant(column: str) -> str:
    """An instant as it stands in JSON."""
    return f"to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def placed(position: str, version: str) -> str:
    """The column `position`: the given one, or, where that is empty, `positions.at_end` of the version."""
    end = f"chr(111 + length(cast({version} as text))) || {version}"
    return f"""coalesce(nullif(cast({position} as text), '{AT_END}'), {end}) collate "C" as position"""


# A todo as JSON: every document is made here.
DOCUMENT = f"""json_build_object(
    'id', id, 'user_id', user_id, 'title', title, 'description', description, 'completed', completed,
    'priority', (cast('{{{",".join(PRIORITIES)}}}' as text[]))[priority + 1], 'tags', tags,
    'due_date', due_date, 'due_time', to_char(due_time, 'HH24:MI'), 'due_time_zone', due_time_zone,
    'due_at', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'completed_at', {instant("completed_at")}, 'created_at', {instant("created_at")},
    'updated_at', {instant("updated_at")}, 'deleted_at', {instant("deleted_at")}, 'version', version,
    'project_id', project_id, 'parent_id', parent_id, 'position', position, 'start_date', start_date,
    'recurrence', recurrence, 'series_id', series_id, 'occurrence_date', occurrence_date,
    'reminders', reminders)::text"""

_RECORD = f"""
change as (
    insert into changes (user_id, sequence, type, todo_id, occurred_at, traceparent, data)
    select :user_id, feed.sequence, :type, todo.id, feed.now, :traceparent, cast(
        '{{"sequence":' || feed.sequence || ',"type":"' || :type || '","todo":' || todo.document
        || ',"changed":' || :changed || ',"previous":' || :previous
        || ',"occurred_at":"' || {instant("feed.now")} || '",' || :command || '}}' as json)
    from feed left join todo on true
    returning sequence
), pending as (
    insert into outbox (user_id, sequence) select :user_id, sequence from change
)
select id, version, document from todo
"""
_MORE = ("cast(:more_todos as bigint)", "cast(:more_bytes as bigint)", "cast(:more_writes as bigint)")
_NEXT = f"""
feed as (
    update feeds set sequence = sequence + 1, {usage.counted(*_MORE)}
    where user_id = :user_id and {usage.allowed(*_MORE)} returning sequence, clock_timestamp() as now
), next as (
    select *, {DOCUMENT} as document from (
        select t.user_id, t.id, {_GIVEN},
            case when :completed then coalesce(t.completed_at, feed.now) end as completed_at, t.created_at,
            feed.now as updated_at, case when :deleted then coalesce(t.deleted_at, feed.now) end as deleted_at,
            case when :deleted then coalesce(t.deleted_with, cast(:deleted_with as uuid)) end as deleted_with,
            feed.sequence as version, {placed(":position", "feed.sequence")}
        from feed join todos t on t.user_id = :user_id and t.id = :id
    ) given
)
"""
_CREATE = Statement(
    sa.text(
        f"""
        with feed as (
            insert into feeds (user_id, sequence, todos, bytes, day, writes)
            values (:user_id, 1, 1, :more_bytes, current_date, 1)
            on conflict (user_id) do update set sequence = feeds.sequence + 1, {usage.counted("1", _MORE[1], "1")}
            where {usage.allowed("1", _MORE[1], "1")}
            returning sequence, clock_timestamp() as now
        ), place as (
            select p.id from feed join projects p on p.user_id = :user_id and p.id = cast(:project_id as uuid)
            where p.deleted_at is null for share of p
        ), todo as (
            insert into todos ({COLUMNS}, document)
            select {COLUMNS}, {DOCUMENT} from (
                select cast(:user_id as uuid) as user_id, coalesce(cast(:id as uuid), uuidv7()) as id, {_GIVEN},
                    case when :completed then now end as completed_at, now as created_at, now as updated_at,
                    cast(null as timestamptz) as deleted_at, cast(null as uuid) as deleted_with,
                    sequence as version, {placed(":position", "sequence")}
                from feed
                where cast(:project_id as uuid) is null or exists (select from place)
            ) given
            returning id, version, document
        ), {_RECORD}
        """
    )
)
_CHANGE = Statement(
    sa.text(
        f"""
        with {_NEXT}, todo as (
            update todos t set {", ".join(f"{column} = next.{column}" for column in CHANGING)} from next
            where t.user_id = :user_id and t.id = :id and t.version = :expected and not (:alone and t.is_parent)
            returning t.id, t.version, t.document
        ), {_RECORD}
        """
    )
)
_PURGE = Statement(
    sa.text(
        f"""
        with {_NEXT}, todo as (
            delete from todos t using next
            where t.user_id = :user_id and t.id = :id and t.version = :expected and not (:alone and t.is_parent)
            returning t.id, next.version, next.document
        ), {_RECORD}
        """
    )
)
_LOCK = Statement(
    insert(feeds)
    .values(user_id=sa.bindparam("user_id"), sequence=0)
    .on_conflict_do_update(index_elements=[feeds.c.user_id], set_={"sequence": feeds.c.sequence})
    .returning(feeds.c.sequence, sa.func.clock_timestamp().label("now"))
)


class LostRace(Exception):
    """Another write came between reading the todo and changing it; nothing was written."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does: to a todo that was read at version `expected`, or a new one, whose id may be given.

    `changed` and `previous` are JSON. `more` is what the user has and has done more after it, as far as `quotas` allow.
    With `alone` it is not written where the todo is a parent. `deleted_with` is with what it goes to the trash. A todo
    that becomes as it was has the instants of then; only `batches.write` knows these, and content that is `UNCHANGED`.
    """

    todo_id: str | None
    type: str
    content: Content
    command: Command
    traceparent: str
    more: Quotas
    quotas: Quotas
    deleted: bool = False
    deleted_with: str | None = None
    alone: bool = False
    expected: int | None = None
    changed: str = "[]"
    previous: str = "{}"
    created_at: str | None = None
    completed_at: str | None = None
    deleted_at: str | None = None


def members(command: Command) -> str:
    """What a change's JSON says of its command."""
    return orjson.dumps({"command_id": command.id, "actor": command.actor._asdict()})[1:-1].decode()


def values(content: Content) -> dict[str, Any]:
    """The columns that `content` gives."""
    found = dict(zip(GIVEN, _given(content), strict=True))
    found["priority"] = PRIORITIES.index(content.priority)
    found["recurrence"] = orjson.dumps(content.recurrence).decode() if content.recurrence else None
    found["reminders"] = orjson.dumps(content.reminders).decode() if content.reminders else "[]"
    return found


async def write(db: Executor, user_id: str, change: Change) -> asyncpg.Record:
    """The todo after it: `id`, `version` and `document`; a purged one as it was then.

    Raises: DailyQuotaExceeded, IdTaken, LostRace, QuotaExceeded.
    """
    if change.expected is None:
        return await create(
            db, user_id, change.todo_id, change.content, change.command, change.traceparent, change.quotas
        )
    try:
        row = await (_PURGE if change.type == PURGED else _CHANGE).first(
            db,
            user_id=user_id,
            id=change.todo_id,
            type=change.type,
            deleted=change.deleted,
            deleted_with=change.deleted_with,
            alone=change.alone,
            expected=change.expected,
            changed=change.changed,
            previous=change.previous,
            more_todos=change.more.todos,
            more_bytes=change.more.bytes,
            more_writes=change.more.writes_a_day,
            command=members(change.command),
            traceparent=change.traceparent,
            **usage.limits(change.quotas),
            **values(change.content),
        )
    except asyncpg.NotNullViolationError as error:
        raise LostRace from error
    if row is None:
        await usage.check(db, user_id, change.quotas, change.more)
        raise LostRace
    return row


async def create(
    db: Executor,
    user_id: str,
    todo_id: str | None,
    content: Content,
    command: Command,
    traceparent: str,
    quotas: Quotas = UNLIMITED,
) -> asyncpg.Record:
    """The new todo: `id`, `version` and `document`.

    Raises: DailyQuotaExceeded, IdTaken, LostRace where there is no such project, QuotaExceeded.
    """
    given = {"user_id": user_id, "id": todo_id, "type": CREATED, "changed": "[]", "previous": "{}"}
    given |= values(content) | usage.limits(quotas) | {"command": members(command)}
    try:
        while True:
            row = await _CREATE.first(db, **given, more_bytes=content.size, traceparent=traceparent)
            if row:
                return row
            await usage.check(db, user_id, quotas, Quotas(1, content.size, 1))
    except asyncpg.UniqueViolationError as error:
        raise IdTaken from error
    except asyncpg.NotNullViolationError as error:
        raise LostRace from error


async def lock_feed(db: Connection, user_id: str) -> asyncpg.Record:
    """Take the user's mutex, as a write does, for the rest of the transaction: the feed's `sequence`, and `now`."""
    return await _LOCK.one(db, user_id=user_id)
