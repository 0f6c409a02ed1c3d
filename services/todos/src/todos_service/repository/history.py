"""What a user's todos were at a number of the sequence: the change log, folded.

The state of a todo holds from the change that made it until the next change of that todo. Of the states that are over,
`states` has the columns that lists ask for, with the span in which each held; it is made of the log, block by block,
behind the writes (`folds` says how far), and can be emptied at any time. What holds still is in `todos`, what is over
since the last block is folded by the statement that reads.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import asyncpg
import sqlalchemy as sa

from service_common.database import Connection, Executor, Statement
from todos_service.domain import PRIORITIES, PURGED
from todos_service.repository import lists
from todos_service.repository.lists import Page, Shape
from todos_service.repository.pages import PAGE_BYTES
from todos_service.repository.writes import typed
from todos_service.tables import states

BLOCK = 1000  # numbers that are folded at once
SECONDS = 5.0
_OF_SPAN = ("user_id", "sequence", "id", "span")
KEPT = [column.name for column in states.c if column.name not in _OF_SPAN]
_PRIORITY = f"array_position(cast('{{{','.join(PRIORITIES)}}}' as text[]), priority) - 1"
_COLUMNS = ", ".join(KEPT)
_READ = ", ".join(f"cast({_PRIORITY} as smallint) as priority" if name == "priority" else name for name in KEPT)
_TYPED = ", ".join(f"{name} {'text' if name == 'priority' else typed(name)}" for name in KEPT)
# What ended in a range of numbers: the change before each one there, of the same todo.
_ENDED = f"""
    select ended.sequence, ended.todo_id as id, after.sequence as until, {{columns}}
    from changes after cross join lateral (
        select sequence, todo_id, type, data from changes before
        where before.user_id = :user_id and before.todo_id = after.todo_id and before.sequence < after.sequence
        order by before.sequence desc limit 1
    ) ended cross join lateral json_to_record(ended.data -> 'todo') as r ({_TYPED})
    where after.user_id = :user_id and after.type like 'todo.%' and ended.type <> '{PURGED}' and {{where}}
"""
_FOLD = Statement(
    sa.text(
        f"""
        insert into states (user_id, sequence, id, span, {_COLUMNS})
        select :user_id, sequence, id, int8range(sequence, until), {_COLUMNS} from (
            {_ENDED.format(columns=_READ, where="after.sequence > :since and after.sequence <= :until")}
        ) over
        """
    ),
    30.0,
)
_BEHIND = Statement(
    sa.text(
        """
        select cast(user_id as text) as user_id from feeds left join folds using (user_id)
        where feeds.sequence - coalesce(folds.sequence, 0) >= :least limit :count
        """
    )
)
_CLAIM = Statement(
    sa.text(
        """
        with feed as (select user_id from feeds where user_id = :user_id for key share skip locked)
        insert into folds as f (user_id, sequence) select user_id, 0 from feed
        on conflict (user_id) do update set sequence = f.sequence returning sequence
        """
    )
)
_ADVANCE = Statement(sa.text("update folds set sequence = :sequence where user_id = :user_id"))
_HEADS = Statement(
    sa.text(
        """
        select coalesce((select sequence from feeds where user_id = :user_id), 0) as sequence,
            coalesce((select sequence from folds where user_id = :user_id), 0) as folded,
            (select occurred_at from changes where user_id = :user_id and sequence = :number) as occurred_at
        """
    )
)
_ONE = Statement(
    sa.text(
        """
        select type, sequence, cast(data -> 'todo' as text) as document from changes
        where user_id = :user_id and todo_id = :id and sequence <= :number order by sequence desc limit 1
        """
    )
)
_OF_KIND = """
    select distinct on (todo_id) type, cast(data -> '{kind}' as text) as document from changes
    where user_id = :user_id and type not like 'todo.%' and type like '{kind}.%' and sequence <= :number
    order by todo_id, sequence desc
