"""The sequence up to which each projection is complete, announced to requests and processes that wait for it.

Announcements go over core NATS, at once and then at most four times a second per user; waiters in this process need no
bus.
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
        self._announced: set[UUID] = set()  # in this round: their next position waits for the next round
        self._later: dict[UUID, int] = {}
        self._rounds: asyncio.Task[None] | None = None
        bus.subscribe(topology.stats_updated("*"), self._receive)

    async def announce(self, positions: Iterable[Position]) -> None:
        news: dict[UUID, int] = {}
        for user_id, as_of_sequence, _ in positions:
            self._resolve(user_id, as_of_sequence)
            (self._later if user_id in self._announced else news)[user_id] = as_of_sequence
        self._announced.update(news)
        await self._publish(news)
        if self._announced and (self._rounds is None or self._rounds.done()):
            self._rounds = self._bus.supervisor.start_once("announce", self._publish_later)

    async def _publish_later(self) -> None:
        """Publish, a round at a time, the positions that changed since the last round."""
        while self._announced:
            await asyncio.sleep(QUIET_SECONDS)
            news, self._later = self._later, {}
            self._announced = set(news)
            await self._publish(news)

    async def _publish(self, news: Mapping[UUID, int]) -> None:
        """Not published while there is no connection: waiting requests read the position again."""
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

    async def _receive(self, message: Msg) -> None:
        if self.waiting:
            user_id = UUID(message.subject.rpartition(".")[2])
            self._resolve(user_id, orjson.loads(message.data)["as_of_sequence"])
