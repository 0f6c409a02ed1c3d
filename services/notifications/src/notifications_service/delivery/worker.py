"""Delivers to the webhooks that are due: each is a cursor on its user's feed, and one process at a time moves it.

A webhook is claimed for a minute, its next changes are read from the change log, and sent one after the other; each
attempt is recorded before the next one is made, so that a crash repeats one event at most. An endpoint that fails
waits, the others do not: those that failed last have half of the places at most, a user's endpoints a share.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter as Metric
from prometheus_client import Gauge, Histogram

from notifications_service import domain, notices
from notifications_service.delivery.sender import Sender
from notifications_service.domain import Outcome, Standing, Webhook
from notifications_service.notices import WEBHOOK, News
from notifications_service.repository import webhooks
from notifications_service.repository.webhooks import Delivery
from service_common import database
from todobus_events import change_log, tasks
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.retry import TRANSIENT

log = structlog.get_logger("webhooks")

PLACES = 48  # endpoints that are delivered to at the same time by a process
FAILING_PLACES = PLACES // 2
USER_PLACES = 4
POLL_SECONDS = 1.0  # what another process has noted, and what has waited long enough
RUN_SECONDS = 15.0  # then others get the place
PAGE = 50  # changes
NO_PAUSE, IDLE_PAUSE = timedelta(0), timedelta(seconds=5)  # after a claim that came to nothing
ERRORS = (*TRANSIENT, *database.TRANSIENT)

ATTEMPTS = Metric("webhook_attempts_total", "Requests to endpoints of webhooks", ["outcome"])
DISABLED = Metric("webhook_disabled_total", "Endpoints that were disabled because they failed", ["reason"])
IN_FLIGHT = Gauge("webhook_in_flight", "Endpoints that are being delivered to")
DELAY = Histogram(
    "webhook_delay_seconds",
    "From a change to its first delivery, of endpoints that do not fail",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600),
)


class Worker:
    """`wake` it when a head has been raised in this process."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus, sender: Sender, poll_seconds: float = POLL_SECONDS) -> None:
        self._pool, self._bus, self._sender = pool, bus, sender
        self._poll_seconds = poll_seconds
        self._woken = asyncio.Event()
        self._runs: dict[asyncio.Task[None], Webhook] = {}
        self._task: tasks.BackgroundTask | None = None

    def wake(self) -> None:
        self._woken.set()

    async def start(self) -> None:
        self._task = self._bus.supervisor.start("webhooks", self._work)

    async def stop(self) -> None:
        """Break off what is under way: who claims it next sends again the one event that was not answered."""
        await tasks.stop(self._task)
        await tasks.end(*self._runs)

    async def _work(self) -> None:
        while True:
            await tasks.wait_until_set(self._woken, self._poll_seconds)
            self._woken.clear()
            if self._bus.connected:  # the change log is asked over it
                try:
                    await self._claim_due()
                except database.TRANSIENT as error:
                    log.warning("webhooks cannot be claimed now", error=repr(error))

    async def _claim_due(self) -> None:
        failing = sum(webhook.failures > 0 for webhook in self._runs.values())
        await self._claim(min(PLACES - len(self._runs), FAILING_PLACES - failing), failing=True)
        await self._claim(PLACES - len(self._runs), failing=False)

    async def _claim(self, most: int, *, failing: bool) -> None:
        if most <= 0:
            return
        claim, busy = uuid.uuid4(), Counter(webhook.user_id for webhook in self._runs.values())
        found = await webhooks.claim(self._pool, claim, failing=failing, most=most, share=USER_PLACES, busy=busy)
        for webhook in found:
            run = Run(self._pool, self._bus, self._sender, webhook, claim)
            task = self._bus.supervisor.start_once("webhook", run.deliver)
            self._runs[task] = webhook
            task.add_done_callback(self._ended)
        IN_FLIGHT.set(len(self._runs))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._runs.pop(task, None)
        IN_FLIGHT.set(len(self._runs))
        self.wake()


