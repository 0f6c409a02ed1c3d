"""Sessions that ended before their tokens expired: watched on the bus, kept in memory, checked with each token.

The bucket drops a revocation later than its `until`. After a lost connection a process reads the bucket again before it
follows the changes, so no revocation that matters is missed.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import NamedTuple, Self

import nats.errors
import structlog
from nats.js.errors import Error as JetStreamError
from prometheus_client import Gauge, Histogram

from service_common import bucket
from service_common.tokens.verifier import Claims
from todobus_events import tasks
from todobus_events.bus import Bus
from todobus_events.topology import REVOCATION_SECONDS, REVOCATIONS

log = structlog.get_logger("revocations")
SESSION, USER = "sid.", "sub."
RETRY_SECONDS = 0.5

LAG = Histogram(
    "revocation_lag_seconds",
    "Time from the end of a session to this process refusing its tokens",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, REVOCATION_SECONDS),
)
FOLLOWED = Gauge("revocations_followed", "Whether this process follows the sessions that end")


class Revocation(NamedTuple):
    """The end of a session (`key` is `sid.<session id>`), or of every session of a user (`sub.<user id>`).

    `until`, in seconds since 1970, is when the last of their tokens has expired. Of a user, the sessions end whose ids,
    which are UUIDv7, are lower than the UUIDv7 `before`: one that begins later in the same second does not. An
    API token is a session by itself, which ends by its own id only.
    """

    key: str
    until: float
    before: str = ""

    @classmethod
    def parse(cls, key: str, value: bytes) -> Self:
        until, _, before = value.decode().partition(" ")
        return cls(key, float(until), before)

    @property
    def value(self) -> bytes:
        return f"{self.until:.3f} {self.before}".rstrip().encode()


class Revocations:
    """A verifier's view of the bucket; `check` fails until it has been read once. `clock`: seconds since 1970."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.time) -> None:
        self._bus = bus
        self._clock = clock
        self._until: dict[str, float] = {}  # of each revocation, by the id of its session or user
        self._users: dict[str, Revocation] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._synced = self._current = False
        self._task: tasks.BackgroundTask | None = None
        bus.on_connect(self._restart)
        FOLLOWED.set_function(lambda: self._current and bus.connected)

    def revoked(self, claims: Claims) -> bool:
        if claims.session_id in self._until:
            return True
        ended = self._users.get(claims.user_id)
        return ended is not None and not claims.token_name and claims.session_id < ended.before

    def on_revoked(self, listener: Callable[[str], None]) -> None:
        """`listener` gets the id of each session that ends, or of the user whose sessions do, once it is known here."""
        self._listeners.append(listener)

    def revoke(self, revocation: Revocation) -> bool:
        """Refuse the tokens from now on, in this process; returns whether that is new."""
        identity = revocation.key.partition(".")[2]
        if revocation.until < self._clock() or not self._is_new(identity, revocation):
            return False
        self._forget_expired()
        self._until.pop(identity, None)  # so that it moves to the end
        self._until[identity] = revocation.until
        if revocation.before:
            self._users[identity] = revocation
        for listener in self._listeners:
            listener(identity)
        return True

    async def check(self) -> None:
        """Fails until all revocations in the bucket at the start are known."""
        if not self._synced:
            raise ConnectionError("revocations not read yet")

    async def stop(self) -> None:
        await tasks.stop(self._task)

    def _is_new(self, identity: str, revocation: Revocation) -> bool:
        """Of two revocations of a user the later one counts: it also ends what the earlier one did."""
        if identity not in self._until:
            return True
        known = self._users.get(identity)
        return known is not None and known.before < revocation.before

    def _forget_expired(self) -> None:
        """Drop the expired ones; they are nearly ordered by expiry, so looking at the oldest is enough."""
        now = self._clock()
        while self._until and next(iter(self._until.values())) < now:
            identity = next(iter(self._until))
            del self._until[identity]
            self._users.pop(identity, None)

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
            async with aclosing(bucket.follow(self._bus.client, REVOCATIONS)) as entries:
                async for entry in entries:
                    if entry is None:
                        self._synced = self._current = True
                    elif entry.key.startswith((SESSION, USER)):
                        self._received(entry)
        finally:
            self._current = False

    def _received(self, entry: bucket.Entry) -> None:
        """What was revoked before this process started has no lag."""
        try:
            revocation = Revocation.parse(entry.key, entry.value)
        except ValueError:
            log.exception("not a revocation", key=entry.key)
        else:
            if self.revoke(revocation) and self._synced:
                LAG.observe(max(0.0, self._clock() - (revocation.until - REVOCATION_SECONDS)))


async def publish(bus: Bus, revocation: Revocation) -> None:
    """Make all verifiers refuse the tokens; returns once the bus has stored it. Only auth may publish."""
    await bus.client.jetstream().publish(f"$KV.{REVOCATIONS}.{revocation.key}", revocation.value)
