"""Fills gaps of the projection from the todo service's change log; `todobus_events.gaps` finds the users."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter

from service_common import database
from stats_service.domain import Fact, UnreadableChangeError, feed_fact
from stats_service.repository import projection
from todobus_events import change_log
from todobus_events.bus import Bus
from todobus_events.change_log import Page
from todobus_events.gaps import GapHealer, HeadComparison
from todobus_events.retry import TRANSIENT

log = structlog.get_logger("healing")
COOLDOWN_SECONDS = 30.0  # for a user whose gap stays: the event in it is a dead letter
AT_ONCE = 4
ERRORS = (*TRANSIENT, *database.TRANSIENT)

HEALED = Counter("projection_healed_events_total", "Events that the bus had lost and the change log had")
STUCK = Counter("projection_stuck_users_total", "Times that a gap stayed because the change in it cannot be read")


class Healer(HeadComparison):
    """`request` at any time; `apply` commits the facts of one user."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus, apply: Callable[[Sequence[Fact]], Awaitable[None]]) -> None:
        healer = GapHealer(self._fill, asyncio.Semaphore(AT_ONCE), transient=ERRORS)
        super().__init__(bus, healer, self._late, transient=ERRORS)
        self._pool = pool
        self._apply = apply
        self._not_before: dict[str, float] = {}

    def request(self, user_id: UUID, target: int) -> None:
        """Bring the user's projection to the sequence `target`, in the background."""
        if time.monotonic() >= self._not_before.get(str(user_id), 0):
            self._healer.request(str(user_id), target)

    async def _late(self, heads: Mapping[str, int]) -> Mapping[str, int]:
        now = time.monotonic()
        self._not_before = {user_id: until for user_id, until in self._not_before.items() if until > now}
        found = await projection.behind(self._pool, {UUID(user_id): head for user_id, head in heads.items()})
        return {str(user_id): head for user_id, head in found.items() if str(user_id) not in self._not_before}

    async def _fill(self, user_id: str, target: int) -> None:
        since, _ = await projection.position(self._pool, UUID(user_id))
        if since < target:
            async for page in change_log.pages(self._bus.client, user_id, since):
                await self._apply_readable(list(_readable(page)))
        as_of_sequence, newest = await projection.position(self._pool, UUID(user_id))
        if newest > as_of_sequence:
            STUCK.inc()
            self._not_before[user_id] = time.monotonic() + COOLDOWN_SECONDS

    async def _apply_readable(self, facts: Sequence[Fact]) -> None:
        """Leave out, as what cannot be read, a fact that the database refuses."""
        try:
            await self._apply(facts)
        except ERRORS:
            raise
        except Exception:
            if len(facts) < 2:  # noqa: PLR2004 - nothing to halve
                log.exception("a change cannot be applied", changes=[(str(one.user_id), one.version) for one in facts])
                return
            middle = len(facts) // 2
            await self._apply_readable(facts[:middle])
            await self._apply_readable(facts[middle:])
        else:
            HEALED.inc(len(facts))


def _readable(page: Page) -> Iterable[Fact]:
    """A change that cannot be read is left out: the gap marks the projection as incomplete."""
    for unreadable in page.unreadable:
        log.error("an event cannot be read", sequence=unreadable.sequence, error=unreadable.reason)
    for event in page.events:
        try:
            yield feed_fact(event.feed_id, event.data)
        except UnreadableChangeError as error:
            log.error("a change cannot be read", user=event.user_id, sequence=event.sequence, error=str(error))  # noqa: TRY400
