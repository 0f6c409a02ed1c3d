"""Finds what the bus has lost and fetches it from the todo service's change log.

A gap behind a newer event shows by itself. A lost last event does not, so heads are compared too: when the bus is
(back) there, and from time to time.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

import asyncpg
import structlog
from nats.errors import Error as NatsError
from prometheus_client import Counter

from service_common import database
from stats_service.domain import Fact, UnreadableChangeError, fact
from stats_service.repository import projection
from todobus_events import change_log, tasks
from todobus_events.bus import Bus
from todobus_events.change_log import Page

log = structlog.get_logger("healing")
PATIENCE_SECONDS = 0.2  # what is on its way through another instance arrives within this time
COMPARE_SECONDS = 30.0
RETRY_SECONDS = 1.0
COOLDOWN_SECONDS = 30.0  # for a user whose gap stays: the event in it is a dead letter
AT_ONCE = 4
TROUBLE = (*database.ERRORS, NatsError)

HEALED = Counter("projection_healed_events_total", "Events that the bus had lost and the change log had")
STUCK = Counter("projection_stuck_users_total", "Times that a gap stayed because the change in it cannot be read")


class Healer:
    """`request` at any time; one healing per user at a time, few at once."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus, apply: Callable[[Sequence[Fact]], Awaitable[None]]) -> None:
        self._pool = pool
        self._bus = bus
        self._apply = apply
        self._targets: dict[UUID, int] = {}
        self._not_before: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._compare_now = asyncio.Event()
        self._comparing: asyncio.Task[None] | None = None
        bus.on_connect(self._connected)

    async def start(self) -> None:
        self._comparing = asyncio.create_task(self._compare_for_ever(), name="compare-heads")

    async def stop(self) -> None:
        await tasks.end(self._comparing, *self._tasks)

    def request(self, user_id: UUID, target: int) -> None:
        """See to it that the user's projection reaches `target`."""
        if user_id in self._targets:
            self._targets[user_id] = max(target, self._targets[user_id])
        elif time.monotonic() >= self._not_before.get(user_id, 0):
            self._targets[user_id] = target
            task = asyncio.create_task(self._heal(user_id), name="heal")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def compare(self) -> int:
        """Request healing for every user who is behind the change log; gives their number."""
        behind = 0
        async for heads in change_log.heads(self._bus.client):
            found = await projection.behind(self._pool, {UUID(user_id): head for user_id, head in heads.items()})
            for user_id, head in found.items():
                self.request(user_id, head)
            behind += len(found)
        return behind

    async def _heal(self, user_id: UUID) -> None:
        await asyncio.sleep(PATIENCE_SECONDS)
        try:
            async with self._limit:
                await self._fetch_missing(user_id)
        except TROUBLE as error:
            log.warning("healing must wait", user=str(user_id), error=repr(error))
        finally:
            del self._targets[user_id]

    async def _fetch_missing(self, user_id: UUID) -> None:
        since, _ = await projection.position(self._pool, user_id)
        has_more = since < self._targets[user_id]
        while has_more:
            page = await change_log.page(self._bus.client, str(user_id), since)
            facts = list(_readable(page))
            await self._apply(facts)
            HEALED.inc(len(facts))
            since, has_more = page.events[-1].sequence if page.events else since, page.has_more
        as_of_sequence, newest = await projection.position(self._pool, user_id)
        if newest > as_of_sequence:
            STUCK.inc()
            self._not_before[user_id] = time.monotonic() + COOLDOWN_SECONDS

    async def _connected(self) -> None:
        self._compare_now.set()

    async def _compare_for_ever(self) -> None:
        pause = COMPARE_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._compare_now.wait()
            self._compare_now.clear()
            self._forget_cooled_down()
            pause = COMPARE_SECONDS if await self._compared() else RETRY_SECONDS

    async def _compared(self) -> bool:
        try:
            await self._bus.check()
            await self.compare()
        except TROUBLE as error:
            log.info("heads cannot be compared now", error=repr(error))
            return False
        return True

    def _forget_cooled_down(self) -> None:
        now = time.monotonic()
        self._not_before = {user_id: until for user_id, until in self._not_before.items() if until > now}


def _readable(page: Page) -> Iterable[Fact]:
    """What cannot be read leaves a gap: whoever looks sees that something is missing."""
    for event in page.events:
        try:
            yield fact(event.data)
        except UnreadableChangeError as error:
            log.error("a change cannot be read", user=event.user_id, sequence=event.sequence, error=str(error))  # noqa: TRY400
