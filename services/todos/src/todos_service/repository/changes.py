"""The change log as other services read it: the changes of one user, those of all users, and where each user stands."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import text

from service_common.database import Connection, Statement
from todobus_events.envelope import cloud_event

SOURCE = "/services/todos"
COLUMNS = """c.user_id::text as user_id, c.sequence, c.id::text as event_id, c.type, c.todo_id::text as todo_id,
             c.data::text as data, c.traceparent,
             to_char(c.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at"""
Executor = Connection | asyncpg.Pool

_OF_USER = Statement(
    text(
        f"""
        select f.sequence as head, {COLUMNS}
        from feeds f left join (select * from changes where user_id = :user_id and sequence > :since
                                order by sequence limit :count) c on c.user_id = f.user_id
        where f.user_id = :user_id order by c.sequence
        """
    )
)
_OF_ALL = Statement(
    text(
        f"""
        select {COLUMNS} from changes c where (c.user_id, c.sequence) > (cast(:user_id as uuid), :sequence)
        order by c.user_id, c.sequence limit :count
        """
    )
)
_HEADS = Statement(
    text(
        """
        select user_id::text as user_id, sequence from feeds where user_id > cast(:after as uuid)
        order by user_id limit :count
        """
    )
)


async def of_user(db: Executor, user_id: str, since: int, count: int) -> tuple[int, list[asyncpg.Record]]:
    """The user's sequence, and the changes after `since`, both of the same moment."""
    rows = await _OF_USER.all(db, user_id=user_id, since=since, count=count)
    return (rows[0]["head"] if rows else 0), [row for row in rows if row["event_id"]]


async def of_all(db: Executor, user_id: str, sequence: int, count: int) -> Sequence[asyncpg.Record]:
    """The changes behind that one of that user, user by user, each user's in order."""
    return await _OF_ALL.all(db, user_id=user_id, sequence=sequence, count=count)


async def heads(db: Executor, after: str, count: int) -> Sequence[asyncpg.Record]:
    """`user_id` and `sequence` of the users behind that one."""
    return await _HEADS.all(db, after=after, count=count)


def event(row: asyncpg.Record) -> bytes:
    """The event of a change, as it is published and as it is told later: the same bytes."""
    return cloud_event(
        event_id=row["event_id"],
        source=SOURCE,
        event_type=row["type"],
        subject=row["todo_id"],
        time=row["occurred_at"],
        sequence=row["sequence"],
        user_id=row["user_id"],
        traceparent=row["traceparent"],
        data=row["data"],
    )
