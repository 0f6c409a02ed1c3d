"""Projects and saved filters: what a feed numbers beside todos. A user has few of them, so each list is read whole.

They are written in a transaction that holds the feed (`writes.lock_feed`), so what it has read stays true.
"""

from collections.abc import Mapping
from typing import Any, Literal

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service_common.database import Connection, Executor, Statement, named
from todos_service.domain import Quotas
from todos_service.repository import usage
from todos_service.tables import feeds, filters, projects

Kind = Literal["project", "filter"]
TABLES = {"project": projects, "filter": filters}
_user_id = sa.bindparam("user_id", type_=sa.Uuid)


def _list(table: sa.Table) -> Statement:
    return Statement(
        sa.select(feeds.c.sequence.label("head"), table)
        .select_from(feeds.outerjoin(table, table.c.user_id == feeds.c.user_id))
        .where(feeds.c.user_id == _user_id)
        .order_by(table.c.position, table.c.id)
    )


def _save(table: sa.Table) -> Statement:
    given = insert(table).values(named(*table.c.keys()))
    changing = {
        column.name: given.excluded[column.name]
        for column in table.c
        if column.name not in {"user_id", "id", "created_at"}
    }
    return Statement(given.on_conflict_do_update(index_elements=[table.c.user_id, table.c.id], set_=changing))


def _remove(table: sa.Table) -> Statement:
    return Statement(sa.delete(table).where(table.c.user_id == _user_id, table.c.id == sa.bindparam("id")))


_LIST, _SAVE, _REMOVE = ({kind: make(table) for kind, table in TABLES.items()} for make in (_list, _save, _remove))
_ONE_WRITE = ("0", "0", "1")
_RECORD = Statement(
    sa.text(
        f"""
        with feed as (
            update feeds set sequence = sequence + 1, {usage.counted(*_ONE_WRITE)}
            where user_id = :user_id and {usage.allowed(*_ONE_WRITE)} returning sequence
        ), change as (
            insert into changes (user_id, sequence, type, todo_id, occurred_at, traceparent, data)
            select :user_id, sequence, :type, :id, :occurred_at, :traceparent, cast(:data as json) from feed
        )
        insert into outbox (user_id, sequence) select :user_id, sequence from feed returning sequence
        """
    )
)


async def every(db: Executor, user_id: str, kind: Kind) -> tuple[int, list[asyncpg.Record]]:
    """The user's sequence, and all of the kind in their order, those in the trash included."""
    rows = await _LIST[kind].all(db, user_id=user_id)
    return (rows[0]["head"] if rows else 0), [row for row in rows if row["id"]]


async def save(db: Connection, user_id: str, kind: Kind, row: Mapping[str, Any]) -> None:
    """Write one, new or not, with all its columns."""
    values = {**row, "user_id": user_id}
    await _SAVE[kind].execute(db, **values | ({"query": orjson.dumps(row["query"]).decode()} if "query" in row else {}))


async def remove(db: Connection, user_id: str, kind: Kind, entity_id: str) -> None:
    await _REMOVE[kind].execute(db, user_id=user_id, id=entity_id)


async def record(db: Connection, user_id: str, quotas: Quotas, change: Mapping[str, Any]) -> None:
    """Record a change with the next number: `type`, `id`, `occurred_at`, `traceparent`, and `data` as JSON.

    Raises: DailyQuotaExceeded.
    """
    if not await _RECORD.value(db, user_id=user_id, **change, **usage.limits(quotas)):
        await usage.check(db, user_id, quotas, Quotas(writes_a_day=1))
