"""Reads of one todo and of a user's changes: JSON comes as PostgreSQL stored it."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import text

from service_common.database import Statement
from todos_service.repository.writes import Executor

_SEQUENCE = Statement(text("select sequence from feeds where user_id = :user_id"))
_TODO = Statement(
    text(
        """
        select t.version, t.document, t.deleted_at is not null as deleted, f.sequence
        from todos t join feeds f on f.user_id = t.user_id
        where t.user_id = :user_id and t.id = :id
        """
    )
)
_CHANGES = Statement(
    text(
        """
        select coalesce((select sequence from feeds where user_id = :user_id), 0) as sequence,
            array(select c.data::text from changes c where c.user_id = :user_id and c.sequence > :since
                  order by c.sequence limit :count) as changes
        """
    )
)
_HISTORY = Statement(
    text(
        """
        select c.sequence, c.data::text as change from changes c
        where c.user_id = :user_id and c.todo_id = :id and c.sequence > :since
        order by c.sequence limit :count
        """
    )
)


async def sequence(db: Executor, user_id: str) -> int:
    """The number of the user's last change; 0 before the first."""
    return int(await _SEQUENCE.value(db, user_id=user_id) or 0)


async def todo(db: Executor, user_id: str, todo_id: str) -> asyncpg.Record | None:
    """`version`, `document`, `deleted`, and the user's `sequence`; None when there is none."""
    return await _TODO.first(db, user_id=user_id, id=todo_id)


async def changes(db: Executor, user_id: str, since: int, count: int) -> tuple[int, list[str]]:
    """The user's sequence, and the changes after `since`, as JSON."""
    row = await _CHANGES.first(db, user_id=user_id, since=since, count=count)
    assert row is not None  # noqa: S101 - the statement gives one row
    return row["sequence"], row["changes"]


async def history(db: Executor, user_id: str, todo_id: str, since: int, count: int) -> Sequence[asyncpg.Record]:
    """`sequence` and `change` (JSON) of the todo's changes after `since`, oldest first."""
    return await _HISTORY.all(db, user_id=user_id, id=todo_id, since=since, count=count)
