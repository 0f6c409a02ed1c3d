"""What the auth service hears: that a service holds nothing of a user any more."""

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
    """A confirmation that is lost is asked for again: the deletion is told until all have confirmed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._subscribed = False
        context.bus.on_connect(self._subscribe)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def _subscribe(self) -> None:
        if not self._subscribed:
            await self._context.bus.client.subscribe(CONFIRMED, QUEUE, self._confirmed)
            self._subscribed = True

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
        """The stream forgets the profile; of the user there remains, for late readers, that the user is gone."""
        stream = self._context.bus.client.jetstream()
        for verb in ("registered", "updated"):
            await stream.purge_stream(topology.USERS, subject=topology.user_event(user_id, verb))
        await outbox.forget_dead(self._context.pool, user_id)
        await erasures.delete(self._context.pool, user_id)
        log.info("erased everywhere", user=str(user_id))
