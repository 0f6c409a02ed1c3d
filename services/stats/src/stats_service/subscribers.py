"""What the service listens to: twins of the endpoints."""

from collections.abc import Sequence

from service_common import topology
from service_common.bus import Bus
from service_common.events.envelope import Event
from service_common.subscriber import Consumer
from stats_service.domain import fact
from stats_service.projector import Projector


def todo_events(bus: Bus, projector: Projector) -> Consumer:
    """Applies the todo events; any number of instances share the durable."""

    async def handle(events: Sequence[Event]) -> None:
        await projector.apply([fact(event.data) for event in events])

    return Consumer(bus, topology.TODOS, "stats", handle)
