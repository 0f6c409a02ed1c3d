"""One user's todo events in order, each once, none missing: for programs that do not want to think about it.

The bus may lose, repeat and reorder. The user's sequence shows it: what was handled is dropped, what is missing is
asked from the change log first. Where every user stands is compared on each connection and now and then, so even a
lost last event is found.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Literal

import structlog

from todobus_events import change_log, tasks, topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import dead_letters
from todobus_events.subscriber.checkpoints import Checkpoint, Transaction
from todobus_events.subscriber.consumer import MAX_TRIES, TRANSIENT, Consumer, pause

log = structlog.get_logger("subscriber")

COMPARE_SECONDS = 30.0


class OrderedConsumer(Generic[Transaction]):
    """`handle(event, transaction)` runs in the checkpoint's transaction; an error undoes what it wrote.

    An event that it refuses three times becomes a dead letter and the user's later ones go on. `start_at="new"`
    begins for each user with the first event that comes; "all" with the user's first event ever.
    """

    def __init__(
        self,
        bus: Bus,
        durable: str,
        handle: Callable[[Event, Transaction], Awaitable[None]],
        checkpoint: Checkpoint[Transaction],
        *,
        start_at: Literal["all", "new"] = "all",
        transient: tuple[type[Exception], ...] = TRANSIENT,
        compare_seconds: float = COMPARE_SECONDS,
    ) -> None:
        self._bus, self._durable, self._handle, self._checkpoint = bus, durable, handle, checkpoint
        self._start_at, self._transient, self._compare_seconds = start_at, transient, compare_seconds
        self._consumer = Consumer(bus, topology.TODOS, durable, self._batch, start_at=start_at, transient=transient)
        self._comparing: asyncio.Task[None] | None = None
        self._compare_now = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Read in the background from the first connection on."""
        self._bus.on_connect(self._connected)
        self._comparing = asyncio.create_task(self._compare(), name=f"compare-{self._durable}")
        await self._consumer.start()

    async def stop(self) -> None:
        """Finish the batch that is being handled."""
        self._stopping = True  # a cancellation may be lost in the client library's own time-outs
        await self._consumer.stop()
        await tasks.end(self._comparing)

    async def catch_up(self) -> None:
        """Handle everything that the change log has and this program has not handled yet."""
        async for heads in change_log.heads(self._bus.client):
            positions = await self._checkpoint.positions(list(heads))
            for user_id, head in heads.items():
                known = user_id in positions or self._start_at == "all"
                if known and positions.get(user_id, 0) < head:
                    await self._fill(user_id, positions.get(user_id, 0))

    async def replay(self) -> None:
        """Handle every event there is once more, from the first of each user."""
        await self._checkpoint.reset()
        await self.catch_up()

    async def _connected(self) -> None:
        self._compare_now.set()

    async def _compare(self) -> None:
        while not self._stopping:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._compare_seconds):
                    await self._compare_now.wait()
            self._compare_now.clear()
            try:
                if self._bus.connected:
                    await self.catch_up()
            except self._transient as error:
                log.warning("could not compare with the change log", consumer=self._durable, error=repr(error))

    async def _batch(self, events: Sequence[Event]) -> None:
        users: dict[str, list[Event]] = {}
        for event in events:
            if event.replayed:
                await self._one(event)
            else:
                users.setdefault(event.user_id, []).append(event)
        for user_id, found in users.items():
            await self._user(user_id, sorted(found, key=lambda event: event.sequence))

    async def _user(self, user_id: str, events: Sequence[Event]) -> None:
        position = (await self._checkpoint.positions([user_id])).get(user_id)
        if position is None:
            position = await self._beginning(events[0])
        fresh = [event.sequence for event in events if event.sequence > position]
        gap = fresh and sorted(set(fresh)) != list(range(position + 1, fresh[-1] + 1))
        if gap and not await self._fill(user_id, position):
            log.info("events of a user who is gone", user_id=user_id)
            return
        await self._apply(user_id, events)

    async def _beginning(self, event: Event) -> int:
        """Where a user begins of whom this event came first: a process that died may have been given one before it."""
        if self._start_at == "all":
            return 0
        first = await self._consumer.oldest(topology.todo_events_of(event.user_id))
        return min(event.sequence, first.sequence if first else event.sequence) - 1

    async def _fill(self, user_id: str, position: int) -> bool:
        """Handle what the change log has after the position; false when it does not know the user any more."""
        has_more = True
        while has_more:
            page = await change_log.page(self._bus.client, user_id, position)
            if page.sequence == 0:
                return False
            if page.events:
                await self._apply(user_id, page.events)
                position = page.events[-1].sequence
            has_more = page.has_more
        return True

    async def _apply(self, user_id: str, events: Sequence[Event]) -> None:
        """In one transaction; one by one where the handler refuses something among them."""
        try:
            await self._commit(user_id, events)
        except self._transient:
            raise
        except Exception:
            log.exception("events were refused", consumer=self._durable, user_id=user_id, events=len(events))
            for event in events:
                await self._one(event)

    async def _one(self, event: Event) -> None:
        """A refused event is set aside and passed over; it comes back when its letter is replayed."""
        for tries in range(MAX_TRIES):
            try:
                return await self._commit(event.user_id, [event])
            except self._transient:
                raise
            except Exception as error:  # noqa: BLE001 - whatever the handler raises is a refusal
                refusal = error
                await asyncio.sleep(pause(tries))
        await self._bury(event, refusal)
        return await self._commit(event.user_id, [event], handled=True)

    async def _commit(self, user_id: str, events: Sequence[Event], *, handled: bool = False) -> None:
        async with self._checkpoint.transaction(user_id) as (transaction, position):
            reached = last = position or 0
            for event in events:
                if event.sequence <= last and not event.replayed:
                    continue
                if not handled:
                    await self._handle(event, transaction)
                last = max(last, event.sequence)
            if last > reached:
                await self._checkpoint.advance(transaction, user_id, last)

    async def _bury(self, event: Event, error: Exception) -> None:
        subject = topology.todo_event(event.user_id, event.type.split(".")[1])
        key = f"{event.id}.replayed" if event.replayed else event.id
        await dead_letters.send(self._bus.client, self._durable, key, subject, event.raw, event.type, repr(error))
