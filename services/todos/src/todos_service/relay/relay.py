"""The relay: publishes the outbox, in order, from the one process that holds its lock.

The advisory lock lives on the connection that reads and deletes, so whoever has lost the lock can delete nothing; a
leader that freezes loses its session to `idle_session_timeout`. Rows are deleted once the stream has acknowledged
them: a crash in between publishes them again, and the stream drops what it has by `Nats-Msg-Id`.
"""

import asyncio
import contextlib
import time
from typing import Any

import asyncpg
import structlog
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from prometheus_client import Gauge

from service_common import database
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.jetstream import ProvisioningError, restore_stream
from todobus_events.publishing import Refused
from todos_service.relay import outbox
from todos_service.relay.drain import Drain, count

log = structlog.get_logger("relay")

LOCK = 7_205_759_401  # any number, the same in every instance
POLL_SECONDS = 0.25
TURN_SECONDS = 1.0  # how often a stand-by asks for the lock
STATE_SECONDS = 5.0
STOP_SECONDS = 10.0
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
SESSION = {"application_name": "todos-relay", "idle_session_timeout": "15s", "tcp_keepalives_idle": "5"}
BUS_ERRORS = (NatsError, TimeoutError, Refused)

LEADER = Gauge("relay_leader", "1 in the process whose relay holds the lock")
BACKLOG = Gauge("relay_backlog_rows", "Rows of the outbox that wait for the relay, counted up to 100,000")
OLDEST = Gauge("relay_oldest_seconds", "Age of the oldest row of the outbox")
DEAD = Gauge("relay_dead_rows", "Rows set aside because no try could publish them")


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
                count(error)
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
        drain = Drain(connection, self._bus)
        try:
            while not self._stopping.is_set():
                await self._report(connection)
                if not await self._turn(drain):
                    await self._wait(POLL_SECONDS)
        finally:
            self.leading = False
            for gauge in (LEADER, BACKLOG, OLDEST):
                gauge.set(0)  # the next leader knows

    async def _turn(self, drain: Drain) -> bool:
        """Whether to take another one at once."""
        if not self._bus.connected:
            await self._pause(POLL_SECONDS)  # whatever is committed meanwhile: there is nothing to read it for
            return False
        try:
            more = await drain.turn()
        except BUS_ERRORS as error:
            await self._back_off(error)
            if isinstance(error, NoRespondersError):
                await self._restore()
            return True
        self._failures = 0
        return more

    async def _report(self, connection: asyncpg.Connection) -> None:
        if time.monotonic() - self._state_at > STATE_SECONDS:
            backlog, dead, oldest = await outbox.state(connection)
            BACKLOG.set(backlog)
            DEAD.set(dead)
            OLDEST.set(oldest)
            self._state_at = time.monotonic()

    async def _back_off(self, error: Exception) -> None:
        count(error)
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
