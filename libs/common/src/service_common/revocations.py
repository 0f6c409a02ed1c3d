"""Sessions that ended before their tokens did: watched on the bus, kept in memory, asked at every token check.

The bucket's values say until when a revocation matters; the bucket drops them later than that. A process that was away
reads the bucket again before it follows the changes, so nothing that is still alive is ever missed.
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
FOLLOWED = Gauge("revocations_followed", "Whether this process hears of the sessions that end")


class Revocations:
    """A verifier's view of the bucket; `check` fails until it has been read once."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._until: dict[str, float] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._synced = self._current = False
        self._following: asyncio.Task[None] | None = None
        bus.on_connect(self._restart)
        FOLLOWED.set_function(lambda: self._current and bus.connected)

    def revoked(self, claims: Claims) -> bool:
        return claims.session_id in self._until

    def on_revoked(self, listener: Callable[[str], None]) -> None:
        """`listener` gets the id of each session that ends, as soon as it is known here."""
        self._listeners.append(listener)

    def revoke(self, session_id: str, until: float) -> bool:
        """Refuse the session's tokens from now on, in this process; whether that is news.

        `until` is seconds since 1970.
        """
        if session_id in self._until or until < time.time():
            return False
        self._forget_expired()
        self._until[session_id] = until
        for listener in self._listeners:
            listener(session_id)
        return True

    async def check(self) -> None:
        """Fails until every revocation that was alive at the start is known."""
        if not self._synced:
            raise ConnectionError("revocations not read yet")

    async def stop(self) -> None:
        await tasks.end(self._following)

    def _forget_expired(self) -> None:
        """They came in the order of their end, give or take some seconds: look at the oldest only."""
        now = time.time()
        while self._until and next(iter(self._until.values())) < now:
            del self._until[next(iter(self._until))]

    async def _restart(self) -> None:
        await self.stop()
        self._following = asyncio.create_task(self._follow(), name="revocations")

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
                        self._heard(entry.key.removeprefix(PREFIX), float(entry.value))
        finally:
            self._current = False

    def _heard(self, session_id: str, until: float) -> None:
        """What was revoked before this process began has no lag."""
        if self.revoke(session_id, until) and self._synced:
            LAG.observe(max(0.0, time.time() - (until - REVOCATION_SECONDS)))


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
    """Tell every verifier; returns once the bus has stored it. Only auth may."""
    subject = f"$KV.{REVOCATIONS}.{PREFIX}{session_id}"
    await bus.client.jetstream().publish(subject, f"{until:.3f}".encode())
