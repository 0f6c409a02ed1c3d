"""The live feed of one user in this gateway: the user's events in the order of their sequence, however they came.

The bus tells at most once and may repeat and reorder; the sequence shows all three. What is missing is asked for at the
todo service. The last events are kept for readers that follow; whoever is further behind reads the change log.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from todobus_events import change_log, envelope, topology
from todobus_events.envelope import Event

if TYPE_CHECKING:
    from nats.aio.subscription import Subscription

log = structlog.get_logger("live")
KEPT = 512
MAX_EARLY = 1000
NEWEST = 2**62
PATIENCE_SECONDS = 0.05  # what was reordered arrives within this time
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
SUMMARY_SECONDS = 0.3
LOST = (NatsError, OSError)  # TimeoutError and ChangeLogError are OSErrors


class Follower(Protocol):
    def wake(self) -> None: ...


class Feed:
    """`head` is the sequence up to which everything is here or in the change log; followers are woken by news.

    `limit` is shared: when the bus is back, not all feeds ask the todo service at once.
    """

    def __init__(self, client: Client, user_id: str, time_zone: str, limit: asyncio.Semaphore) -> None:
        self.user_id = user_id
        self.followers: set[Follower] = set()
        self.head = -1
        self.summary = b""
        self._client = client
        self._time_zone = time_zone
        self._limit = limit
        self._kept: dict[int, bytes] = {}
        self._floor = 0
        self._early: dict[int, bytes] = {}
        self._subscriptions: list[Subscription] = []
        self._healing: asyncio.Task[None] | None = None
        self._summarizing: asyncio.Task[None] | None = None
        self._summary_is_old = False
        self._in_doubt = False

    async def open(self) -> None:
        """Subscribe first and ask then: what is written after the answer cannot be missed."""
        subjects = (topology.todo_events_of(self.user_id), topology.stats_updated(self.user_id))
        callbacks = (self._heard, self._stats_moved)
        for subject, callback in zip(subjects, callbacks, strict=True):
            self._subscriptions.append(await self._client.subscribe(subject, cb=callback))
        await self._client.flush()
        self.head = self._floor = await self.newest()
        self._advance()

    async def newest(self) -> int:
        """The sequence at which the user stands, by the change log."""
        return (await change_log.page(self._client, self.user_id, NEWEST, 1)).sequence

    async def close(self) -> None:
        for task in (self._healing, self._summarizing):
            if task:
                task.cancel()
        for subscription in self._subscriptions:
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()

    def after(self, position: int) -> Sequence[tuple[int, bytes]] | None:
        """The events that follow, as far as they are here; None if some are in the change log only."""
        if position < self._floor:
            return None
        found = ((sequence, self._kept.get(sequence)) for sequence in range(position + 1, self.head + 1))
        return [(sequence, frame) for sequence, frame in found if frame is not None]

    async def page(self, position: int) -> Sequence[tuple[int, bytes]]:
        """The events that follow, from the change log."""
        page = await change_log.page(self._client, self.user_id, position)
        return [(event.sequence, _frame(event)) for event in page.events]

    def check(self) -> None:
        """Compare with the change log soon: something may have been missed."""
        self._in_doubt = True
        self._mend()

    def _mend(self) -> None:
        if self._healing is None or self._healing.done():
            self._healing = asyncio.create_task(self._heal(), name="live-heal")

    async def _heard(self, message: Msg) -> None:
        if message.headers and topology.REPLAY_FOR in message.headers:
            return
        try:
            event = envelope.read(message.data)
        except envelope.UnreadableEventError as error:
            log.warning("an event that is none", subject=message.subject, error=str(error))
            return
        if event.sequence > self.head:
            self._early[event.sequence] = _frame(event)
            self._advance()

    def _advance(self) -> None:
        """Take what follows without a gap; a gap that stays is asked for."""
        if self.head < 0:
            return
        while (frame := self._early.pop(self.head + 1, None)) is not None:
            self._keep(self.head + 1, frame)
        if len(self._early) > MAX_EARLY:
            self._early.clear()
            self._in_doubt = True
        if self._early or self._in_doubt:
            self._mend()
        self._wake()

    def _keep(self, sequence: int, frame: bytes) -> None:
        self.head = sequence
        self._kept[sequence] = frame
        if len(self._kept) > KEPT:
            self._floor = next(iter(self._kept))
            del self._kept[self._floor]

    async def _heal(self) -> None:
        failures = 0
        while await self._still_amiss():
            self._in_doubt = False
            try:
                async with self._limit:
                    await self._catch_up()
            except LOST as error:
                log.warning("cannot read the change log", error=repr(error))
                self._in_doubt = True
                await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    async def _still_amiss(self) -> bool:
        await asyncio.sleep(PATIENCE_SECONDS)
        return bool(self._early) or self._in_doubt

    async def _catch_up(self) -> None:
        """The change log has what the bus has, and knows no gaps: what it does not give is no longer true."""
        known, has_more = set(self._early), True
        while has_more:
            page = await change_log.page(self._client, self.user_id, self.head)
            has_more = page.has_more
            for event in page.events:
                if event.sequence > self.head:
                    self._keep(event.sequence, _frame(event))
        for sequence in known:
            self._early.pop(sequence, None)
        self._advance()

    async def _stats_moved(self, message: Msg) -> None:
        """A projection that is ahead of this feed shows that an event was missed."""
        if orjson.loads(message.data)["as_of_sequence"] > self.head >= 0:
            self.check()
        self._summary_is_old = True
        if self._summarizing is None or self._summarizing.done():
            self._summarizing = asyncio.create_task(self._summarize(), name="live-summary")

    async def _summarize(self) -> None:
        """Ask for the new summary now, and while more happens, once in a while."""
        while self._summary_is_old and self.followers:
            self._summary_is_old = False
            question = orjson.dumps({"user_id": self.user_id, "time_zone": self._time_zone})
            try:
                answer = await self._client.request(topology.RPC_SUMMARY, question, timeout=2)
            except LOST as error:
                log.info("no summary", error=repr(error))
            else:
                self._show(answer.data)
            await asyncio.sleep(SUMMARY_SECONDS)

    def _show(self, summary: bytes) -> None:
        if "error" not in orjson.loads(summary):
            self.summary = b"event: stats.updated\ndata: " + summary + b"\n\n"
            self._wake()

    def _wake(self) -> None:
        for follower in self.followers:
            follower.wake()


def _frame(event: Event) -> bytes:
    data = event.raw.replace(b"\r", b"").replace(b"\n", b"\ndata: ")
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.sequence, event.type.encode(), data)