class Run:
    """The deliveries of one claim."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus, sender: Sender, webhook: Webhook, claim: UUID) -> None:
        self._pool, self._bus, self._sender = pool, bus, sender
        self._webhook, self._claim = webhook, claim
        self._reached = webhook.position
        self._until = time.monotonic() + RUN_SECONDS
        self._is_idle, self._stopped = True, False

    async def deliver(self) -> None:
        """Until nothing is left or something fails; a claim that an unexpected error leaves behind ends by itself."""
        newest = self._webhook.head
        try:
            newest = await self._deliver()
        except ERRORS as error:
            log.warning("a webhook waits", webhook=str(self._webhook.id), error=repr(error))
        await webhooks.release(
            self._pool, self._webhook, self._claim, self._reached, newest, IDLE_PAUSE if self._is_idle else NO_PAUSE
        )

    async def _deliver(self) -> int:
        """The newest sequence of the feed."""
        while True:
            page = await change_log.page(self._bus.client, str(self._webhook.user_id), self._reached, PAGE)
            if await self._send(page.events):
                self._advance(page.last)  # past what cannot be read
            if self._stopped or not page.has_more or time.monotonic() >= self._until:
                return page.sequence

    def _advance(self, sequence: int) -> None:
        self._is_idle = self._is_idle and sequence <= self._reached
        self._reached = max(self._reached, sequence)

    async def _send(self, events: Sequence[Event]) -> bool:
        """Whether each of the events is delivered or not wanted."""
        for event in events:
            if domain.wants(self._webhook.types, self._webhook.project_id, event.type, event.data):
                self._stopped = time.monotonic() >= self._until or not await self._attempt(event)
                if self._stopped:
                    return False
            self._advance(event.sequence)
        return True

    async def _attempt(self, event: Event) -> bool:
        """Whether it was delivered, and the webhook is still ours and stands where it stood."""
        webhook, started = self._webhook, datetime.now(UTC)
        outcome = await self._sender.deliver(webhook, event.id, event.raw)
        _count(webhook, event, outcome)
        self._is_idle = False
        standing = domain.standing_after(webhook, outcome, datetime.now(UTC))
        reached = event.sequence if outcome.is_success else self._reached
        made = attempt(event.id, event.type, event.sequence, started, outcome)
        settled = await self._settle(made, reached, standing)
        if settled is None:
            return False
        self._webhook = settled
        if standing.disabled_reason:
            DISABLED.labels(standing.disabled_reason).inc()
            log.info("a webhook is disabled", webhook=str(webhook.id), reason=standing.disabled_reason)
        return outcome.is_success

    async def _settle(self, made: Delivery, reached: int, standing: Standing) -> Webhook | None:
        """With what the user is told where the endpoint is disabled by it."""
        if standing.disabled_reason is None:
            return await webhooks.settle(self._pool, self._webhook, self._claim, made, reached, standing)
        async with self._pool.acquire() as connection, connection.transaction():
            settled = await webhooks.settle(connection, self._webhook, self._claim, made, reached, standing)
            if settled:
                content = {"url": settled.url, "reason": standing.disabled_reason}
                news = News(settled.user_id, uuid.uuid4(), WEBHOOK, content)
                await notices.put(connection, [news], datetime.now(UTC))
        return settled


def attempt(event_id: str, event_type: str, sequence: int | None, started: datetime, outcome: Outcome) -> Delivery:
    """The log's row of an attempt; the database numbers it."""
    milliseconds = round(outcome.seconds * 1000)
    told = (outcome.status, outcome.response, outcome.error)
    return Delivery(0, UUID(event_id), event_type, sequence, started, milliseconds, *told)


def _count(webhook: Webhook, event: Event, outcome: Outcome) -> None:
    kind = "delivered" if outcome.is_success else "answered" if outcome.status else "failed"
    ATTEMPTS.labels(kind).inc()
    if outcome.is_success and not webhook.failures:
        delay = datetime.now(UTC) - datetime.fromisoformat(event.time)
        DELAY.observe(max(0.0, delay.total_seconds()))
