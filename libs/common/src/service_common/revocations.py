"""Sessions that ended before their tokens expired: watched on the bus, kept in memory, checked with each token.

A value of the bucket is the time until which its revocation matters; the bucket drops it later than that. After a lost
connection a process reads the bucket again before it follows the changes, so no revocation that matters is missed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import nats.errors
import structlog
from nats.js.errors import Error as JetStreamError
from nats.js.kv import KeyValue
from prometheus_client import Gauge, Histogram

from service_common.tokens.verifier import Claims
from todobus_events import tasks
from todobus_events.bus import Bus
from todobus_events.topology import REVOCATION_SECONDS, REVOCATIONS

log = structlog.get_logger("revocations")
PREFIX = "sid."
RETRY_SECONDS = 0.5

LAG = Histogram(
    "revocation_lag_seconds",
    "Time from the end of a session to this process refusing its tokens",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, REVOCATION_SECONDS),
)
FOLLOWED = Gauge("revocations_followed", "Whether this process follows the sessions that end")


class Revocations:
    """A verifier's view of the bucket; `check` fails until it has been read once. `clock`: seconds since 1970."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.time) -> None:
        self._bus = bus
        self._clock = clock
        self._until: dict[str, float] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._synced = self._current = False
        self._task: tasks.BackgroundTask | None = None
        bus.on_connect(self._restart)
        FOLLOWED.set_function(lambda: self._current and bus.connected)

    def revoked(self, claims: Claims) -> bool:
        return claims.session_id in self._until

    def on_revoked(self, listener: Callable[[str], None]) -> None:
        """`listener` gets the id of each session that ends, as soon as it is known here."""
        self._listeners.append(listener)

    def revoke(self, session_id: str, until: float) -> bool:
        """Refuse the session's tokens from now on, in this process; returns whether that is new.

        `until` is seconds since 1970.
        """
        if session_id in self._until or until < self._clock():
            return False
        self._forget_expired()
        self._until[session_id] = until
        for listener in self._listeners:
            listener(session_id)
        return True

    async def check(self) -> None:
        """Fails until all revocations in the bucket at the start are known."""
        if not self._synced:
            raise ConnectionError("revocations not read yet")

    async def stop(self) -> None:
        await tasks.stop(self._task)

    def _forget_expired(self) -> None:
        """Drop the expired ones; they are nearly ordered by expiry, so looking at the oldest is enough."""
        now = self._clock()
        while self._until and next(iter(self._until.values())) < now:
            del self._until[next(iter(self._until))]

    async def _restart(self) -> None:
        await self.stop()
        self._task = self._bus.supervisor.start("revocations", self._follow)

    async def _follow(self) -> None:
        reported = False
        while True:
            try:
                await self._watch()
            except (nats.errors.Error, JetStreamError, TimeoutError) as error:
                if not reported:
                    log.warning("cannot read revocations, trying again", error=repr(error))
                reported = True
            await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self) -> None:
        """Read the bucket, then follow it until cancelled."""
        try:
            async with _watcher(self._bus) as entries:
                async for entry in entries:
                    if entry is None:
                        self._synced = self._current = True
                    elif entry.operation is None and entry.key.startswith(PREFIX):
                        self._received(entry.key.removeprefix(PREFIX), entry.value)
        finally:
            self._current = False

    def _received(self, session_id: str, value: bytes) -> None:
        """What was revoked before this process started has no lag."""
        try:
            until = float(value)
        except ValueError:
            log.exception("a revocation cannot be read", session=session_id)
            return
        if self.revoke(session_id, until) and self._synced:
            LAG.observe(max(0.0, self._clock() - (until - REVOCATION_SECONDS)))


@asynccontextmanager
async def _watcher(bus: Bus) -> AsyncIterator[KeyValue.KeyWatcher]:
    bucket = await bus.client.jetstream().key_value(REVOCATIONS)
    watcher = await bucket.watchall()
    try:
        yield watcher
    finally:
        if bus.connected:
            await watcher.stop()  # type: ignore[no-untyped-call]


async def publish(bus: Bus, session_id: str, until: float) -> None:
    """Make all verifiers refuse the session's tokens; returns once the bus has stored it. Only auth may publish."""
    subject = f"$KV.{REVOCATIONS}.{PREFIX}{session_id}"
    await bus.client.jetstream().publish(subject, f"{until:.3f}".encode())
