"""What reminders depend on, the schedule made of it, and what has fired.

The row of a user in `feeds` is locked by whoever changes or fires the user's reminders.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from notifications_service.domain import DEFAULT_MINUTES_BEFORE, KEPT_FIRED, Due, Remindable, Stored
from notifications_service.tables import (
    erasures,
    feeds,
    fired,
    notices,
    outbox,
    outbox_dead,
    preferences,
    profiles,
    push_subscriptions,
    reminders,
    test_messages,
    todos,
)
from service_common.database import Connection, Executor, Statement, ago

MOST = 500  # reminders that are fired in one transaction
_user_id = sa.bindparam("user_id", type_=sa.Uuid)
_user_ids = sa.bindparam("user_ids", type_=ARRAY(sa.Uuid))
_todo_ids = sa.bindparam("todo_ids", type_=ARRAY(sa.Uuid))
_sequences = sa.bindparam("sequences", type_=ARRAY(sa.BigInteger))


class Fired(NamedTuple):
    """A reminder that has fired; `is_late` says that it is in a digest only."""

    id: UUID
    todo_id: UUID
    reminder_id: UUID
    title: str
    due_at: datetime | None
    fire_at: datetime
    fired_at: datetime
    is_late: bool


_OPEN = Statement(
    sa.text("""
    insert into feeds (user_id)
    select u from unnest(:user_ids) as u
    where not exists (select from erasures where digest = sha256(uuid_send(u)))
    on conflict do nothing
    """).bindparams(_user_ids)
)
_LOCK = Statement(
    sa.select(feeds.c.user_id, feeds.c.position)
    .where(feeds.c.user_id == sa.any_(_user_ids))
    .order_by(feeds.c.user_id)
    .with_for_update()
)
_ADVANCE = Statement(
    sa.text("""
    update feeds set position = x.sequence from unnest(:user_ids, :sequences) as x (user_id, sequence)
    where feeds.user_id = x.user_id and feeds.position < x.sequence
    """).bindparams(_user_ids, _sequences)
)
_POSITION = Statement(sa.select(feeds.c.position).where(feeds.c.user_id == _user_id))
_BEHIND = Statement(
    sa.text("""
    select x.user_id, x.sequence from unnest(:user_ids, :sequences) as x (user_id, sequence)
    left join feeds on feeds.user_id = x.user_id
    where coalesce(feeds.position, 0) < x.sequence
        and not exists (select from erasures where digest = sha256(uuid_send(x.user_id)))
    """).bindparams(_user_ids, _sequences)
)
_REMOVE = Statement(
    sa.text("""
    with gone as (
        delete from todos t using unnest(:user_ids, :todo_ids) as x (user_id, todo_id)
        where t.user_id = x.user_id and t.todo_id = x.todo_id returning t.user_id, t.todo_id
    )
    delete from reminders r using gone where r.user_id = gone.user_id and r.todo_id = gone.todo_id
    """).bindparams(_user_ids, _todo_ids)
)
_SAVE = Statement(
    sa.text("""
    insert into todos as t (user_id, todo_id, title, due_at, has_time, reminders, armed_at)
    select user_id, todo_id, title, due_at, has_time, reminders, coalesce(armed_at, '-infinity')
    from unnest(
        :user_ids, :todo_ids, cast(:titles as text[]), cast(:due as timestamptz[]), cast(:timed as boolean[]),
        cast(:reminders as text[]), cast(:armed as timestamptz[])
    ) as x (user_id, todo_id, title, due_at, has_time, reminders, armed_at)
    on conflict (user_id, todo_id) do update set
        title = excluded.title, due_at = excluded.due_at, has_time = excluded.has_time,
        reminders = excluded.reminders, armed_at = greatest(t.armed_at, excluded.armed_at)
    """).bindparams(_user_ids, _todo_ids)
)
# What the todos of some users remind of: their own reminders, else the default of the user, which is about todos with a
# time of day. `:todo_ids` is null for all todos of the users.
_WANTED = f"""
    select t.user_id, t.todo_id, r.reminder_id, r.fire_at
    from todos t
    left join preferences p on p.user_id = t.user_id
    cross join lateral (
        select cast(own ->> 'id' as uuid), coalesce(
            cast(own ->> 'at' as timestamptz),
            t.due_at - make_interval(mins => cast(own ->> 'minutes_before_due' as int))
        )
        from jsonb_array_elements(cast(t.reminders as jsonb)) as own
        union all
        select t.todo_id, t.due_at - make_interval(
            mins => case when p.user_id is null then {DEFAULT_MINUTES_BEFORE} else p.default_minutes_before end
        )
        where t.reminders = '[]' and t.has_time
    ) as r (reminder_id, fire_at)
    where t.user_id = any(:user_ids) and (cast(:todo_ids as uuid[]) is null or t.todo_id = any(:todo_ids))
        and r.fire_at >= date_trunc('second', greatest( -- reminders are given to the second
            t.armed_at, (select at from beginning), now() - interval '{KEPT_FIRED.days} days',
            case when t.reminders = '[]' then p.updated_at end
        ))
        and not exists (
            select from fired d
            where d.user_id = t.user_id and d.reminder_id = r.reminder_id and d.fire_at = r.fire_at
        )