"""
_ALL_OF = {kind: Statement(sa.text(_OF_KIND.format(kind=kind)), SECONDS) for kind in ("project", "filter")}
_CHANGED = Statement(
    sa.text(
        """
        select * from (
            select cast(last.data as text) as last, before.type, cast(before.data as text) as data,
                sum(octet_length(cast(last.data as text)) + coalesce(octet_length(cast(before.data as text)), 0))
                    over (order by changed.sequence) as size
            from (
                select todo_id, max(sequence) as sequence from changes
                where user_id = :user_id and sequence > :number group by todo_id limit :count
            ) changed
            join changes last on last.user_id = :user_id and last.sequence = changed.sequence
            left join lateral (
                select type, data from changes
                where user_id = :user_id and todo_id = changed.todo_id and sequence <= :number
                order by sequence desc limit 1
            ) before on true
        ) sized
        where size - octet_length(last) - coalesce(octet_length(data), 0) <= :most order by size
        """
    ),
    SECONDS,
)


async def behind(db: Executor, count: int) -> Sequence[str]:
    """Users, of all, with a block that is not folded yet."""
    return [row["user_id"] for row in await _BEHIND.all(db, least=BLOCK, count=count)]


async def fold(db: Connection, user_id: str, head: int) -> int:
    """Fold the next block of the user's changes, up to `head`; how far they are folded then.

    The feed is held against its erasure only: writes go on. One that is being erased counts as folded.
    """
    async with db.transaction():
        since = await _CLAIM.value(db, user_id=user_id)
        if since is None:
            return head
        until = min(since + BLOCK, head)
        if until > since:
            await _FOLD.execute(db, user_id=user_id, since=since, until=until)
            await _ADVANCE.execute(db, user_id=user_id, sequence=until)
        return int(max(until, since))


async def heads(db: Executor, user_id: str, number: int) -> asyncpg.Record:
    """The user's `sequence`, how far it is `folded`, and when this number was taken (`occurred_at`)."""
    return await _HEADS.one(db, user_id=user_id, number=number)


async def page(db: Executor, user_id: str, number: int, shape: Shape, count: int, values: Mapping[str, Any]) -> Page:
    """`lists.page` as it was at a number. Raises: TimeoutError."""
    row = await _statement(shape).one(db, user_id=user_id, count=count, number=number, **values)
    return number, row["documents"]


async def todo(db: Executor, user_id: str, todo_id: str, number: int) -> asyncpg.Record | None:
    """`type` and `sequence` of the todo's last change until then, and the `document` after it."""
    return await _ONE.first(db, user_id=user_id, id=todo_id, number=number)


async def every(db: Executor, user_id: str, kind: str, number: int) -> Sequence[asyncpg.Record]:
    """Of each project or filter that was ever there until then the last change: `type`, and the `document` after it."""
    return await _ALL_OF[kind].all(db, user_id=user_id, number=number)


async def changed(db: Executor, user_id: str, number: int, count: int, most: int) -> Sequence[asyncpg.Record]:
    """What has changed after a number: the `last` change of each, and the one until then, `type` and `data`, if any.

    Up to `count`, and until there are more bytes than `most`; `size` are the bytes so far.
    """
    return await _CHANGED.all(db, user_id=user_id, number=number, count=count, most=most)


@lru_cache(maxsize=lists.SHAPES)
def _statement(shape: Shape) -> Statement:
    found = f"""select user_id, id, version as sequence, {_COLUMNS} from todos
        where user_id = :user_id and version <= :number"""
    over = f"""select user_id, id, sequence, {_COLUMNS} from states
        where user_id = :user_id and span @> cast(:number as bigint)"""
    folded = "coalesce((select sequence from folds where user_id = :user_id), 0)"
    where = f"after.sequence > greatest(cast(:number as bigint), {folded}) and ended.sequence <= :number"
    ended = f"""select cast(:user_id as uuid), id, sequence, {_COLUMNS}
        from ({_ENDED.format(columns=_READ, where=where)}) ended"""
    words = ", data -> 'todo' ->> 'description' as description" if shape.words else ""
    join = "join changes using (user_id, sequence)" if shape.words else ""
    columns = ", ".join(f"held.{name}" for name in ("user_id", "id", *KEPT))
    return Statement(
        sa.text(
            f"""
            with todos as (
                select {columns}, cast(held.sequence as text) as document{words}
                from ({found} union all {over} union all {ended}) held {join}
            ), chosen as (
                select number, place from (select {lists.chosen(shape)}) list
                cross join lateral unnest(documents) with ordinality row (number, place)
            )
            select array(
                select document from (
                    select place, cast(data -> 'todo' as text) as document,
                        sum(octet_length(cast(data -> 'todo' as text))) over (
                            order by place rows between unbounded preceding and 1 preceding
                        ) as before
                    from chosen join changes on user_id = :user_id and sequence = cast(number as bigint)
                ) sized where coalesce(before, 0) < {PAGE_BYTES} order by place
            ) as documents
            """
        ),
        SECONDS,
    )
