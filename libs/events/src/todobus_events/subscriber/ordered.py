"""One user's todo events in order, each once, none missing: for programs that need all three.

The bus may lose, repeat and reorder. The user's sequence shows it: what was handled is dropped, what is missing is
read from the change log first. Where every user stands is compared on each connection and every 30 s, so even a lost
last event is found.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, Literal

from todobus_events import change_log, topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.gaps import COMPARE_SECONDS, GapHealer, HeadComparison
from todobus_events.retry import TRANSIENT, pause
from todobus_events.subscriber import dead_letters
from todobus_events.subscriber.checkpoints import Checkpoint, Transaction
from todobus_events.subscriber.consumer import MAX_TRIES, Consumer

log = logging.getLogger(__name__)


class OrderedConsumer(Generic[Transaction]):
    """`handle(event, transaction)` runs in the checkpoint's transaction; an error undoes what it wrote.

    It gets every event of a user, of whatever type: skip types that you do not know. An event that it refuses three
    times becomes a dead letter and the user's later ones go on. OSError, the bus's errors, the checkpoint's `transient`
    and those given here are no refusals: the event is tried again until it succeeds. `start_at="new"` begins for each
    user with the first event that comes; "all" with the user's first event ever.
    """

    def __init__(
        self,
        bus: Bus,
        durable: str,
        handle: Callable[[Event, Transaction], Awaitable[None]],
        checkpoint: Checkpoint[Transaction],
        *,
        start_at: Literal["all", "new"] = "all",
        transient: tuple[type[Exception], ...] = (),
        compare_seconds: float = COMPARE_SECONDS,
    ) -> None:
        self._bus, self._durable, self._handle, self._checkpoint = bus, durable, handle, checkpoint
        self._start_at = start_at
        self._transient: tuple[type[Exception], ...] = (*TRANSIENT, *checkpoint.transient, *transient)
        own = self._transient
        self._consumer = Consumer(bus, topology.TODOS, durable, self._batch, start_at=start_at, transient=own)
        self._healer = GapHealer(self._catch_up_user, asyncio.Semaphore(1), transient=own)
        self._comparison = HeadComparison(bus, self._healer, self._behind, transient=own, seconds=compare_seconds)

    async def start(self) -> None:
        """Read in the background, from the first connection on."""
        await self._comparison.start()
        await self._consumer.start()

    async def stop(self) -> None:
        """Finish the batch that is being handled."""
        await self._consumer.stop()
        await self._comparison.stop()

    async def catch_up(self) -> None:
        """Handle everything that the change log has and this program has not handled yet.

        Returns when that is done: where a handler has to wait for something, so does this. Raises `retry.TRANSIENT`
        when the change log cannot be asked.
        """
        await self._comparison.compare()
        await self._healer.settle()

    async def replay(self) -> None:
        """Handle every event there is once more, from the first of each user; returns and raises as `catch_up`."""
        await self._checkpoint.reset()
        await self.catch_up()

    async def _behind(self, heads: Mapping[str, int]) -> Mapping[str, int]:
        positions = await self._checkpoint.positions(list(heads))
        known = heads if self._start_at == "all" else positions
        return {user_id: heads[user_id] for user_id in known if positions.get(user_id, 0) < heads[user_id]}

    async def _catch_up_user(self, user_id: str, target: int) -> None:
        position = (await self._checkpoint.positions([user_id])).get(user_id, 0)
        if position < target:
            await self._fill(user_id, position)

    async def _batch(self, events: Sequence[Event]) -> None:
        feeds: dict[str, list[Event]] = {}
        for event in events:
            if event.replayed:
                await self._one(event)
            else:
                feeds.setdefault(event.feed_id, []).append(event)
        for feed_id, found in feeds.items():
            await self._feed(feed_id, sorted(found, key=lambda event: event.sequence))

    async def _feed(self, user_id: str, events: Sequence[Event]) -> None:
        position = (await self._checkpoint.positions([user_id])).get(user_id)
        if position is None:
            position = await self._beginning(events[0])
        fresh = {event.sequence for event in events if event.sequence > position}
        if fresh and len(fresh) != max(fresh) - position:
            head = await self._fill(user_id, position)
            if head == 0:
                log.info("events of user %s, whom the change log does not know any more", user_id)
                return
            for event in events:
                if event.sequence > head:
                    await self._dead_letter(event, f"the change log of the feed ends at {head}")
        else:
            await self._apply(user_id, events)

    async def _beginning(self, event: Event) -> int:
        """Where a user without a position begins: a process that died may have received one before this event."""
        if self._start_at == "all":
            return 0
        first = await self._consumer.oldest(topology.todo_events_of(event.feed_id))
        return min(event.sequence, first.sequence if first else event.sequence) - 1

    async def _fill(self, user_id: str, position: int) -> int:
        """Handle what the change log has after the position; where it ends, 0 if it does not know the user any more.

        It has every event that was ever published.
        """
        head = 0
        async for page in change_log.pages(self._bus.client, user_id, position):
            head = page.sequence
            for sequence, raw, reason in page.unreadable:
                subject = topology.todo_event(user_id, dead_letters.UNREADABLE)
                await self._store(f"{user_id}.{sequence}", subject, raw, dead_letters.UNREADABLE, reason)
            await self._apply(user_id, page.events, until=page.last)
        return head

    async def _apply(self, user_id: str, events: Sequence[Event], until: int = 0) -> None:
        """In one transaction; one by one where the handler refuses something among them."""
        try:
            await self._commit(user_id, events, until)
        except self._transient:
            raise
        except Exception:
            log.exception("%s refused some of %d events of user %s", self._durable, len(events), user_id)
            for event in events:
                await self._one(event)
            await self._commit(user_id, [], until)

    async def _one(self, event: Event) -> None:
        """A refused event becomes a dead letter and counts as handled; it comes back when the letter is replayed."""
        for tries in range(MAX_TRIES):
            try:
                return await self._commit(event.feed_id, [event])
            except self._transient:
                raise
            except Exception as error:  # noqa: BLE001 - any other error of the handler is a refusal
                refusal = error
                await asyncio.sleep(pause(tries))
        await self._dead_letter(event, repr(refusal))
        return await self._commit(event.feed_id, [event], handled=True)

    async def _commit(self, user_id: str, events: Sequence[Event], until: int = 0, *, handled: bool = False) -> None:
        """Handle the events that were not yet, unless they are `handled`, and store the position: `until` at least."""
        async with self._checkpoint.transaction(user_id) as (transaction, position):
            reached = last = position or 0
            for event in events:
                if event.sequence <= last and not event.replayed:
                    continue
                if not handled:
                    await self._handle(event, transaction)
                last = max(last, event.sequence)
            last = max(last, until)
            if last > reached:
                await self._checkpoint.advance(transaction, user_id, last)

    async def _dead_letter(self, event: Event, reason: str) -> None:
        subject = event.address or topology.feed_event(event.feed_id, event.type)
        key = f"{event.id}.replayed" if event.replayed else event.id
        await self._store(key, subject, event.raw, event.type, reason)

    async def _store(self, key: str, subject: str, raw: bytes, event_type: str, reason: str) -> None:
        await dead_letters.send(self._bus, self._durable, key, subject, raw, event_type, reason)
