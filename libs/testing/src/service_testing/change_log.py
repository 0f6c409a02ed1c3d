"""Writes changes of any content as the todo service does: the next sequence, the change, the row of the outbox."""

import uuid
from functools import cache
from importlib import import_module
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service_common.database import Executor, Statement

GIVEN = ("type", "todo_id", "data", "traceparent")


@cache
def _append() -> Statement:
    tables: Any = import_module("todos_service.tables")
    feeds, changes, outbox = tables.feeds, tables.changes, tables.outbox
    user_id = sa.bindparam("user_id", type_=sa.Uuid)
    feed = (
        insert(feeds)
        .values(user_id=user_id, sequence=1)
        .on_conflict_do_update(index_elements=[feeds.c.user_id], set_={"sequence": feeds.c.sequence + 1})
        .returning(feeds.c.sequence)
        .cte("feed")
    )
    values = [sa.bindparam(name, type_=changes.c[name].type) for name in GIVEN]
    change = (
        sa.insert(changes)
        .from_select(
            ["user_id", "sequence", "occurred_at", *GIVEN],
            sa.select(user_id, feed.c.sequence, sa.func.now(), *values),
        )
        .returning(changes.c.sequence)
        .cte("change")
    )
    pending = sa.insert(outbox).from_select(["user_id", "sequence"], sa.select(user_id, change.c.sequence))
    return Statement(pending.returning(outbox.c.id, outbox.c.sequence))


async def append(
    db: Executor, user_id: Any, data: str, event_type: str = "todo.updated.v1", traceparent: str | None = None
) -> asyncpg.Record:
    """`id` in the outbox and `sequence` of a new change of a new todo; `data` is JSON."""
    values = {"type": event_type, "todo_id": uuid.uuid4(), "data": data, "traceparent": traceparent}
    return await _append().one(db, user_id=user_id, **values)
