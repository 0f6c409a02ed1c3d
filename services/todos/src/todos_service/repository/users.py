"""The rows of users who have left, and rows whose time is over."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import text

from service_common.database import Connection, Statement
from todos_service.repository.writes import Executor

# Every table that holds rows of a user; the feed goes last, its lock keeps other writes out until then.
TABLES = ("todos", "changes", "outbox", "outbox_dead", "idempotency_keys", "feeds")
_LOCK = Statement(text("select sequence from feeds where user_id = :user_id for update"))
_ERASE = [Statement(text(f"delete from {table} where user_id = :user_id")) for table in TABLES]
_FORGET_KEYS = Statement(
    text("delete from idempotency_keys where created_at < now() - make_interval(hours => cast(:hours as integer))")
)
_OLD_TRASH = Statement(
    text(
        """
        select user_id::text as user_id, id::text as id, version from todos
        where deleted_at < now() - make_interval(days => cast(:days as integer)) order by deleted_at limit :count
        """
    )
)


async def erase(db: Connection, user_id: str) -> None:
    """Delete every row of the user; call it in a transaction."""
    await _LOCK.execute(db, user_id=user_id)
    for statement in _ERASE:
        await statement.execute(db, user_id=user_id)


async def forget_keys(db: Executor, hours: int) -> None:
    """Delete the idempotency keys of all users that are older."""
    await _FORGET_KEYS.execute(db, hours=hours)


async def old_trash(db: Executor, days: int, count: int) -> Sequence[asyncpg.Record]:
    """`user_id`, `id` and `version` of todos of all users that were deleted longer ago, the oldest first."""
    return await _OLD_TRASH.all(db, days=days, count=count)
