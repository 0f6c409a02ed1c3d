"""The relay: publishes a service's outbox, in order, from the one process that holds the outbox's lock.

The advisory lock is held by the connection that reads and deletes, so a process that has lost the lock can delete
nothing; the session of a leader that freezes is ended by `idle_session_timeout`. Rows are deleted once the stream has
acknowledged them: after a crash in between they are published again, and the stream drops them by `Nats-Msg-Id`.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js.errors import NoStreamResponseError
from prometheus_client import Gauge

from service_common import database
from service_common.drain import Drain, count
from service_common.outbox import Outbox
from todobus_events.bus import Bus
from todobus_events.jetstream import ProvisioningError, restore_stream
from todobus_events.publishing import MAX_BATCH, Refused
from todobus_events.tasks import BackgroundTask, wait_until_set

log = structlog.get_logger("relay")

BUS_ERRORS = (NatsError, TimeoutError, Refused, ProvisioningError)
NO_STREAM = (NoRespondersError, NoStreamResponseError)

LEADER = Gauge("relay_leader", "1 in the process whose relay holds the lock")
BACKLOG = Gauge(
    "relay_backlog_rows", "Rows of the outbox that wait, counted up to 100,000; NaN: unknown, this relay does not lead"
)
OLDEST = Gauge("relay_oldest_seconds", "Age of the oldest row of the outbox; NaN: unknown, this relay does not lead")
DEAD = Gauge("relay_dead_rows", "Rows set aside because no try could publish them")


@dataclass(frozen=True)
class Timing:
    """How long the relay waits for what. A leader uses its session well within `idle_session_seconds`."""

    poll_seconds: float = 0.25  # between two reads of an empty outbox
    spacing_seconds: float = 0.01  # between two reads in any case: what is committed meanwhile shares a batch
    turn_seconds: float = 1.0  # between two tries of a stand-by to get the lock
    backoff_seconds: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0)  # after an error of the bus, by their number
    flush_seconds: float = 2.0  # between two deletes of rows that are published one by one
    report_seconds: float = 5.0  # between two updates of the gauges
    check_seconds: float = 30.0  # between two calls of `Hooks.before_publishing` while nothing waits
    restore_seconds: float = 5.0  # to look for the streams
    idle_session_seconds: float = 15.0  # until PostgreSQL ends the session of a leader that is frozen
    stop_seconds: float = 10.0  # to finish the batch that is published


class Hooks:
    """What a service adds to its relay. An error of the bus is retried as one of publishing is."""

    async def restored(self) -> None:
        """The leader has (re)connected: the streams exist, and may have lost what they held."""

    async def each_turn(self) -> None:
        """Called in every process that is connected to the bus, at least every `turn_seconds`."""

    async def before_publishing(self, _: asyncpg.Connection) -> bool:
        """Whether rows were added to the outbox; called by the leader, also every `check_seconds`."""
        return False


class Relay:
    """Runs in every process of the service; one of them leads.

    `wake` it after each commit. At most `batch_rows` are published as one batch.
    """

    def __init__(
        self,
        database_url: str,
        bus: Bus,
        outbox: Outbox,
        replicas: int = 1,
        *,
        hooks: Hooks | None = None,
        timing: Timing | None = None,
        batch_rows: int = MAX_BATCH,
    ) -> None:
        self.leading = False
        self._database_url = database_url
        self._bus = bus
        self._outbox = outbox
        self._replicas = replicas
        self._woken = asyncio.Event()
        self._hooks = hooks or Hooks()
        self._timing = timing or Timing()
        self._batch_rows = batch_rows
        self._stopping = asyncio.Event()
        self._task: BackgroundTask | None = None
        self._is_subscribed = False
        self._needs_restore = True
        self._failures = 0
        self._report_at = self._check_at = 0.0

    def wake(self) -> None:
        """Something was committed: publish it now rather than at the next poll."""
        self._woken.set()

    async def start(self) -> None:
        for gauge in (BACKLOG, OLDEST):
            gauge.set(math.nan)
        self._bus.on_connect(self._connected)
        self._task = self._bus.supervisor.start("relay", self._run)

    async def stop(self) -> None:
        """Finish the batch that is published, then release the lock."""
        self._stopping.set()
        self.wake()
        if self._task:
            await self._task.finish(self._timing.stop_seconds)

    async def _connected(self) -> None:
        if self._outbox.wake_subject and not self._is_subscribed:
            self._is_subscribed = True
            await self._bus.client.subscribe(self._outbox.wake_subject, cb=self._pinged)
        self._needs_restore = True
        self.wake()

    async def _pinged(self, _: Any) -> None:
        if self.leading:
            self.wake()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._session()
            except (*database.TRANSIENT, *BUS_ERRORS) as error:
                count(error)
                log.warning("the relay lost its session, it starts again", error=repr(error))
                await wait_until_set(self._stopping, self._timing.turn_seconds)

    async def _session(self) -> None:
        settings = {
            "application_name": self._outbox.name,
            "idle_session_timeout": f"{self._timing.idle_session_seconds * 1000:.0f}ms",
            "tcp_keepalives_idle": "5",
            "synchronous_commit": "off",  # a delete that a crash undoes is published again, and dropped as above
        }
        connection = await asyncpg.connect(self._database_url, timeout=5, command_timeout=30, server_settings=settings)
        try:
            while not self._stopping.is_set():
                if await connection.fetchval("select pg_try_advisory_lock($1)", self._outbox.lock):
                    await self._lead(connection)
                else:
                    await self._stand_by()
        finally:
            await connection.close(timeout=5)

    async def _stand_by(self) -> None:
        """Tell the leader what is committed here, until it is time to ask for the lock again."""
        end = time.monotonic() + self._timing.turn_seconds
        while (left := end - time.monotonic()) > 0 and not self._stopping.is_set():
            is_woken = await self._wait(left)
            if self._bus.connected:
                await self._hooks.each_turn()
                if is_woken and self._outbox.wake_subject:
                    await self._bus.client.publish(self._outbox.wake_subject)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        log.info("this relay leads")
        self.leading = True
        LEADER.set(1)
        drain = Drain(connection, self._bus, self._outbox, self._batch_rows, self._timing.flush_seconds)
        try:
            while not self._stopping.is_set():
                await self._report(connection)
                began = time.monotonic()
                if not await self._turn(drain):
                    await self._wait(self._timing.poll_seconds)
                    await self._space(began)
        finally:
            self.leading = False
            LEADER.set(0)
            for gauge in (BACKLOG, OLDEST):
                gauge.set(math.nan)  # the leader reports them
            self._report_at = 0.0

    async def _turn(self, drain: Drain) -> bool:
        """Whether to take another one at once."""
        if not self._bus.connected:  # without a read per commit: nothing could be published
            await wait_until_set(self._stopping, self._timing.backoff_seconds[0])
            return False
        try:
            if self._needs_restore:
                await self._restore()
            await self._hooks.each_turn()
            more = await self._publish(drain)
        except BUS_ERRORS as error:
            await self._back_off(error)
            self._needs_restore |= isinstance(error, NO_STREAM)
            return True
        self._failures = 0
        return more

    async def _publish(self, drain: Drain) -> bool:
        rows = await drain.read()
        is_added = False
        if rows or time.monotonic() >= self._check_at:
            is_added = await self._hooks.before_publishing(drain.connection)
            self._check_at = time.monotonic() + self._timing.check_seconds
        return await drain.publish(rows) or is_added

    async def _restore(self) -> None:
        """Create the streams that were lost with the server's store; after an error try again at the next turn."""
        self._needs_restore = False
        try:
            async with asyncio.timeout(self._timing.restore_seconds):
                for stream in self._outbox.streams:
                    await restore_stream(self._bus.client, stream, self._replicas)
        except (NatsError, TimeoutError, ProvisioningError) as error:
            self._needs_restore = True
            log.warning("the streams could not be checked", error=repr(error))
        else:
            self._check_at = 0.0
            await self._hooks.restored()

    async def _report(self, connection: asyncpg.Connection) -> None:
        if time.monotonic() >= self._report_at:
            backlog, dead = await self._outbox.counts(connection)
            BACKLOG.set(backlog)
            DEAD.set(dead)
            OLDEST.set(await self._outbox.oldest(connection))
            self._report_at = time.monotonic() + self._timing.report_seconds

    async def _back_off(self, error: Exception) -> None:
        count(error)
        pauses = self._timing.backoff_seconds
        pause = pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        log.warning("events could not be published", error=repr(error), failures=self._failures)
        await wait_until_set(self._stopping, pause)

    async def _space(self, began: float) -> None:
        """Under load, let rows come together: a batch costs the bus and its readers more than a row."""
        left = began + self._timing.spacing_seconds - time.monotonic()
        if left > 0:
            await wait_until_set(self._stopping, left)
            self._woken.clear()  # the next read sees what was committed until now

    async def _wait(self, seconds: float) -> bool:
        """Wait until something is committed, `seconds` at most; whether it was."""
        is_woken = await wait_until_set(self._woken, seconds)
        self._woken.clear()
        return is_woken
