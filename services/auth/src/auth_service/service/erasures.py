"""The erasure of deleted accounts, until every service has confirmed it."""

import uuid

import structlog

from auth_service.repository import erasures, outbox
from auth_service.service.context import Context
from todobus_events import topology

log = structlog.get_logger("erasures")


async def confirm(context: Context, user_id: uuid.UUID, service: str) -> None:
    """A service holds no rows of the user; after the last confirmation only `user.deleted.v1` is left on the bus.

    Raises `service_common.database.ERRORS` and `nats.errors.Error`: auth then publishes the deletion again.
    """
    if await erasures.confirm(context.pool, user_id, service):
        stream = context.bus.client.jetstream()
        for verb in ("registered", "updated"):
            await stream.purge_stream(topology.USERS, subject=topology.user_event(user_id, verb))
        await outbox.forget_dead(context.pool, user_id)
        await erasures.delete(context.pool, user_id)
        log.info("erased everywhere", user=str(user_id))