"""
_UNSCHEDULE = Statement(
    sa.text("""
    delete from reminders
    where user_id = any(:user_ids) and (cast(:todo_ids as uuid[]) is null or todo_id = any(:todo_ids))
    """).bindparams(_user_ids, _todo_ids)
)
_SCHEDULE = Statement(
    sa.text(f"""
    insert into reminders (user_id, todo_id, reminder_id, fire_at) {_WANTED} on conflict do nothing
    """).bindparams(_user_ids, _todo_ids)
)

_WRONG = Statement(
    sa.text(f"""
    select coalesce(r.todo_id, w.todo_id) as todo_id, r.fire_at as scheduled, w.fire_at as wanted
    from (select * from reminders where user_id = any(:user_ids)) r
    full join ({_WANTED}) w on w.todo_id = r.todo_id and w.reminder_id = r.reminder_id
    where r.fire_at is distinct from w.fire_at
    """).bindparams(_user_ids, _todo_ids)
)
_STORED = Statement(
    sa.select(
        todos.c.todo_id,
        *(todos.c[name] for name in ("title", "due_at", "has_time", "reminders")),
        sa.func.nullif(todos.c.armed_at, sa.text("timestamptz '-infinity'")).label("armed_at"),
    ).where(todos.c.user_id == _user_id)
)
_CLEAR = Statement(sa.delete(todos).where(todos.c.user_id == _user_id))
_USERS = Statement(
    sa.select(feeds.c.user_id)
    .where(feeds.c.user_id > sa.bindparam("after", type_=sa.Uuid))
    .order_by(feeds.c.user_id)
    .limit(sa.bindparam("count"))
)

_CLAIM = Statement(
    sa.text(f"""
    select user_id from feeds
    where user_id in (select user_id from reminders where fire_at <= now() order by fire_at limit {MOST})
    order by user_id for update skip locked
    """)
)
_TAKE = Statement(
    sa.text(f"""
    with due as (
        select user_id, todo_id, reminder_id from reminders
        where user_id = any(:user_ids) and fire_at <= now() order by fire_at limit {MOST}
    )
    delete from reminders r using due, todos t
    where r.user_id = due.user_id and r.todo_id = due.todo_id and r.reminder_id = due.reminder_id
        and t.user_id = r.user_id and t.todo_id = r.todo_id
    returning r.user_id, r.todo_id, r.reminder_id, r.fire_at, t.title, t.due_at, t.has_time
    """).bindparams(_user_ids)
)
_NUMBER = Statement(
    sa.text("""
    update feeds set fired = fired + x.count from unnest(:user_ids, cast(:counts as int[])) as x (user_id, count)
    where feeds.user_id = x.user_id returning feeds.user_id, feeds.fired
    """).bindparams(_user_ids)
)
_RECORD = Statement(
    sa.text("""
    insert into fired (user_id, id, todo_id, reminder_id, title, due_at, fire_at, is_late)
    select * from unnest(
        :user_ids, cast(:ids as uuid[]), :todo_ids, cast(:reminder_ids as uuid[]), cast(:titles as text[]),
        cast(:due as timestamptz[]), cast(:fire as timestamptz[]), cast(:late as boolean[])
    )
    on conflict do nothing
    """).bindparams(_user_ids, _todo_ids)
)
_PUBLISH = Statement(
    sa.text("""
    insert into outbox (event_id, user_id, type, subject, sequence, data, occurred_at)
    select *, now() from unnest(
        cast(:ids as uuid[]), :user_ids, cast(:types as text[]), cast(:subjects as uuid[]), :sequences,
        cast(:data as text[])
    )
    """).bindparams(_user_ids, _sequences)
)
_NEWEST = Statement(
    sa.select(*(fired.c[name] for name in Fired._fields))
    .where(fired.c.user_id == _user_id)
    .order_by(fired.c.fired_at.desc(), fired.c.id)
    .limit(sa.bindparam("count"))
)
_FORGET = Statement(sa.delete(fired).where(fired.c.fired_at < ago(KEPT_FIRED + KEPT_FIRED)))
_DUE_BEFORE = Statement(
    sa.text("""
    select todo_id, title, due_at, has_time from todos
    where user_id = :user_id and (due_at < :until or due_at = :until and not has_time) order by due_at, todo_id
    """).bindparams(_user_id, sa.bindparam("until", type_=sa.DateTime(timezone=True)))
)
_OPEN_TODOS = Statement(
    sa.select(todos.c.todo_id).where(todos.c.user_id == _user_id, todos.c.todo_id == sa.any_(_todo_ids))
)
_REMEMBER_ERASURE = Statement(
    sa.text("""
    insert into erasures (digest) values (sha256(uuid_send(:user_id)))
    on conflict (digest) do update set erased_at = now()
    """).bindparams(_user_id)
)
_ERASE = tuple(
    Statement(sa.delete(table).where(table.c.user_id == _user_id))
    for table in (
        feeds,
        todos,
        reminders,
        fired,
        preferences,
        profiles,
        push_subscriptions,
        test_messages,
        notices,
        outbox,
        outbox_dead,
    )
)
_FORGET_ERASURES = Statement(sa.delete(erasures).where(erasures.c.erased_at < ago(KEPT_FIRED + KEPT_FIRED)))


async def lock(connection: Connection, user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Lock the feeds, in order, and make those that are new; the position of each, without those of erased users."""
    rows = await _LOCK.all(connection, user_ids=user_ids)
    if len(rows) < len(user_ids):
        await _OPEN.execute(connection, user_ids=sorted(user_ids))
        rows = await _LOCK.all(connection, user_ids=user_ids)
    return {row["user_id"]: row["position"] for row in rows}


