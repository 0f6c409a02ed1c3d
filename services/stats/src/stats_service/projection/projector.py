"""Keeps the projection up to date: changes are applied and announced, and gaps are healed."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from stats_service.domain import Fact
from stats_service.projection import apply
from stats_service.projection.heal import Healer
from stats_service.projection.positions import Positions
from stats_service.repository import projection
from todobus_events.bus import Bus

HEAL_AFTER_SECONDS = 0.25  # an event takes some milliseconds: after this time it may be lost


class Projector:
    """`healer` fetches missing changes in the background; only `reach` waits for them."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus) -> None:
        self.pool = pool
        self.bus = bus
        self.positions = Positions(bus)
        self.healer = Healer(pool, bus, self.apply)

    async def apply(self, facts: Sequence[Fact]) -> None:
        """Returns after the commit."""
        async with self.pool.acquire() as connection, connection.transaction():
            positions = await apply.apply(connection, facts)
        await self.positions.announce(positions)
        for position in positions:
            if position.has_gap:
                self.healer.request(position.user_id, position.newest)

    async def reach(self, user_id: UUID, sequence: int, seconds: float) -> None:
        """Wait until the user's changes up to `sequence` are applied, `seconds` at most."""
        with self.positions.expecting(user_id, sequence) as reached:
            as_of_sequence, _ = await projection.position(self.pool, user_id)
            if as_of_sequence >= sequence:
                return
            done, _ = await asyncio.wait({reached}, timeout=min(HEAL_AFTER_SECONDS, seconds))
            if not done and seconds > HEAL_AFTER_SECONDS:
                self.healer.request(user_id, sequence)
                await asyncio.wait({reached}, timeout=seconds - HEAL_AFTER_SECONDS)
