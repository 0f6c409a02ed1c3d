"""What the auth service subscribes to: confirmations that a service has erased a user."""

import uuid

import nats.errors
import structlog
from nats.aio.msg import Msg

from auth_service.repository import erasures, outbox
from auth_service.service.context import Context, identity
from service_common import database
from service_common.erasure import CONFIRMED, confirmed
from todobus_events import topology

log = structlog.get_logger("erasures")
QUEUE = "auth"


class Subscribers:
    """A lost confirmation is asked for again: the deletion is published until all services have confirmed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        context.bus.subscribe(CONFIRMED, self._confirmed, queue=QUEUE)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def _confirmed(self, message: Msg) -> None:
        user_id, service = confirmed(message.subject)
        if (owner := identity(user_id)) is None:
            return
        try:
            if await erasures.confirm(self._context.pool, owner, service):
                await self._finish(owner)
        except (*database.ERRORS, nats.errors.Error) as error:
            log.warning("confirmation not taken", error=repr(error))

    async def _finish(self, user_id: uuid.UUID) -> None:
        """The profile is purged from the stream; the deletion stays there for late readers."""
        stream = self._context.bus.client.jetstream()
        for verb in ("registered", "updated"):
            await stream.purge_stream(topology.USERS, subject=topology.user_event(user_id, verb))
        await outbox.forget_dead(self._context.pool, user_id)
        await erasures.delete(self._context.pool, user_id)
        log.info("erased everywhere", user=str(user_id))
