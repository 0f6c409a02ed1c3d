"""What the auth service adds to its relay: it publishes revocations, and profiles again after the bus lost events."""

import asyncio

import asyncpg
import structlog

from auth_service.repository import outbox, revocations
from auth_service.service.context import announce_all
from service_common.relay import Hooks
from service_common.revocations import publish
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.jetstream import StreamState, stream_state

log = structlog.get_logger("relay")
BATCH = 100


class AuthHooks(Hooks):
    def __init__(self, pool: asyncpg.Pool, bus: Bus) -> None:
        self._pool = pool
        self._bus = bus
        self._purged_at = 0  # the stream's last sequence when it was last found empty

    async def restored(self) -> None:
        """The bus may have lost revocations: publish those of tokens that have not expired again."""
        await revocations.unpublish(self._pool)

    async def each_turn(self) -> None:
        ended = await revocations.unpublished(self._pool, BATCH)
        await asyncio.gather(*(publish(self._bus, one) for one in ended))
        await revocations.published(self._pool, ended)

    async def before_publishing(self, connection: asyncpg.Connection) -> bool:
        """Put every profile into the outbox again if the stream has lost events: readers cannot see that gap."""
        stream = await stream_state(self._bus.client, topology.USERS)
        async with connection.transaction():
            has_lost = await outbox.reset_position(connection, stream.last_sequence) or self._is_purged(stream)
            if has_lost:
                log.warning("the stream of user events has lost events: every profile is published again")
                await announce_all(connection)
        if self._is_purged(stream):
            self._purged_at = stream.last_sequence
        return has_lost

    def _is_purged(self, stream: StreamState) -> bool:
        """Whether it is empty for the first time since its last event."""
        return stream.messages == 0 < stream.last_sequence != self._purged_at
