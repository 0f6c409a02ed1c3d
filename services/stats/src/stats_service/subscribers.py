"""What the stats service answers, reads and publishes on the bus; twins of the endpoints."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from faststream.nats import NatsRouter

from service_common import database, user_events
from service_common.broker import INTERNAL, declare_reply, reads
from stats_service import service
from stats_service.domain import UnreadableChangeError, feed_fact
from stats_service.projection.projector import Projector
from stats_service.repository import users
from stats_service.repository.users import Preferences
from stats_service.schemas import Profile, StatsUpdated, Summary, SummaryRequest
from stats_service.service import Statistics
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event, UnreadableEventError
from todobus_events.subscriber import Consumer

SERVICE = "stats"  # also the queue group of its instances and the name of their durables
BATCH = 1000  # a large batch writes a user's counters once


def create_router(statistics: Statistics) -> NatsRouter:
    router = NatsRouter()
    _declare(router)

    @router.subscriber(
        topology.RPC_SUMMARY,
        SERVICE,
        title="summaryRequest",
        description=f"What `GET /api/stats` answers, for the gateway to push it. {INTERNAL}",
        decoder=reads(SummaryRequest),
    )
    async def answer_summary(request: SummaryRequest) -> Summary:
        preferences = await statistics.preferences(request.user_id, None, request.time_zone)
        return Summary(**await statistics.summary(request.user_id, preferences, datetime.now(UTC)))

    return router


def create_user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    async def erase(user_id: UUID) -> None:
        await service.erase(pool, user_id)

    async def save(event: Event) -> None:
        profile = Profile.model_validate(event.data["user"])
        preferences = Preferences(**profile.model_dump())
        await users.save_preferences(pool, UUID(event.user_id), event.sequence, preferences)

    return user_events.consumer(bus, SERVICE, erase=erase, save=save)


def create_todo_events(bus: Bus, projector: Projector) -> Consumer:
    """Applies the todo events, outside FastStream: docs/decisions/0009-faststream-declares-the-bus.md."""

    async def handle(events: Sequence[Event]) -> None:
        try:
            facts = [feed_fact(event.feed_id, event.data) for event in events]
        except UnreadableChangeError as error:
            raise UnreadableEventError(str(error)) from error
        await projector.apply(facts)

    return Consumer(bus, topology.TODOS, SERVICE, handle, batch=BATCH, transient=database.TRANSIENT)


def _declare(router: NatsRouter) -> None:
    """Put into the AsyncAPI document what the projection and the consumers do without FastStream."""
    router.subscriber(
        topology.todo_event("{user_id}", "{verb}"),
        SERVICE,
        title="statsTodoEvents",
        description="The stats service applies every change of a todo.",
    )
    router.publisher(
        topology.stats_updated("{user_id}"),
        title="statsUpdated",
        description=f"How far a user's projection has come, at most four times a second. {INTERNAL}",
        schema=StatsUpdated,
    )
    declare_reply(router, "summaryReply", Summary)
    user_events.declare(router, SERVICE)
