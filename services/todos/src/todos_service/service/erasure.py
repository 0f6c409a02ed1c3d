"""The erasure of a deleted user, here and on the bus."""

import asyncpg

from todobus_events import topology
from todobus_events.bus import Bus
from todos_service.repository import users


async def erase(bus: Bus, pool: asyncpg.Pool, user_id: str) -> None:
    """Delete the user's rows, then the user's events: after the rows no new event can be published.

    Raises `service_common.database.ERRORS` and `nats.errors.Error`; it may be called again.
    """
    async with pool.acquire() as db, db.transaction():
        await users.erase(db, user_id)
    await bus.client.jetstream().purge_stream(topology.TODOS, subject=topology.todo_events_of(user_id))
