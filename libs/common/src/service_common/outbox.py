"""A service's outbox, as its relay uses it: rows that wait to be published, in the order of their ids.

Every outbox is two tables: `outbox` with `id`, `user_id`, `sequence` and what the service needs to make an event of a
row, and `outbox_dead` with the rows that no try could publish. The service adds a row in the transaction of its write.
"""

from collections.abc import Sequence
from typing import Protocol

import asyncpg
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    extract,
    func,
    select,
    text,
)

from service_common.database import Connection, Statement
from todobus_events.publishing import Message

Row = asyncpg.Record  # not a class of our own: that would cost 2 µs an event
REASON_LENGTH = 500
WATERMARK_SECONDS = 1.0

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
_COUNTS = Statement(
    text(
        """
        select (select count(*) from (select from outbox limit 100000) o) as backlog,
               (select count(*) from outbox_dead) as dead
        """
    )
)


def dead_rows(metadata: MetaData) -> Table:
    """The table `outbox_dead`, for the `tables` of a service."""
    return Table(
        "outbox_dead",
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("user_id", Uuid, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("attempts", SmallInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("failed_at", DateTime(timezone=True), nullable=False),
    )


class Outbox(Protocol):
    """The SQL of the tables, and where their events go."""

    name: str  # of the relay's session in PostgreSQL
    lock: int  # the advisory lock of the leader: any number, the same in every process of the service
    streams: tuple[str, ...]  # those the service owns: the relay creates one that is missing
    wake_subject: str | None  # on which a stand-by tells the leader of a commit; without it the leader polls

    async def pending(self, connection: Connection, after: int, count: int) -> Sequence[Row]:
        """Up to `count` rows with an id above `after`, in the order of their ids.

        They have the columns `id`, `owner` (the user whose events keep their order), `data` (for its length), and what
        `message` needs.
        """
        ...

    def message(self, row: Row) -> Message | None:
        """The event to publish; None if nothing is left of it, as its change was erased since."""
        ...

    async def oldest(self, connection: Connection) -> float:
        """Age of the oldest row in seconds; 0 without rows."""
        ...

    async def delete(
        self,
        connection: Connection,
        ids: Sequence[int],
        position: int,  # noqa: ARG002 - for a service that remembers it
    ) -> None:
        """Delete rows that are stored in the stream, the last of them at `position` (0: none was published)."""
        await _DELETE.execute(connection, ids=ids)

    async def set_aside(self, connection: Connection, row_id: int, attempts: int, reason: str) -> None:
        """Move a row that cannot be published to the dead rows."""
        await _SET_ASIDE.execute(connection, id=row_id, attempts=attempts, reason=reason[:REASON_LENGTH])

    async def counts(self, connection: Connection) -> tuple[int, int]:
        """Rows that wait (counted up to 100,000), and dead rows."""
        row = await _COUNTS.first(connection)
        return (row["backlog"], row["dead"]) if row else (0, 0)


class StoredEvents(Outbox):
    """An outbox whose rows hold their events, with `occurred_at`; `rows` is its table."""

    def __init__(self, rows: Table) -> None:
        self._pending = Statement(
            select(rows, cast(rows.c.user_id, Text).label("owner"))
            .where(rows.c.id > bindparam("after"))
            .order_by(rows.c.id)
            .limit(bindparam("count"))
        )
        age = cast(extract("epoch", func.clock_timestamp() - rows.c.occurred_at), Double)
        self._oldest = Statement(select(age).order_by(rows.c.id).limit(1))

    async def pending(self, connection: Connection, after: int, count: int) -> Sequence[Row]:
        return await self._pending.all(connection, after=after, count=count)

    async def oldest(self, connection: Connection) -> float:
        return await self._oldest.value(connection) or 0.0


class LowWatermark:
    """The id after which the next read of the outbox begins: index entries of deleted rows are slow to skip.

    A transaction that took its id early may commit late. So the watermark trails the deleted rows by one to two
    seconds, and once a second a read begins at zero.
    """

    def __init__(self) -> None:
        self._low = self._middle = self._high = 0
        self._since = 0.0

    def is_due(self, now: float) -> bool:
        """Whether the next read begins at zero."""
        return now - self._since >= WATERMARK_SECONDS

    def next(self, now: float) -> int:
        if not self.is_due(now):
            return self._low
        self._low, self._middle, self._since = self._middle, self._high, now
        return 0

    def passed(self, row_id: int) -> None:
        """Rows up to this id were deleted."""
        self._high = max(self._high, row_id)
