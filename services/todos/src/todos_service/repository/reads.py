"""Reads of one todo and of its changes: JSON comes as PostgreSQL stored it."""

from collections.abc import Sequence

import asyncpg
import sqlalchemy as sa

from service_common.database import Executor, Statement
from todos_service.repository.pages import page
from todos_service.tables import changes as log
from todos_service.tables import feeds, todos

_user_id = sa.bindparam("user_id", type_=sa.Uuid)

_SEQUENCE = Statement(sa.select(feeds.c.sequence).where(feeds.c.user_id == _user_id))
COLUMNS = (
    todos.c.id,
    todos.c.version,
    todos.c.document,
    todos.c.deleted_at.is_not(None).label("deleted"),
    todos.c.is_parent,
    todos.c.deleted_with,
)
_TODO = Statement(
    sa.select(*COLUMNS, feeds.c.sequence)
    .join_from(todos, feeds, feeds.c.user_id == todos.c.user_id)
    .where(todos.c.user_id == _user_id, todos.c.id == sa.bindparam("id"))
)
_change = sa.cast(log.c.data, sa.Text)
_HISTORY = Statement(
    page(
        sa.select(log.c.sequence, _change.label("change")).where(
            log.c.user_id == _user_id, log.c.todo_id == sa.bindparam("id"), log.c.sequence > sa.bindparam("since")
        ),
        _change,
        log.c.sequence,
    )
)


async def sequence(db: Executor, user_id: str) -> int:
    """The number of the user's last change; 0 before the first."""
    return int(await _SEQUENCE.value(db, user_id=user_id) or 0)


async def todo(db: Executor, user_id: str, todo_id: str) -> asyncpg.Record | None:
    """The columns above, and the user's `sequence`; None when there is none."""
    return await _TODO.first(db, user_id=user_id, id=todo_id)


async def history(db: Executor, user_id: str, todo_id: str, since: int, count: int) -> Sequence[asyncpg.Record]:
    """`sequence` and `change` (JSON) of the todo's changes after `since`, oldest first, and `total`: see `pages`."""
    return await _HISTORY.all(db, user_id=user_id, id=todo_id, since=since, count=count)
