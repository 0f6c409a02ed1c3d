"""A durable consumer that hands over batches and acknowledges what was handled.

A handler that cannot reach its database is called again with the same batch, and nothing more is pulled meanwhile: an
outage uses up no deliveries. A handler that refuses a batch gets its halves, down to the one event at fault, which
becomes a dead letter; the others are handled.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from todobus_events import tasks, topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event, UnreadableEventError, read
from todobus_events.jetstream import ProvisioningError, ensure_consumer
from todobus_events.publishing import Refused, plain, send
from todobus_events.retry import TRANSIENT, pause
from todobus_events.subscriber import dead_letters
from todobus_events.subscriber.pull import Pull

log = logging.getLogger(__name__)

Handler = Callable[[Sequence[Event]], Awaitable[None]]
MAX_TRIES = 3
STOP_SECONDS = 10.0
PENDING_SECONDS = 5.0


class Delivery(NamedTuple):
    message: Msg
    event: Event


class Consumer:
    """`handle` gets at most `batch` events; when it returns they are acknowledged, so it commits before.

    An event that it refuses three times, or once with UnreadableEventError, becomes a dead letter.
    `start_at` is where a new durable begins: "all" events of the stream, or "new" ones. Errors of `transient`, besides
    OSError and the bus's own, say that the same batch will succeed later: `service_common.database.TRANSIENT`.
    `replicas` are those of the stream of dead letters, if that has to be restored; every `pending_seconds` the observer
    gets the number of events that wait.
    """

    def __init__(
        self,
        bus: Bus,
        stream: str,
        durable: str,
        handle: Handler,
        *,
        batch: int = 500,
        start_at: str = "all",
        transient: tuple[type[Exception], ...] = (),
        replicas: int = 1,
        pending_seconds: float = PENDING_SECONDS,
    ) -> None:
        self._bus = bus
        self._config = topology.durable(stream, durable, deliver=start_at)
        self._stream, self._durable, self._handle, self._batch = stream, durable, handle, batch
        self._transient: tuple[type[Exception], ...] = (*TRANSIENT, *transient)
        self._replicas = replicas
        self._pull = Pull(bus.client, stream, durable, ahead=2 * batch)
        self._pending_seconds = pending_seconds
        self._reading: tasks.BackgroundTask | None = None
        self._others: list[tasks.BackgroundTask] = []
        self._idle = self._stopping = False

    async def start(self) -> None:
        """Read in the background, from the first connection on."""
        self._bus.on_connect(self._connected)
        if self._bus.connected:
            await self._connected()
        name, supervisor = f"{self._stream.lower()}-{self._durable}", self._bus.supervisor
        self._reading = supervisor.start(f"consumer-{name}", self._read)
        self._others = [
            supervisor.start(f"durable-{name}", self._ensure_durable),
            supervisor.start(f"pending-{name}", self._report_pending, essential=False),
        ]

    async def stop(self) -> None:
        """Finish the batch that is being handled, within STOP_SECONDS; give back the rest."""
        self._stopping = True
        if self._reading:
            await tasks.stop(*self._others)
            await self._reading.finish(0 if self._idle else STOP_SECONDS)
            await self._pull.stop()

    async def oldest(self, subject: str) -> Event | None:
        """The first event of a subject that is not acknowledged, if any: in work, or delivered again later."""
        stream = self._bus.client.jetstream()
        floor = (await stream.consumer_info(self._stream, self._durable)).ack_floor
        number = floor.stream_seq if floor else 0
        while True:
            try:
                message = await stream.get_msg(self._stream, number + 1, subject, next=True)
            except NotFoundError:
                return None
            number = message.seq or number + 1
            if topology.REPLAY_FOR not in (message.headers or {}):
                with contextlib.suppress(UnreadableEventError):
                    return read(message.data or b"", address=message.subject or "")

    async def _connected(self) -> None:
        self._pull.lost.set()

    async def _ensure_durable(self) -> None:
        """Whenever the server may have lost the durable, make sure that it exists and ask again."""
        failures = 0
        while not self._stopping:
            await self._pull.lost.wait()
            try:
                await self._pull.subscribe()
                await ensure_consumer(self._bus.client, self._stream, self._config)
            except (ProvisioningError, NatsError, TimeoutError) as error:
                log.warning("durable %s of %s is not there yet: %r", self._durable, self._stream, error)
                failures += 1
            else:
                self._pull.forget()
                failures = 0
            await asyncio.sleep(pause(failures))

    async def _report_pending(self) -> None:
        """Ask the server how many events wait: a reader that has stopped cannot know it."""
        while True:
            self._bus.observer.pending(self._stream, self._durable, await self._pending())
            await asyncio.sleep(self._pending_seconds)

    async def _pending(self) -> float:
        if self._bus.connected:
            with contextlib.suppress(NatsError, TimeoutError):
                info = await self._bus.client.jetstream().consumer_info(self._stream, self._durable)
                return (info.num_pending or 0) + (info.num_ack_pending or 0)
        return math.nan

    async def _read(self) -> None:
        while not self._stopping:
            self._idle = True
            messages = await self._pull.batch(self._batch)
            self._idle = False
            if deliveries := await self._readable(messages):
                await self._deliver(deliveries, time.time_ns())

    async def _readable(self, messages: Sequence[Msg]) -> list[Delivery]:
        """The events in the messages, without those for another consumer and those that are no events."""
        deliveries = []
        for message in messages:
            addressee = (message.headers or {}).get(topology.REPLAY_FOR)
            if addressee not in (None, self._durable):
                await self._acknowledge([message])
                continue
            try:
                event = read(message.data, replayed=addressee is not None, address=message.subject)
            except UnreadableEventError as error:
                await self._dead_letter(message, dead_letters.UNREADABLE, str(error))
            else:
                deliveries.append(Delivery(message, event))
        return deliveries

    async def _deliver(self, deliveries: Sequence[Delivery], started: int) -> None:
        """Handle and acknowledge; halve a refused batch, down to the one event that becomes a dead letter."""
        tries = 0
        while (error := await self._try(deliveries)) is not None:
            if len(deliveries) > 1:
                middle = len(deliveries) // 2
                await self._deliver(deliveries[:middle], started)
                return await self._deliver(deliveries[middle:], started)
            tries += 1
            if tries == MAX_TRIES or isinstance(error, UnreadableEventError):
                message, event = deliveries[0]
                return await self._dead_letter(message, event.type, repr(error))
            await asyncio.sleep(pause(tries))
        await self._acknowledge([message for message, _ in deliveries])
        self._bus.observer.handled(self._stream, self._durable, [event for _, event in deliveries], started)
        return None

    async def _try(self, deliveries: Sequence[Delivery]) -> Exception | None:
        """The handler's error, if the events are at fault; a transient one is waited out."""
        failures = 0
        while True:
            try:
                await self._handle([event for _, event in deliveries])
            except self._transient as error:
                self._bus.observer.failed(self._stream, self._durable, "transient")
                log.warning("%s waits to handle events: %r", self._durable, error)
                failures += 1
                await asyncio.sleep(pause(failures))
            except Exception as error:
                self._bus.observer.failed(self._stream, self._durable, "refused")
                log.exception("%s refused %d events", self._durable, len(deliveries))
                return error
            else:
                return None

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        """A lost acknowledgement means a second delivery, which handlers expect."""
        with contextlib.suppress(NatsError):
            await send(self._bus.client, [plain(message.reply) for message in messages])

    async def _dead_letter(self, message: Msg, event_type: str, reason: str) -> None:
        """The letter is stored before its event is given up."""
        failures = 0
        key = f"{message.metadata.stream}.{message.metadata.sequence.stream}"
        letter = (self._durable, key, message.subject, message.data, event_type, reason, self._replicas)
        while True:
            try:
                await dead_letters.send(self._bus, *letter)
                await message.term()
            except (NatsError, Refused, ProvisioningError, TimeoutError) as error:
                failures += 1
                log.warning("%s waits to store a dead letter: %r", self._durable, error)
                await asyncio.sleep(pause(failures))
            else:
                return
