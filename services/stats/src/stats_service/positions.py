"""How far projections have come, told to whoever waits for it, in this process and in others.

The news goes over core NATS, one small message per user and batch; without the bus only this process hears of it.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

import orjson
from nats.aio.msg import Msg

from service_common import topology
from service_common.bus import Bus
from stats_service.projection import Position


class Positions:
    """`announce` after each commit; `expecting` gives a future that is done once a user's projection is far enough."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.waiting: dict[UUID, list[tuple[int, asyncio.Future[None]]]] = {}
        self._subscribed = False
        bus.on_connect(self._subscribe)

    async def announce(self, positions: Iterable[Position]) -> None:
        for position in positions:
            self._resolve(position.user_id, position.as_of_sequence)
            if self._bus.connected:
                news = orjson.dumps({"as_of_sequence": position.as_of_sequence})
                await self._bus.client.publish(topology.stats_updated(position.user_id), news)

    @contextmanager
    def expecting(self, user_id: UUID, sequence: int) -> Iterator[asyncio.Future[None]]:
        waiter = (sequence, asyncio.get_running_loop().create_future())
        waiters = self.waiting.setdefault(user_id, [])
        waiters.append(waiter)
        try:
            yield waiter[1]
        finally:
            waiters.remove(waiter)
            if not waiters:
                self.waiting.pop(user_id, None)

    def _resolve(self, user_id: UUID, as_of_sequence: int) -> None:
        for sequence, future in self.waiting.get(user_id, ()):
            if sequence <= as_of_sequence and not future.done():
                future.set_result(None)

    async def _subscribe(self) -> None:
        """Once: the client renews subscriptions itself when it reconnects."""
        if not self._subscribed:
            self._subscribed = True
            await self._bus.client.subscribe(topology.stats_updated("*"), cb=self._heard)

    async def _heard(self, message: Msg) -> None:
        if self.waiting:
            user_id = UUID(message.subject.rpartition(".")[2])
            self._resolve(user_id, orjson.loads(message.data)["as_of_sequence"])
