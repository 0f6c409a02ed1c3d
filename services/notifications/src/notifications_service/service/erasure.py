"""The erasure of a deleted user, here and on the bus."""

from uuid import UUID

import asyncpg

from notifications_service.repository import schedule, webhooks
from todobus_events import topology
from todobus_events.bus import Bus


async def erase(bus: Bus, pool: asyncpg.Pool, user_id: UUID) -> None:
    """Delete the user's rows, then the user's events: after the rows no new event can be published.

    Raises `service_common.database.ERRORS` and `nats.errors.Error`; it may be called again.
    """
    async with pool.acquire() as connection, connection.transaction():
        await webhooks.erase(connection, user_id)
        await schedule.erase(connection, user_id)
    await bus.client.jetstream().purge_stream(topology.NOTIFICATIONS, subject=topology.notification_event(user_id, ">"))