async def advance(connection: Connection, positions: Mapping[UUID, int]) -> None:
    await _ADVANCE.execute(connection, user_ids=list(positions), sequences=list(positions.values()))


async def position(db: Executor, user_id: UUID) -> int:
    return await _POSITION.value(db, user_id=user_id) or 0


async def behind(db: Executor, heads: Mapping[UUID, int]) -> dict[UUID, int]:
    """The users, with their heads, whose reminders have not reached their head."""
    rows = await _BEHIND.all(db, user_ids=list(heads), sequences=list(heads.values()))
    return {row["user_id"]: row["sequence"] for row in rows}


async def remove(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Todos (user, id) that nothing is reminded of any more."""
    await _REMOVE.execute(connection, user_ids=[key[0] for key in keys], todo_ids=[key[1] for key in keys])


async def save(connection: Connection, found: Sequence[Remindable]) -> None:
    """Store the todos and schedule their reminders anew; the feeds are locked."""
    users, ids = [one.user_id for one in found], [one.todo_id for one in found]
    columns: dict[str, list[Any]] = {
        "titles": [one.title for one in found],
        "due": [one.due_at for one in found],
        "timed": [one.has_time for one in found],
        "reminders": [one.reminders for one in found],
        "armed": [one.armed_at for one in found],
    }
    await _SAVE.execute(connection, user_ids=users, todo_ids=ids, **columns)
    await schedule(connection, sorted(set(users)), ids)


async def schedule(connection: Connection, user_ids: Sequence[UUID], todo_ids: Sequence[UUID] | None) -> None:
    """Make the reminders of these todos, or of all, from what they depend on; the feeds are locked."""
    await _UNSCHEDULE.execute(connection, user_ids=user_ids, todo_ids=todo_ids)
    await _SCHEDULE.execute(connection, user_ids=user_ids, todo_ids=todo_ids)


async def stored(db: Executor, user_id: UUID) -> dict[UUID, Stored]:
    """The todos that the user may be reminded of."""
    return {row["todo_id"]: Stored(*tuple(row)[1:]) for row in await _STORED.all(db, user_id=user_id)}


async def wrongly_scheduled(db: Executor, user_id: UUID) -> list[tuple[UUID, datetime | None, datetime | None]]:
    """Reminders that are not what the stored todos ask for: the todo, when it is scheduled, and when it should be."""
    return [tuple(row) for row in await _WRONG.all(db, user_ids=[user_id])]


async def replace(connection: Connection, user_id: UUID, found: Sequence[Remindable]) -> None:
    """Put these todos, and their reminders, in the place of the user's; the feed is locked."""
    await _CLEAR.execute(connection, user_id=user_id)
    if found:
        await save(connection, found)
    await schedule(connection, [user_id], None)


async def users(db: Executor, after: UUID, count: int) -> list[UUID]:
    """A page of the users who are known, in the order of their ids."""
    return [row["user_id"] for row in await _USERS.all(db, after=after, count=count)]


async def take_due(connection: Connection) -> list[Due]:
    """Take reminders whose time has come from the schedule, and lock the feeds of their users."""
    claimed = [row["user_id"] for row in await _CLAIM.all(connection)]
    return [Due(**row) for row in await _TAKE.all(connection, user_ids=claimed)] if claimed else []


async def numbers(connection: Connection, counts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Take so many numbers for events of each user; the last of each."""
    rows = await _NUMBER.all(connection, user_ids=list(counts), counts=list(counts.values()))
    return {row["user_id"]: row["fired"] for row in rows}


async def record(connection: Connection, due: Sequence[Due], now: datetime) -> None:
    """What has fired will not fire again."""
    columns: dict[str, list[Any]] = {
        "user_ids": [one.user_id for one in due],
        "ids": [one.event_id for one in due],
        "todo_ids": [one.todo_id for one in due],
        "reminder_ids": [one.reminder_id for one in due],
        "titles": [one.title for one in due],
        "due": [one.due_at for one in due],
        "fire": [one.fire_at for one in due],
        "late": [one.is_late(now) for one in due],
    }
    await _RECORD.execute(connection, **columns)


class Outgoing(NamedTuple):
    """An event to be published; `data` is JSON."""

    event_id: UUID
    user_id: UUID
    type: str
    subject: UUID
    sequence: int
    data: str


async def publish(connection: Connection, events: Iterable[Outgoing]) -> None:
    """Put events into the outbox."""
    columns = zip(*events, strict=True)
    names = ("ids", "user_ids", "types", "subjects", "sequences", "data")
    await _PUBLISH.execute(connection, **dict(zip(names, map(list, columns), strict=True)))


async def newest(db: Executor, user_id: UUID, count: int) -> list[Fired]:
    return [Fired(*row) for row in await _NEWEST.all(db, user_id=user_id, count=count)]


async def forget(db: Executor) -> None:
    """Delete what is too old to fire again."""
    await _FORGET.execute(db)
    await _FORGET_ERASURES.execute(db)


async def due_before(db: Executor, user_id: UUID, until: datetime) -> Sequence[asyncpg.Record]:
    """Open todos that are due by then, days that end then included: todo_id, title, due_at, has_time."""
    return await _DUE_BEFORE.all(db, user_id=user_id, until=until)


async def still_open(db: Executor, user_id: UUID, todo_ids: Sequence[UUID]) -> set[UUID]:
    return {row["todo_id"] for row in await _OPEN_TODOS.all(db, user_id=user_id, todo_ids=todo_ids)}


async def erase(connection: Connection, user_id: UUID) -> None:
    """Delete all rows of the user, in the caller's transaction; events that come late bring none back."""
    await lock(connection, [user_id])
    await _REMEMBER_ERASURE.execute(connection, user_id=user_id)
    for statement in _ERASE:
        await statement.execute(connection, user_id=user_id)
