"""What the notification service reads on the bus; twins of the endpoints."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
from faststream.nats import NatsRouter

from notifications_service.delivery.worker import Worker
from notifications_service.repository import webhooks
from service_common import database, user_events
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.gaps import GapHealer, HeadComparison
from todobus_events.retry import TRANSIENT
from todobus_events.subscriber import Consumer

SERVICE = "notifications"  # also the name of its durables
BATCH = 1000
ERRORS = (*TRANSIENT, *database.TRANSIENT)


def create_router() -> NatsRouter:
    router = NatsRouter()
    router.subscriber(
        topology.todo_event("{user_id}", "{verb}"),
        SERVICE,
        title="notificationsTodoEvents",
        description="The notification service notes how far each feed has come; webhooks are delivered from there.",
    )
    user_events.declare(router, SERVICE)
    return router


def create_todo_events(bus: Bus, pool: asyncpg.Pool, worker: Worker) -> Consumer:
    """Notes the newest sequence of each feed: what is delivered is read from the change log."""

    async def handle(events: Sequence[Event]) -> None:
        heads: dict[UUID, int] = {}
        for event in events:
            feed = UUID(event.feed_id)
            heads[feed] = max(event.sequence, heads.get(feed, 0))
        if await webhooks.raise_heads(pool, heads):
            worker.wake()

    return Consumer(bus, topology.TODOS, SERVICE, handle, batch=BATCH, transient=database.TRANSIENT)


def create_comparison(bus: Bus, pool: asyncpg.Pool, worker: Worker) -> HeadComparison:
    """Finds last events that the bus has lost."""

    async def raise_head(user_id: str, target: int) -> None:
        if await webhooks.raise_heads(pool, {UUID(user_id): target}):
            worker.wake()

    async def behind(heads: Mapping[str, int]) -> Mapping[str, int]:
        found = await webhooks.behind(pool, {UUID(user_id): head for user_id, head in heads.items()})
        return {str(user_id): head for user_id, head in found.items()}

    healer = GapHealer(raise_head, asyncio.Semaphore(1), transient=ERRORS)
    return HeadComparison(bus, healer, behind, transient=ERRORS)


def create_user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    async def erase(user_id: UUID) -> None:
        await webhooks.erase(pool, user_id)

    return user_events.consumer(bus, SERVICE, erase=erase)
