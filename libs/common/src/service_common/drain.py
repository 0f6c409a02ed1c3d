"""Empties an outbox over one connection: reads rows, publishes them in order, deletes what the stream has stored.

A row that can never be published is set aside after MAX_TRIES; any other error of the bus is raised, and the rows that
are not stored stay. No transaction is open while the bus is asked.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence

import asyncpg
import structlog
from nats.errors import MaxPayloadError
from prometheus_client import Counter, Histogram

from service_common.outbox import LowWatermark, Outbox, Row
from todobus_events.bus import Bus
from todobus_events.publishing import DUPLICATE_IN_BATCH, Refused, publish_batch, publish_one

log = structlog.get_logger("relay")

BATCH_BYTES = 4 * 1024 * 1024
SMALLEST_BATCH = 2  # rows that arrive together are read together: docs/decisions/0033-batches-of-the-relay.md
MAX_TRIES = 5

PUBLISHED = Counter("relay_published_total", "Events the stream has acknowledged")
DUPLICATES = Counter("relay_duplicates_total", "Events the stream had already")
ERRORS = Counter("relay_errors_total", "Tries that failed", ["kind"])
ROWS = Histogram("relay_batch_rows", "Rows of a batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))
SECONDS = Histogram("relay_batch_seconds", "Time to publish a batch", buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10))


class Drain:
    """Reads and publishes as long as `connection` lives, which nothing else uses.

    What is published row by row is deleted every `flush_seconds`.
    """

    def __init__(
        self, connection: asyncpg.Connection, bus: Bus, outbox: Outbox, batch_rows: int, flush_seconds: float
    ) -> None:
        self.connection = connection
        self._bus = bus
        self._outbox = outbox
        self._batch_rows = batch_rows
        self._flush_seconds = flush_seconds
        self._watermark = LowWatermark()
        self._ahead: Sequence[Row] = ()
        self._tries: dict[int, int] = {}

    async def read(self) -> Sequence[Row]:
        """The next rows to publish."""
        rows, self._ahead = self._ahead, ()
        return rows or await self._pending(self._watermark.next(time.monotonic()))

    async def publish(self, rows: Sequence[Row]) -> bool:
        """Publish the rows and delete them; whether more are expected at once."""
        is_full = len(rows) == self._batch_rows
        for part in parts(rows):
            await self._publish(part, read_ahead=is_full and part[-1] is rows[-1])
        return is_full and not self._tries

    async def _publish(self, rows: Sequence[Row], *, read_ahead: bool) -> None:
        """As one atomic batch; row by row where that is refused or its outcome is unknown."""
        messages = [message for row in rows if (message := self._outbox.message(row))]
        ROWS.observe(len(rows))
        with SECONDS.time():
            if len(messages) < SMALLEST_BATCH:
                return await self._one_by_one(rows)
            reading = asyncio.create_task(self._read_ahead(rows[-1]["id"] if read_ahead else None))
            try:
                stored = await publish_batch(self._bus.client, messages, observer=self._bus.observer)
            except (Refused, TimeoutError, MaxPayloadError) as error:
                count(error)
                await reading
                return await self._one_by_one(rows)
            finally:
                ahead = await reading
        PUBLISHED.inc(len(messages))
        await self._delete([row["id"] for row in rows], stored.sequence)
        self._ahead = ahead
        return None

    async def _read_ahead(self, after: int | None) -> Sequence[Row]:
        """The next rows, while the server stores those before; none when the next read begins at zero."""
        if after is None or self._tries or self._watermark.is_due(time.monotonic()):
            return ()
        return await self._pending(after)

    async def _pending(self, after: int) -> Sequence[Row]:
        return await self._outbox.pending(self.connection, after, self._batch_rows)

    async def _one_by_one(self, rows: Sequence[Row]) -> None:
        """In order; after a row that is refused, the later ones of its user wait. What is stored is deleted."""
        done: list[int] = []
        held: set[str] = set()
        position, flushed = 0, time.monotonic()
        try:
            for row in rows:
                stored = None if row["owner"] in held else await self._publish_row(row)
                if stored is None:
                    held.add(row["owner"])
                    continue
                done.append(row["id"])
                position = max(position, stored)
                if time.monotonic() - flushed > self._flush_seconds:
                    await self._delete(done, position)
                    done, flushed = [], time.monotonic()
        finally:
            await self._delete(done, position)

    async def _publish_row(self, row: Row) -> int | None:
        """The row's position in the stream, 0 if its change was erased, None if the stream can never take it."""
        message = self._outbox.message(row)
        if not message:
            return 0
        try:
            stored = await publish_one(self._bus.client, message, observer=self._bus.observer)
        except (Refused, MaxPayloadError) as error:
            if isinstance(error, Refused) and not error.permanent:
                raise
            await self._count_try(row, error)
            return None
        (DUPLICATES if stored.is_duplicate else PUBLISHED).inc()
        return stored.sequence

    async def _count_try(self, row: Row, error: Exception) -> None:
        row_id = row["id"]
        tries = self._tries[row_id] = self._tries.get(row_id, 0) + 1
        count(error)
        if tries < MAX_TRIES:
            return
        await self._outbox.set_aside(self.connection, row_id, tries, repr(error))
        del self._tries[row_id]
        log.error("an event cannot be published", row=row_id, user_id=row["owner"], reason=repr(error))

    async def _delete(self, ids: Sequence[int], position: int) -> None:
        if not ids:
            return
        await self._outbox.delete(self.connection, ids, position)
        for row_id in ids:
            self._tries.pop(row_id, None)
        self._watermark.passed(max(ids))


def parts(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in pieces that are no larger than the server should stage at once."""
    part: list[Row] = []
    size = 0
    for row in rows:
        length = len(row["data"] or "")
        if part and size + length > BATCH_BYTES:
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part


def count(error: Exception) -> None:
    """Count a try that failed, by its kind."""
    kind = type(error).__name__
    if isinstance(error, Refused):
        kind = "duplicate_in_batch" if error.code == DUPLICATE_IN_BATCH else f"refused_{error.code}"
    ERRORS.labels(kind).inc()
