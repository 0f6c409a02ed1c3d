"""What the auth service adds to its relay: revocations that are not published yet, and events that the bus lost."""

import asyncpg
import structlog

from auth_service.repository import outbox, revocations
from auth_service.service.context import Context, announce_everybody
from service_common.relay import Hooks
from service_common.revocations import publish
from todobus_events import topology
from todobus_events.jetstream import StreamState, stream_state

log = structlog.get_logger("relay")
BATCH = 100


class AuthHooks(Hooks):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._purged_at = 0  # where the stream was when it was found empty last

    async def restored(self) -> None:
        """The bus may have lost the revocations: those that still matter are published again."""
        await revocations.unpublish(self._context.pool)

    async def each_turn(self) -> None:
        for session_id, until in await revocations.unpublished(self._context.pool, BATCH):
            await publish(self._context.bus, str(session_id), until)
            await revocations.published(self._context.pool, [session_id])

    async def before_publishing(self, connection: asyncpg.Connection) -> bool:
        """Put every profile into the outbox again where the stream has lost events: no reader could see that gap."""
        stream = await stream_state(self._context.bus.client, topology.USERS)
        async with connection.transaction():
            has_lost = await outbox.goes_back(connection, stream.last_sequence) or self._is_purged(stream)
            if has_lost:
                log.warning("the stream of user events has lost some: every profile is published again")
                await announce_everybody(connection)
        if self._is_purged(stream):
            self._purged_at = stream.last_sequence
        return has_lost

    def _is_purged(self, stream: StreamState) -> bool:
        """Whether it is empty, and that was not seen before."""
        return stream.messages == 0 < stream.last_sequence != self._purged_at
