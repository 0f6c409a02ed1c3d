"""What the auth service hears: that a service holds nothing of a user any more."""

import asyncpg
import structlog
from nats.aio.msg import Msg

from auth_service.repository import erasures
from auth_service.service.context import Context, identity
from service_common.erasure import CONFIRMED, confirmed

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
                log.info("erased everywhere", user=user_id)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("confirmation not stored", error=repr(error))
