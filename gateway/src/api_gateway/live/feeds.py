"""The live feed of one user in this gateway: the user's events in the order of their sequence, however they came.

Core NATS delivers at most once and may repeat and reorder; the sequence shows all three. What is missing is read from
the change log. The last events are kept for followers; those that are further behind read the change log themselves.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson
import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from prometheus_client import Counter

from todobus_events import change_log, envelope, tasks, topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.gaps import GapHealer
from todobus_events.retry import TRANSIENT

if TYPE_CHECKING:
    from nats.aio.subscription import Subscription

    from api_gateway.live.readers import Reader

log = structlog.get_logger("live")
UNREADABLE = Counter("live_unreadable_events_total", "Events that could not be read, and were looked up")
KEPT = 512
NOTICES = 64  # notifications that a reader may be behind
MAX_EARLY = 1000
NEWEST = 2**62
NOTHING = b":\n\n"  # in the place of events that cannot be read
PATIENCE_SECONDS = 0.05  # what was reordered arrives within this time
SUMMARY_SECONDS = 0.3


class Feed:
    """`head` is the sequence up to which everything is here or in the change log; followers are woken by news.

    `limit` is shared by all feeds: at a reconnection they do not ask the todo service all at once.
    """

    def __init__(self, bus: Bus, user_id: str, time_zone: str, limit: asyncio.Semaphore) -> None:
        self.user_id = user_id
        self.followers: set[Reader] = set()
        self.head = -1
        self.summary = b""
        self.noticed = 0  # notifications that came since the feed was opened
        self._notices: deque[bytes] = deque(maxlen=NOTICES)
        self._client, self._supervisor = bus.client, bus.supervisor
        self._time_zone = time_zone
        self._healer = GapHealer(self._catch_up, limit, patience=PATIENCE_SECONDS)
        self._kept: dict[int, bytes] = {}
        self._floor = 0
        self._early: dict[int, bytes] = {}
        self._subscriptions: list[Subscription] = []
        self._summarizing: asyncio.Task[None] | None = None
        self._summary_is_old = False

    async def open(self) -> None:
        """Subscribe first and ask then: what is written after the answer cannot be missed. Raises TRANSIENT."""
        subjects = (
            topology.todo_events_of(self.user_id),
            topology.stats_updated(self.user_id),
            topology.notification_event(self.user_id, "*"),
        )
        callbacks = (self._receive, self._receive_position, self._receive_notice)
        for subject, callback in zip(subjects, callbacks, strict=True):
            self._subscriptions.append(await self._client.subscribe(subject, cb=callback))
        await self._client.flush()
        self.head = self._floor = await self.newest()
        self._advance()

    async def newest(self) -> int:
        """The sequence at which the user stands in the change log. Raises TRANSIENT."""
        return (await change_log.page(self._client, self.user_id, NEWEST, 1)).sequence

    async def close(self) -> None:
        await self._healer.stop()
        await tasks.end(self._summarizing)
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
        """The events that follow, from the change log. Raises TRANSIENT."""
        page = await change_log.page(self._client, self.user_id, position)
        found = [(event.sequence, _frame(event)) for event in page.events]
        return [*found, (page.last, NOTHING)] if page.unreadable else found

    def check(self) -> None:
        """Compare with the change log soon: something may have been missed."""
        self._healer.request(self.user_id, NEWEST)

    async def _receive(self, message: Msg) -> None:
        if message.headers and topology.REPLAY_FOR in message.headers:
            return
        try:
            event = envelope.read(message.data)
        except envelope.UnreadableEventError as error:
            UNREADABLE.inc()
            log.warning("unreadable event", subject=message.subject, error=str(error))
            self.check()
            return
        if event.user_id != self.user_id or not message.subject.startswith(topology.todo_event(self.user_id, "")):
            log.warning("event on a subject of another", subject=message.subject, user_id=event.user_id)
            return
        if event.sequence > self.head:
            self._early[event.sequence] = _frame(event)
            self._advance()

    def _advance(self) -> None:
        """Take what follows without a gap; a gap that stays is healed."""
        if self.head < 0:
            return
        while (frame := self._early.pop(self.head + 1, None)) is not None:
            self._keep(self.head + 1, frame)
        if len(self._early) > MAX_EARLY:
            self._early.clear()
            self.check()
        if self._early:
            self._healer.request(self.user_id, max(self._early))
        self._wake()

    def _keep(self, sequence: int, frame: bytes) -> None:
        self.head = sequence
        self._kept[sequence] = frame
        if len(self._kept) > KEPT:
            self._floor = next(iter(self._kept))
            del self._kept[self._floor]

    async def _catch_up(self, _: str, target: int) -> None:
        """The change log has what the bus has, without gaps: an early event that it does not give is not valid."""
        if self.head >= target:
            return
        known = set(self._early)
        async for page in change_log.pages(self._client, self.user_id, self.head):
            for event in page.events:
                if event.sequence > self.head:
                    self._keep(event.sequence, _frame(event))
            self.head = max(self.head, page.last)  # past what cannot be read
        for sequence in known:
            self._early.pop(sequence, None)
        self._advance()

    def notices(self, after: int) -> Sequence[bytes]:
        """Notifications since the one of that number, as far as they are kept."""
        new = min(self.noticed - after, len(self._notices))
        return list(self._notices)[len(self._notices) - new :]

    async def _receive_notice(self, message: Msg) -> None:
        """A notification has no place in the feed: it is sent as it comes, without an id, as `reminder.fired`."""
        try:
            event = envelope.read(message.data)
        except envelope.UnreadableEventError:
            UNREADABLE.inc()
            return
        self.noticed += 1
        name = event.type.rpartition(".")[0].encode()
        self._notices.append(b"event: %b\ndata: %b\n\n" % (name, _lines(event.raw)))
        self._wake()

    async def _receive_position(self, message: Msg) -> None:
        """A projection that is ahead of this feed shows that an event was missed."""
        if orjson.loads(message.data)["as_of_sequence"] > self.head >= 0:
            self.check()
        self._summary_is_old = True
        if self._summarizing is None or self._summarizing.done():
            self._summarizing = self._supervisor.start_once("live-summary", self._summarize)

    async def _summarize(self) -> None:
        """Ask for the new summary now, and while it changes, every SUMMARY_SECONDS."""
        while self._summary_is_old and self.followers:
            self._summary_is_old = False
            question = orjson.dumps({"user_id": self.user_id, "time_zone": self._time_zone})
            try:
                answer = await self._client.request(topology.RPC_SUMMARY, question, timeout=2)
            except TRANSIENT as error:
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
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.sequence, event.type.encode(), _lines(event.raw))


def _lines(data: bytes) -> bytes:
    return data.replace(b"\r", b"").replace(b"\n", b"\ndata: ")
