"""What the notification service reads on the bus; twins of the endpoints."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
from faststream.nats import NatsRouter

from notifications_service import schemas
from notifications_service.delivery.worker import Worker
from notifications_service.repository import schedule, webhooks
from notifications_service.schedule import apply
from notifications_service.service import erasure, reminders
from notifications_service.settings import Settings
from service_common import database, user_events
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.gaps import GapHealer, HeadComparison
from todobus_events.models import DigestEvent, ReminderEvent
from todobus_events.retry import TRANSIENT
from todobus_events.subscriber import Consumer

SERVICE = "notifications"  # also the name of its durables
BATCH = 1000
PAUSE_SECONDS = 0.1
HEAL_AT_ONCE = 4
ERRORS = (*TRANSIENT, *database.TRANSIENT)


def create_router() -> NatsRouter:
    router = NatsRouter()
    router.subscriber(
        topology.todo_event("{user_id}", "{verb}"),
        SERVICE,
        title="notificationsTodoEvents",
        description="The notification service schedules reminders, and notes how far each feed has come for webhooks.",
    )
    router.publisher(
        topology.notification_event("{user_id}", "{verb}"),
        title="notificationEvents",
        description=f"What has fired, for each user. Stored in the JetStream stream {topology.NOTIFICATIONS}.",
        schema=ReminderEvent | DigestEvent,
    )
    user_events.declare(router, SERVICE)
    return router


class Comparison(HeadComparison):
    """Finds what the bus has lost; `healer` fetches it."""

    def __init__(self, bus: Bus, pool: asyncpg.Pool, worker: Worker) -> None:
        self.healer = GapHealer(self._fill, asyncio.Semaphore(HEAL_AT_ONCE), transient=ERRORS)
        super().__init__(bus, self.healer, self._late, transient=ERRORS)
        self._pool, self._worker = pool, worker

    async def _fill(self, user_id: str, target: int) -> None:
        if await webhooks.raise_heads(self._pool, {UUID(user_id): target}):
            self._worker.wake()
        await apply.fill(self._pool, self._bus, UUID(user_id), target)

    async def _late(self, heads: Mapping[str, int]) -> Mapping[str, int]:
        known = {UUID(user_id): head for user_id, head in heads.items()}
        late = await webhooks.behind(self._pool, known) | await schedule.behind(self._pool, known)
        return {str(user_id): head for user_id, head in late.items()}


def create_todo_events(bus: Bus, pool: asyncpg.Pool, worker: Worker, comparison: Comparison) -> Consumer:
    """Schedules reminders, and notes the newest sequence of each feed: webhooks are delivered from the change log.

    Between batches it waits a moment: what comes meanwhile is one batch.
    """

    async def handle(events: Sequence[Event]) -> None:
        heads: dict[UUID, int] = {}
        for event in events:
            feed = UUID(event.feed_id)
            heads[feed] = max(event.sequence, heads.get(feed, 0))
        if await webhooks.raise_heads(pool, heads):
            worker.wake()
        for feed, target in (await apply.apply(pool, events)).items():
            comparison.healer.request(str(feed), target)
        await asyncio.sleep(PAUSE_SECONDS)

    return Consumer(bus, topology.TODOS, SERVICE, handle, batch=BATCH, transient=database.TRANSIENT)


def create_user_events(bus: Bus, pool: asyncpg.Pool, settings: Settings) -> Consumer:
    async def erase(user_id: UUID) -> None:
        await erasure.erase(bus, pool, settings, user_id)

    async def save(event: Event) -> None:
        user = schemas.Profile.model_validate(event.data["user"])
        await reminders.save_profile(pool, UUID(event.user_id), event.sequence, **user.model_dump())

    return user_events.consumer(bus, SERVICE, erase=erase, save=save)
