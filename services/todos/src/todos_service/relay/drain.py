"""Empties the outbox over one connection: reads rows, publishes them in order, deletes what the stream has stored.

A row that can never be published is set aside after some tries; any other trouble of the bus is raised and leaves
the rows where they are.
"""

import asyncio
import time
from collections.abc import Sequence

import asyncpg
import structlog
from nats.errors import MaxPayloadError
from prometheus_client import Counter, Histogram

from todobus_events.bus import Bus
from todobus_events.publishing import DUPLICATE_IN_BATCH, MAX_BATCH, Refused, publish_batch, publish_one
from todos_service.relay import outbox

log = structlog.get_logger("relay")

BATCH_ROWS = MAX_BATCH
FLUSH_SECONDS = 2.0  # well below the session's idle time-out
MAX_TRIES = 5

PUBLISHED = Counter("relay_published_total", "Events the stream has acknowledged")
DUPLICATES = Counter("relay_duplicates_total", "Events the stream had already")
ERRORS = Counter("relay_errors_total", "Tries that failed", ["kind"])
ROWS = Histogram("relay_batch_rows", "Rows of a batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))
SECONDS = Histogram("relay_batch_seconds", "Time to publish a batch", buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10))


class Drain:
    """Lives as long as the connection, which is its alone."""

    def __init__(self, connection: asyncpg.Connection, bus: Bus) -> None:
        self._connection = connection
        self._bus = bus
        self._floor = outbox.Floor()
        self._ahead: Sequence[asyncpg.Record] = ()
        self._tries: dict[int, int] = {}

    async def turn(self) -> bool:
        """Publish what a read gives; whether to read again at once."""
        rows, self._ahead = self._ahead, ()
        if not rows:
            rows = await outbox.pending(self._connection, self._floor.next(time.monotonic()), BATCH_ROWS)
        full = len(rows) == BATCH_ROWS
        for part in outbox.parts(rows):
            await self._publish(part, read_ahead=full and part[-1] is rows[-1])
        return full and not self._tries

    async def _publish(self, rows: Sequence[asyncpg.Record], *, read_ahead: bool) -> None:
        """As one atomic batch; row by row where that is refused or where nobody knows what became of it."""
        messages = [outbox.message(row) for row in rows if row["event_id"]]
        ROWS.observe(len(rows))
        with SECONDS.time():
            if len(messages) < 2:  # noqa: PLR2004 - a batch of one is a slower way to publish
                return await self._one_by_one(rows)
            reading = asyncio.create_task(self._read_on(rows[-1]["id"] if read_ahead else None))
            try:
                await publish_batch(self._bus.client, messages, observer=self._bus.observer)
            except (Refused, TimeoutError, MaxPayloadError) as error:
                count(error)
                await reading
                return await self._one_by_one(rows)
            finally:
                ahead = await reading
        PUBLISHED.inc(len(messages))
        await self._delete([row["id"] for row in rows])
        self._ahead = ahead
        return None

    async def _read_on(self, after: int | None) -> Sequence[asyncpg.Record]:
        """The next rows, while the server stores those before; none when it is time to begin at the floor."""
        if after is None or self._tries or self._floor.is_due(time.monotonic()):
            return ()
        return await outbox.pending(self._connection, after, BATCH_ROWS)

    async def _one_by_one(self, rows: Sequence[asyncpg.Record]) -> None:
        """In order; behind a row that is refused, the later ones of its user wait."""
        done: list[int] = []
        held: set[str] = set()
        flushed = time.monotonic()
        try:
            for row in rows:
                if row["owner"] in held or not await self._publish_row(row):
                    held.add(row["owner"])
                    continue
                done.append(row["id"])
                if time.monotonic() - flushed > FLUSH_SECONDS:
                    await self._delete(done)
                    done, flushed = [], time.monotonic()
        finally:
            await self._delete(done)

    async def _publish_row(self, row: asyncpg.Record) -> bool:
        """Whether the row is done with: stored, stored before, or its change erased meanwhile."""
        if not row["event_id"]:
            return True
        try:
            new = await publish_one(self._bus.client, outbox.message(row), observer=self._bus.observer)
        except (Refused, MaxPayloadError) as error:
            if isinstance(error, Refused) and not error.permanent:
                raise
            await self._count_try(row, error)
            return False
        (PUBLISHED if new else DUPLICATES).inc()
        return True

    async def _count_try(self, row: asyncpg.Record, error: Exception) -> None:
        tries = self._tries[row["id"]] = self._tries.get(row["id"], 0) + 1
        count(error)
        if tries < MAX_TRIES:
            return
        await outbox.set_aside(self._connection, row["id"], tries, repr(error))
        del self._tries[row["id"]]
        log.error("an event cannot be published", user_id=row["user_id"], sequence=row["sequence"], reason=repr(error))

    async def _delete(self, ids: Sequence[int]) -> None:
        await outbox.delete(self._connection, ids)
        for row_id in ids:
            self._tries.pop(row_id, None)
        if ids:
            self._floor.passed(max(ids))


def count(error: Exception) -> None:
    """A try that failed, by its kind."""
    kind = type(error).__name__
    if isinstance(error, Refused):
        kind = "duplicate_in_batch" if error.code == DUPLICATE_IN_BATCH else f"refused_{error.code}"
    ERRORS.labels(kind).inc()
