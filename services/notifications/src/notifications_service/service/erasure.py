"""The erasure of a deleted user, here, in the folder of mails and on the bus."""

from uuid import UUID

import asyncpg

from notifications_service.repository import schedule, webhooks
from service_common import mail
from service_common.settings import MailSettings
from todobus_events import topology
from todobus_events.bus import Bus


async def erase(bus: Bus, pool: asyncpg.Pool, settings: MailSettings, user_id: UUID) -> None:
    """Delete the user's rows, then mails and events: after the rows there are no new ones.

    Raises `service_common.database.ERRORS`, `nats.errors.Error` and OSError; it may be called again.
    """
    async with pool.acquire() as connection, connection.transaction():
        await webhooks.erase(connection, user_id)
        await schedule.erase(connection, user_id)
    await mail.forget(settings, user_id)
    await bus.client.jetstream().purge_stream(topology.NOTIFICATIONS, subject=topology.notification_event(user_id, ">"))
