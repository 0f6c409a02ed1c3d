"""The relay: publishes the outbox, in order, from the one process that holds its lock.

The advisory lock lives on the connection that reads and deletes, so whoever has lost the lock can delete nothing; a
leader that freezes loses its session to `idle_session_timeout`. Rows are deleted once the stream has acknowledged
them: a crash in between publishes them again, and the stream drops what it has by `Nats-Msg-Id`.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError, NoRespondersError
from prometheus_client import Counter, Gauge, Histogram

from service_common import database, topology
from service_common.bus import Bus
from service_common.provisioning import ProvisioningError, restore_stream
from service_common.publishing import DUPLICATE_IN_BATCH, Refused, publish_batch, publish_one
from todos_service import outbox

log = structlog.get_logger("relay")

LOCK = 7_205_759_401  # any number, the same in every instance
BATCH_ROWS = 500
POLL_SECONDS = 0.25
TURN_SECONDS = 1.0  # how often a stand-by asks for the lock
STATE_SECONDS = 5.0
FLUSH_SECONDS = 2.0  # well below the session's idle time-out
STOP_SECONDS = 10.0
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
MAX_TRIES = 5
SESSION = {"application_name": "todos-relay", "idle_session_timeout": "15s", "tcp_keepalives_idle": "5"}
BUS_ERRORS = (NatsError, TimeoutError, Refused)

LEADER = Gauge("relay_leader", "1 in the process whose relay holds the lock")
BACKLOG = Gauge("relay_backlog_rows", "Rows of the outbox that wait for the relay, counted up to 100,000")
OLDEST = Gauge("relay_oldest_seconds", "Age of the oldest row of the outbox")
DEAD = Gauge("relay_dead_rows", "Rows set aside because no try could publish them")
PUBLISHED = Counter("relay_published_total", "Events the stream has acknowledged")
DUPLICATES = Counter("relay_duplicates_total", "Events the stream had already")
ERRORS = Counter("relay_errors_total", "Tries that failed", ["kind"])
ROWS = Histogram("relay_batch_rows", "Rows of a batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500))
SECONDS = Histogram("relay_batch_seconds", "Time to publish a batch", buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10))


class Relay:
    """Runs in every process of the service; one of them leads."""

    def __init__(self, database_url: str, bus: Bus, replicas: int = 1) -> None:
        self.leading = False
        self._database_url = database_url
        self._bus = bus
        self._replicas = replicas
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._listening = False
        self._floor = outbox.Floor()
        self._tries: dict[int, int] = {}
        self._failures = 0
        self._state_at = 0.0

    def wake(self) -> None:
        """Something was committed: publish it now rather than at the next poll."""
        self._woken.set()

    async def start(self) -> None:
        self._bus.on_connect(self._connected)
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Finish the batch that is under way, then give the lock back."""
        self._stopping.set()
        self.wake()
        if self._task:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, STOP_SECONDS)

    async def _connected(self) -> None:
        if not self._listening:
            self._listening = True
            await self._bus.client.subscribe(topology.RELAY_WAKE, cb=self._pinged)
        await self._restore()
        self.wake()

    async def _restore(self) -> None:
        """The stream may have been lost with its server's store; whoever cannot tell now is asked again."""
        try:
            await restore_stream(self._bus.client, topology.TODOS, self._replicas)
        except (ProvisioningError, NatsError, TimeoutError) as error:
            log.warning("the stream could not be looked for", error=repr(error))

    async def _pinged(self, _: Any) -> None:
        if self.leading:
            self.wake()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._session()
            except database.ERRORS as error:
                ERRORS.labels("database").inc()
                log.warning("the relay has no database", error=repr(error))
                await self._pause(TURN_SECONDS)

    async def _session(self) -> None:
        connection = await asyncpg.connect(self._database_url, timeout=5, command_timeout=30, server_settings=SESSION)
        try:
            while not self._stopping.is_set():
                if await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                    await self._lead(connection)
                else:
                    await self._stand_by()
        finally:
            await connection.close(timeout=5)

    async def _stand_by(self) -> None:
        """Tell the leader what was committed here, until it is time to ask for the lock again."""
        end = time.monotonic() + TURN_SECONDS
        while (left := end - time.monotonic()) > 0 and not self._stopping.is_set():
            if await self._wait(left) and self._bus.connected:
                await self._bus.client.publish(topology.RELAY_WAKE)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        log.info("this relay leads")
        self.leading = True
        LEADER.set(1)
        try:
            while not self._stopping.is_set():
                await self._report(connection)
                if not await self._turn(connection):
                    await self._wait(POLL_SECONDS)
        finally:
            self.leading = False
            for gauge in (LEADER, BACKLOG, OLDEST):
                gauge.set(0)  # the next leader knows

    async def _turn(self, connection: asyncpg.Connection) -> bool:
        """Publish what a read gives; whether to read again at once."""
        if not self._bus.connected:
            await self._pause(POLL_SECONDS)  # whatever is committed meanwhile: there is nothing to read it for
            return False
        rows = await outbox.pending(connection, self._floor.next(time.monotonic()), BATCH_ROWS)
        if not rows:
            return False
        try:
            for part in outbox.parts(rows):
                await self._publish(connection, part)
        except BUS_ERRORS as error:
            await self._back_off(error)
            if isinstance(error, NoRespondersError):
                await self._restore()
            return True
        self._failures = 0
        return len(rows) == BATCH_ROWS and not self._tries

    async def _publish(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        """As one atomic batch; row by row where that is refused or where nobody knows what became of it."""
        messages = [outbox.message(row) for row in rows if row["event_id"]]
        ROWS.observe(len(rows))
        with SECONDS.time():
            if len(messages) < 2:  # noqa: PLR2004 - a batch of one is a slower way to publish
                return await self._one_by_one(connection, rows)
            try:
                await publish_batch(self._bus.client, messages)
            except (Refused, TimeoutError, MaxPayloadError) as error:
                ERRORS.labels(_kind(error)).inc()
                return await self._one_by_one(connection, rows)
        PUBLISHED.inc(len(messages))
        await self._delete(connection, [row["id"] for row in rows])
        return None

    async def _one_by_one(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        """In order; behind a row that is refused, the later ones of its user wait."""
        done: list[int] = []
        held: set[str] = set()
        flushed = time.monotonic()
        try:
            for row in rows:
                if row["owner"] in held or not await self._publish_row(connection, row):
                    held.add(row["owner"])
                    continue
                done.append(row["id"])
                if time.monotonic() - flushed > FLUSH_SECONDS:
                    await self._delete(connection, done)
                    done, flushed = [], time.monotonic()
        finally:
            await self._delete(connection, done)

    async def _publish_row(self, connection: asyncpg.Connection, row: asyncpg.Record) -> bool:
        """Whether the row is done with: stored, stored before, or its change erased meanwhile."""
        if not row["event_id"]:
            return True
        try:
            new = await publish_one(self._bus.client, outbox.message(row))
        except (Refused, MaxPayloadError) as error:
            if isinstance(error, Refused) and not error.permanent:
                raise
            await self._count_try(connection, row, error)
            return False
        (PUBLISHED if new else DUPLICATES).inc()
        return True

    async def _count_try(self, connection: asyncpg.Connection, row: asyncpg.Record, error: Exception) -> None:
        tries = self._tries[row["id"]] = self._tries.get(row["id"], 0) + 1
        ERRORS.labels(_kind(error)).inc()
        if tries < MAX_TRIES:
            return
        await outbox.set_aside(connection, row["id"], tries, repr(error))
        del self._tries[row["id"]]
        log.error("an event cannot be published", user_id=row["user_id"], sequence=row["sequence"], reason=repr(error))

    async def _delete(self, connection: asyncpg.Connection, ids: Sequence[int]) -> None:
        await outbox.delete(connection, ids)
        for row_id in ids:
            self._tries.pop(row_id, None)
        if ids:
            self._floor.passed(max(ids))

    async def _report(self, connection: asyncpg.Connection) -> None:
        if time.monotonic() - self._state_at > STATE_SECONDS:
            backlog, dead, oldest = await outbox.state(connection)
            BACKLOG.set(backlog)
            DEAD.set(dead)
            OLDEST.set(oldest)
            self._state_at = time.monotonic()

    async def _back_off(self, error: Exception) -> None:
        ERRORS.labels(_kind(error)).inc()
        pause = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS) - 1)]
        self._failures += 1
        log.warning("the bus does not take events", error=repr(error), failures=self._failures)
        await self._pause(pause)

    async def _wait(self, seconds: float) -> bool:
        """Whether it was woken before the time was over."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _kind(error: Exception) -> str:
    if isinstance(error, Refused):
        return "duplicate_in_batch" if error.code == DUPLICATE_IN_BATCH else f"refused_{error.code}"
    return type(error).__name__
