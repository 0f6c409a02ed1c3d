"""Deletes the rows of deleted users, and rows past their retention."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import sqlalchemy as sa

from service_common.database import Connection, Executor, Statement, ago
from todos_service.tables import (
    changes,
    feeds,
    filters,
    folds,
    idempotency_keys,
    merges,
    outbox,
    outbox_dead,
    projects,
    states,
    todos,
    undos,
)

SECONDS = 300.0  # for statements that delete many rows
# Every table that holds rows of a user; the feed goes last, its lock keeps other writes out until then.
TABLES = (todos, projects, filters, changes, states, folds, undos, merges, outbox, outbox_dead, idempotency_keys, feeds)
_LOCK = Statement(sa.select(feeds.c.sequence).where(feeds.c.user_id == sa.bindparam("user_id")).with_for_update())
_ERASE = [Statement(sa.delete(table).where(table.c.user_id == sa.bindparam("user_id")), SECONDS) for table in TABLES]
_DELETE_OLD_KEYS = Statement(sa.delete(idempotency_keys).where(idempotency_keys.c.created_at < ago("age")), SECONDS)
_OLD_TRASH = Statement(
    sa.select(
        sa.cast(todos.c.user_id, sa.Text).label("user_id"), sa.cast(todos.c.id, sa.Text).label("id"), todos.c.version
    )
    .where(todos.c.deleted_at < ago("age"))
    .order_by(todos.c.deleted_at)
    .limit(sa.bindparam("count"))
)


_OLD_PROJECTS = Statement(
    sa.select(
        sa.cast(projects.c.user_id, sa.Text).label("user_id"),
        sa.cast(projects.c.id, sa.Text).label("id"),
        projects.c.version,
    )
    .where(projects.c.deleted_at < ago("age"))
    .order_by(projects.c.deleted_at)
    .limit(sa.bindparam("count"))
)


async def erase(db: Connection, user_id: str) -> None:
    """Delete every row of the user; call it in a transaction."""
    await _LOCK.execute(db, user_id=user_id)
    for statement in _ERASE:
        await statement.execute(db, user_id=user_id)


async def forget_keys(db: Executor, hours: int) -> None:
    """Delete the idempotency keys of all users that are older."""
    await _DELETE_OLD_KEYS.execute(db, age=timedelta(hours=hours))


async def old_trash(db: Executor, days: int, count: int) -> Sequence[asyncpg.Record]:
    """`user_id`, `id` and `version` of todos of all users that were deleted longer ago, the oldest first."""
    return await _OLD_TRASH.all(db, age=timedelta(days=days), count=count)


async def old_projects(db: Executor, days: int, count: int) -> Sequence[asyncpg.Record]:
    """`user_id`, `id` and `version` of projects of all users that were deleted longer ago, the oldest first."""
    return await _OLD_PROJECTS.all(db, age=timedelta(days=days), count=count)
