"""The user events as the services that hold rows of users read them: profiles are kept, deleted users erased.

Auth publishes `user.deleted.v1` again until every service has confirmed, at growing intervals: a service erases and
confirms at each of these events, also when nothing is left to erase.

FastStream declares this subscriber; it runs on `Consumer`, because FastStream's pull subscriber restores no durable
that was deleted and has no dead letters (docs/decisions/0009-faststream-declares-the-bus.md).
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from faststream.nats import NatsRouter
from nats.aio.client import Client

from service_common import database
from service_common.broker import declare_dead_letters
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import Consumer

DELETED = "user.deleted.v1"
PROFILES = ("user.registered.v1", "user.updated.v1")


def declare(router: NatsRouter, service: str) -> None:
    """Put into the AsyncAPI document what `consumer` reads and publishes."""
    router.subscriber(
        topology.user_event("{user_id}", "{verb}"),
        service,
        title=f"{service}UserEvents",
        description=f"The {service} service reads every change of an account.",
    )
    router.publisher(
        topology.erased("{user_id}", "{service}"),
        title=f"{service}Erased",
        description=f"The {service} service has erased a deleted user.",
    )
    declare_dead_letters(router)


def consumer(
    bus: Bus,
    service: str,
    *,
    erase: Callable[[UUID], Awaitable[None]],
    save: Callable[[Event], Awaitable[None]] | None = None,
) -> Consumer:
    """A durable named as the service, shared by its instances.

    `erase` commits before it returns; the erasure is confirmed after it. `save` gets the events with a profile. Events
    of other types are skipped. An event that either refuses becomes a dead letter; while they fail because of the
    database or the bus, events wait.
    """

    async def handle(events: Sequence[Event]) -> None:
        for event in events:
            if event.type == DELETED:
                await erase(UUID(event.user_id))
                await confirm(bus.client, event.user_id, service)
            elif save and event.type in PROFILES:
                await save(event)

    return Consumer(bus, topology.USERS, service, handle, transient=database.TRANSIENT)


async def confirm(client: Client, user_id: object, service: str) -> None:
    """Tell auth that `service` holds no rows of the user; a lost confirmation is asked for again."""
    await client.publish(topology.erased(user_id, service))
