"""The outbox as the relay sees it: pending rows, oldest first, joined with the changes they point at."""

from collections.abc import Iterator, Sequence

import asyncpg
import sqlalchemy as sa
from sqlalchemy import text

from service_common.database import Connection, Statement
from todobus_events import topology
from todobus_events.envelope import headers
from todobus_events.publishing import Message
from todos_service.repository import changes
from todos_service.tables import changes as log
from todos_service.tables import outbox

BATCH_BYTES = 4 * 1024 * 1024
REASON_LENGTH = 500
FLOOR_SECONDS = 1.0

_PENDING = Statement(
    sa.select(outbox.c.id, sa.cast(outbox.c.user_id, sa.Text).label("owner"), *changes.EVENT)
    .outerjoin_from(outbox, log, (log.c.user_id == outbox.c.user_id) & (log.c.sequence == outbox.c.sequence))
    .where(outbox.c.id > sa.bindparam("floor"))
    .order_by(outbox.c.id)
    .limit(sa.bindparam("count"))
)
_DELETE = Statement(text("delete from outbox where id = any(cast(:ids as bigint[]))"))
_SET_ASIDE = Statement(
    text(
        """
        with gone as (delete from outbox where id = :id returning id, user_id, sequence)
        insert into outbox_dead (id, user_id, sequence, attempts, reason, failed_at)
        select id, user_id, sequence, cast(:attempts as smallint), :reason, now() from gone
        """
    )
)
_STATE = Statement(
    text(
        """
        select (select count(*) from (select from outbox limit 100000) o) as backlog,
               (select count(*) from outbox_dead) as dead,
               coalesce((select extract(epoch from clock_timestamp() - c.occurred_at) from outbox o
                         join changes c using (user_id, sequence) order by o.id limit 1), 0)::float8 as oldest
        """
    )
)


class Floor:
    """Where the next read of the outbox begins: the entries of deleted rows are slow to skip.

    A transaction that took its id early may commit late, so the floor trails what was deleted by a second or two,
    and once a second one read begins at zero.
    """

    def __init__(self) -> None:
        self._low = self._middle = self._high = 0
        self._since = 0.0

    def is_due(self, now: float) -> bool:
        return now - self._since >= FLOOR_SECONDS

    def next(self, now: float) -> int:
        if not self.is_due(now):
            return self._low
        self._low, self._middle, self._since = self._middle, self._high, now
        return 0

    def passed(self, row_id: int) -> None:
        self._high = max(self._high, row_id)


async def pending(connection: Connection, floor: int, count: int) -> Sequence[asyncpg.Record]:
    """Rows above the floor; the columns of the change are null where it was erased since."""
    return await _PENDING.all(connection, floor=floor, count=count)


async def delete(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        await _DELETE.execute(connection, ids=ids)


async def set_aside(connection: Connection, row_id: int, attempts: int, reason: str) -> None:
    await _SET_ASIDE.execute(connection, id=row_id, attempts=attempts, reason=reason[:REASON_LENGTH])


async def state(connection: Connection) -> tuple[int, int, float]:
    """Rows waiting (counted up to 100,000), rows set aside, age in seconds of the oldest row."""
    row = await _STATE.first(connection)
    return (row["backlog"], row["dead"], row["oldest"]) if row else (0, 0, 0.0)


def message(row: asyncpg.Record) -> Message:
    verb = row["type"].split(".")[1]
    return Message(
        row["event_id"], topology.todo_event(row["user_id"], verb), changes.event(row), headers(row["traceparent"])
    )


def parts(rows: Sequence[asyncpg.Record]) -> Iterator[list[asyncpg.Record]]:
    """The rows in pieces that are no larger than the server should stage at once."""
    part: list[asyncpg.Record] = []
    size = 0
    for row in rows:
        size += len(row["data"] or "")
        if part and size > BATCH_BYTES:
            yield part
            part, size = [], len(row["data"] or "")
        part.append(row)
    if part:
        yield part
