"""How far projections have come, told to whoever waits for it, in this process and in others.

The news goes over core NATS, at once and then at most four times a second per user; this process hears of it without
the bus.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import orjson
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from stats_service.projection.apply import Position
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.publishing import plain, send

QUIET_SECONDS = 0.25


class Positions:
    """`announce` after each commit; `expecting` gives a future that is done once a user's projection is far enough."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.waiting: dict[UUID, list[tuple[int, asyncio.Future[None]]]] = {}
        self._told: set[UUID] = set()  # since the last round, so that their next news waits for the next one
        self._later: dict[UUID, int] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._subscribed = False
        bus.on_connect(self._subscribe)

    async def announce(self, positions: Iterable[Position]) -> None:
        news: dict[UUID, int] = {}
        for user_id, as_of_sequence, _ in positions:
            self._resolve(user_id, as_of_sequence)
            (self._later if user_id in self._told else news)[user_id] = as_of_sequence
        self._told.update(news)
        await self._tell(news)
        if self._told and (self._rounds is None or self._rounds.done()):
            self._rounds = asyncio.create_task(self._go_round(), name="announce")

    async def _go_round(self) -> None:
        """Tell what came meanwhile, until there is nothing more."""
        while self._told:
            await asyncio.sleep(QUIET_SECONDS)
            news, self._later = self._later, {}
            self._told = set(news)
            await self._tell(news)

    async def _tell(self, news: Mapping[UUID, int]) -> None:
        """Whoever misses it asks again: it is not kept for a bus that is away."""
        commands = [plain(topology.stats_updated(user), b'{"as_of_sequence":%d}' % upto) for user, upto in news.items()]
        with suppress(NatsError):
            await send(self._bus.client, commands)

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
