"""The change log as other services read it: the changes of one user, those of all users, and each user's sequence."""

from collections.abc import Sequence

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from todobus_events.envelope import cloud_event
from todos_service.repository.pages import PAGE_BYTES, page
from todos_service.repository.writes import instant
from todos_service.tables import changes, feeds

SOURCE = "/services/todos"
_occurred_at = sa.literal_column(instant("changes.occurred_at"), sa.Text)
EVENT = (
    sa.cast(changes.c.user_id, sa.Text).label("user_id"),
    changes.c.sequence,
    sa.cast(changes.c.id, sa.Text).label("event_id"),
    changes.c.type,
    sa.cast(changes.c.todo_id, sa.Text).label("todo_id"),
    sa.cast(changes.c.data, sa.Text).label("data"),
    changes.c.traceparent,
    _occurred_at.label("occurred_at"),
)
_data = sa.cast(changes.c.data, sa.Text)
_of_user = page(
    sa.select(*EVENT).where(changes.c.user_id == sa.bindparam("user_id"), changes.c.sequence > sa.bindparam("since")),
    _data,
    changes.c.sequence,
).subquery()
_OF_USER = Statement(
    sa.select(feeds.c.sequence.label("head"), _of_user)
    .select_from(feeds.outerjoin(_of_user, sa.true()))
    .where(feeds.c.user_id == sa.bindparam("user_id"))
    .order_by(_of_user.c.sequence)
)
_OF_ALL = Statement(
    page(
        sa.select(*EVENT).where(
            sa.tuple_(changes.c.user_id, changes.c.sequence)
            > sa.tuple_(sa.bindparam("user_id", type_=sa.Uuid), sa.bindparam("sequence", type_=sa.BigInteger))
        ),
        _data,
        changes.c.user_id,
        changes.c.sequence,
    )
)
_HEADS = Statement(
    sa.select(sa.cast(feeds.c.user_id, sa.Text).label("user_id"), feeds.c.sequence)
    .where(feeds.c.user_id > sa.bindparam("after"))
    .order_by(feeds.c.user_id)
    .limit(sa.bindparam("count"))
)


async def of_user(
    db: Executor, user_id: str, since: int, count: int, most: int = PAGE_BYTES
) -> tuple[int, list[asyncpg.Record]]:
    """The user's sequence, and up to `count` changes or `most` bytes after `since`, in one snapshot."""
    rows = await _OF_USER.all(db, user_id=user_id, since=since, count=count, most=most)
    return (rows[0]["head"] if rows else 0), [row for row in rows if row["event_id"]]


async def of_all(db: Executor, user_id: str, sequence: int, count: int, most: int) -> Sequence[asyncpg.Record]:
    """Up to `count` changes of all users, or `most` bytes, after this one, user by user, each user's in order."""
    return await _OF_ALL.all(db, user_id=user_id, sequence=sequence, count=count, most=most)


async def heads(db: Executor, after: str, count: int) -> Sequence[asyncpg.Record]:
    """`user_id` and `sequence` of the users after this one."""
    return await _HEADS.all(db, after=after, count=count)


def event(row: asyncpg.Record) -> bytes:
    """The event of a change, as it is published and as a replay answers it: the same bytes."""
    return cloud_event(
        event_id=row["event_id"],
        source=SOURCE,
        event_type=row["type"],
        subject=row["todo_id"],
        time=row["occurred_at"],
        sequence=row["sequence"],
        user_id=row["user_id"],
        feed_id=row["user_id"],
        traceparent=row["traceparent"],
        data=row["data"],
    )
