"""Commands: which changes a request made, who asked for it, and what undid it.

The changes of a command have numbers in a row, as its transaction holds the feed. A client that uses an id again makes
another command with it.
"""

from collections.abc import Sequence

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from todos_service.repository.writes import instant
from todos_service.tables import COMMAND_ID

# The newest change below a number, with its command, then the first one of the row of changes that ends there.
_NEXT = f"""
    select newest.sequence as last, newest.command_id, (
        select min(sequence) from (
            select sequence, row_number() over (order by sequence desc) as number from changes
            where user_id = :user_id and {COMMAND_ID} = newest.command_id and sequence <= newest.sequence
        ) row
        where sequence = newest.sequence - number + 1
    ) as first
    from (
        select sequence, {COMMAND_ID} as command_id from changes
        where user_id = :user_id and sequence < {{before}} and sequence > :since order by sequence desc limit 1
    ) newest
"""
# The last one of a chain holds, and each second one before it.
_UNDONE_BY = """
    select newest.command_id from undos mine cross join lateral (
        select place, command_id from undos where user_id = mine.user_id and root = mine.root
        order by place desc limit 1
    ) newest
    where mine.user_id = :user_id and mine.command_id = command.command_id and (newest.place - mine.place) % 2 = 1
    limit 1
"""
_IS_UNDO = "exists (select from undos u where u.user_id = :user_id and u.command_id = command.command_id and place > 0)"
_LIST = Statement(
    sa.text(
        f"""
        with recursive command as (
            {_NEXT.format(before="cast(:before as bigint)")}
            union all
            select next.* from command cross join lateral ({_NEXT.format(before="command.first")}) next
        )
        select command.command_id as id, command.first, command.last, data -> 'actor' as actor, type,
            coalesce(data -> 'todo' ->> 'title', data -> 'project' ->> 'name', data -> 'filter' ->> 'name') as name,
            {instant("occurred_at")} as occurred_at, ({_UNDONE_BY}) as undone_by, {_IS_UNDO} as is_undo
        from (select * from command limit :count) command
        join changes on changes.user_id = :user_id and changes.sequence = command.first
        order by command.last desc
        """
    )
)

_CHANGES = f"""
    select command_id, data, size from (
        select sequence, {COMMAND_ID} as command_id, cast(data as text) as data,
            sum(octet_length(cast(data as text))) over (order by sequence desc) as size
        from changes where user_id = :user_id and {{which}}
    ) chosen
    where size - octet_length(data) <= :most order by sequence desc limit :count
"""
_OF_COMMAND = Statement(sa.text(_CHANGES.format(which=f"{COMMAND_ID} = cast(:command_id as uuid)")))
_OF_ACTOR = Statement(sa.text(_CHANGES.format(which="sequence > :since and data -> 'actor' ->> 'id' = :actor_id")))
_DONE = Statement(
    sa.text(
        f"""
        select asked as id from unnest(cast(:ids as uuid[])) given (asked)
        where exists (select from changes where user_id = :user_id and {COMMAND_ID} = asked)
        """
    )
)
_MARK = Statement(
    sa.text(
        """
        with asked as (
            select id from unnest(cast(:ids as uuid[])) given (id)
        ), fresh as (
            insert into undos (user_id, root, place, command_id)
            select :user_id, id, 0, id from asked
            where not exists (select from undos u where u.user_id = :user_id and u.command_id = asked.id)
            returning root, place
        ), chain as (
            select root, place from fresh
            union all
            select u.root, max(u.place) from undos u where u.user_id = :user_id and u.root in (
                select root from undos where user_id = :user_id and command_id in (select id from asked)
            ) group by u.root
        )
        insert into undos (user_id, root, place, command_id) select :user_id, root, place + 1, :undone_by from chain
        """
    )
)


async def done(db: Executor, user_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these commands have changed anything."""
    return {str(row["id"]) for row in await _DONE.all(db, user_id=user_id, ids=ids)}


async def changes(db: Executor, user_id: str, command_id: str, count: int, most: int) -> Sequence[asyncpg.Record]:
    """A command's changes, the newest first: `command_id`, `data`, and `size`, the bytes so far.

    Up to `count`, and until there are more bytes than `most`.
    """
    return await _OF_COMMAND.all(db, user_id=user_id, command_id=command_id, count=count, most=most)


async def changes_by(
    db: Executor, user_id: str, actor_id: str, since: int, count: int, most: int
) -> Sequence[asyncpg.Record]:
    """As `changes`, what this session or token has changed after a number."""
    return await _OF_ACTOR.all(db, user_id=user_id, actor_id=actor_id, since=since, count=count, most=most)


async def mark_undone(db: Executor, user_id: str, ids: Sequence[str], undone_by: str) -> None:
    """Remember what undid these commands."""
    await _MARK.execute(db, user_id=user_id, ids=ids, undone_by=undone_by)


async def newest(db: Executor, user_id: str, before: int, since: int, count: int) -> Sequence[asyncpg.Record]:
    """Up to `count` commands, the newest first, that end below the number `before` and after `since`.

    `id`, numbers `first` and `last`, `actor` (JSON; None where it is not known), `occurred_at`, `undone_by`, `is_undo`;
    and `type` and `name` of the first change.
    """
    return await _LIST.all(db, user_id=user_id, before=before, since=since, count=count)
