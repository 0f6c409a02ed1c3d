"""Erases the users who have left: their rows here and their events on the bus."""

from collections.abc import Sequence

import asyncpg

from service_common import erasure
from service_common.database import TRANSIENT
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import Consumer
from todos_service.repository import users

SERVICE = "todos"  # also the name of the durable; instances share it


def user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    async def handle(events: Sequence[Event]) -> None:
        for event in events:
            if event.type == "user.deleted.v1":
                await erase(bus, pool, event.user_id)

    return Consumer(bus, topology.USERS, SERVICE, handle, transient=TRANSIENT)


async def erase(bus: Bus, pool: asyncpg.Pool, user_id: str) -> None:
    """Rows first: after them nothing new can be published. Confirmed only when both are gone."""
    async with pool.acquire() as db, db.transaction():
        await users.erase(db, user_id)
    await bus.client.jetstream().purge_stream(topology.TODOS, subject=topology.todo_events_of(user_id))
    await erasure.confirm(bus.client, user_id, SERVICE)
