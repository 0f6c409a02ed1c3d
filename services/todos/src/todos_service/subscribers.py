"""What the todo service answers, reads and publishes on the bus; twins of the endpoints."""

from uuid import UUID

import asyncpg
from faststream.nats import NatsRouter

from service_common import consumer_requests, user_events
from service_common.broker import INTERNAL, declare_reply, reads
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.models import FilterEvent, ProjectEvent, TodoEvent
from todobus_events.subscriber import Consumer
from todos_service.schemas import ChangesReply, ChangesRequest, HeadsReply, HeadsRequest
from todos_service.service import changes, erasure

SERVICE = "todos"  # also the queue group of its instances and the name of their durable


def create_router(pool: asyncpg.Pool, bus: Bus) -> NatsRouter:
    router = NatsRouter()
    _declare(router)
    consumer_requests.declare(router, bus, topology.TODOS, SERVICE)

    @router.subscriber(
        topology.RPC_CHANGES, SERVICE, title="changesRequest", decoder=reads(ChangesRequest), max_workers=8
    )
    async def answer_changes(request: ChangesRequest) -> bytes:
        """Changes of a user since a sequence, or of all users."""
        if request.user_id:
            return await changes.of_user(
                pool, str(request.user_id), request.since, request.limit, events=request.events
            )
        return await changes.of_all(pool, request.after, request.limit, events=request.events)

    @router.subscriber(topology.RPC_HEADS, SERVICE, title="headsRequest", decoder=reads(HeadsRequest))
    async def answer_heads(request: HeadsRequest) -> bytes:
        """The newest sequence of each user."""
        return await changes.heads(pool, str(request.after), request.limit)

    return router


def create_user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    async def erase(user_id: UUID) -> None:
        await erasure.erase(bus, pool, str(user_id))

    return user_events.consumer(bus, SERVICE, erase=erase)


def _declare(router: NatsRouter) -> None:
    """Put into the AsyncAPI document what the relay and the consumer of user events do without FastStream."""
    router.publisher(
        topology.todo_event("{user_id}", "{verb}"),
        title="todoEvents",
        description=f"Every change of a todo. Stored in the JetStream stream {topology.TODOS}.",
        schema=TodoEvent,
    )
    for kind, schema in (("project", ProjectEvent), ("filter", FilterEvent)):
        router.publisher(
            topology.feed_event("{user_id}", f"{kind}.{{verb}}.v1"),
            title=f"{kind}Events",
            description=f"Every change of a {kind}, in one sequence with those of todos.",
            schema=schema,
        )
    router.publisher(
        topology.RELAY_WAKE,
        title="relayWake",
        description=f"An instance of the todo service has committed a change. {INTERNAL}",
    )
    declare_reply(router, "changesReply", ChangesReply)
    declare_reply(router, "headsReply", HeadsReply)
    user_events.declare(router, SERVICE)
