"""A durable consumer that hands over batches and acknowledges what was handled.

A handler that cannot reach its database is asked again with the same batch, and nothing more is pulled meanwhile: an
outage uses up no deliveries. A handler that refuses a batch gets its halves, down to the one event at fault, which
becomes a dead letter; the others are handled.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg
import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from prometheus_client import Counter, Gauge, Histogram

from service_common.telemetry.tracing import CONSUMER, TRACER
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event, UnreadableEventError, read
from todobus_events.jetstream import ProvisioningError, ensure_consumer
from todobus_events.publishing import Refused, plain, send
from todobus_events.subscriber import dead_letters
from todobus_events.subscriber.pull import Pull

log = structlog.get_logger("consumer")

Handler = Callable[[Sequence[Event]], Awaitable[None]]
TRANSIENT: tuple[type[Exception], ...] = (
    OSError,  # TimeoutError is one of them
    NatsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
)
BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
MAX_TRIES = 3
STOP_SECONDS = 10.0

HANDLED = Counter("consumer_events_total", "Events handled", ["stream", "consumer"])
FAILED = Counter("consumer_failures_total", "Batches that a handler did not take", ["stream", "consumer", "kind"])
PENDING = Gauge("consumer_pending_events", "Events of the stream not delivered yet", ["stream", "consumer"])
DELAY = Histogram(
    "consumer_delay_seconds",
    "From the time of an event to the acknowledgement of its batch, last event of each batch",
    ["stream", "consumer"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 60, 3600),
)


class Delivery(NamedTuple):
    message: Msg
    event: Event


class Consumer:
    """`handle` gets at most `batch` events; when it returns they are acknowledged, so it commits before."""

    def __init__(
        self,
        bus: Bus,
        stream: str,
        durable: str,
        handle: Handler,
        *,
        batch: int = 500,
        start_at: str = "all",
        transient: tuple[type[Exception], ...] = TRANSIENT,
        replicas: int = 1,
    ) -> None:
        self._bus = bus
        self._config = topology.durable(stream, durable, deliver=start_at)
        self._stream, self._durable, self._handle, self._batch = stream, durable, handle, batch
        self._transient, self._replicas = transient, replicas
        self._pull = Pull(bus.client, stream, durable, ahead=2 * batch)
        self._tasks: list[asyncio.Task[None]] = []
        self._started = self._idle = self._stopping = False

    async def start(self) -> None:
        """Read in the background from the first connection on; a bus that is down delays nobody's start."""
        self._bus.on_connect(self._connected)
        if self._bus.connected:
            await self._connected()

    async def stop(self) -> None:
        """Finish the batch that is being handled; give back the rest."""
        self._stopping = True
        if not self._tasks:
            return
        reading, minding = self._tasks
        minding.cancel()
        if self._idle:
            reading.cancel()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(reading, STOP_SECONDS)
        await self._pull.stop()

    async def check(self) -> None:
        """Fails when it does not read any more: for the readiness of its process."""
        if not self._tasks or any(task.done() for task in self._tasks):
            raise RuntimeError(f"consumer {self._durable} of {self._stream} is not reading")

    async def oldest(self, subject: str) -> Event | None:
        """The first event of a subject that is not acknowledged: here now, or on its way to come again."""
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
                    return read(message.data or b"")

    async def _connected(self) -> None:
        if not self._started:
            self._started = True  # before the first wait: two callers may come at once
            await self._pull.start()
            self._tasks = [
                asyncio.create_task(self._read(), name=f"consumer-{self._durable}"),
                asyncio.create_task(self._mind(), name=f"consumer-{self._durable}-mind"),
            ]
        self._pull.lost.set()

    async def _mind(self) -> None:
        """Whenever the server has lost sight of the durable, make sure that it exists and ask again."""
        failures = 0
        while not self._stopping:
            await self._pull.lost.wait()
            try:
                await ensure_consumer(self._bus.client, self._stream, self._config)
            except (ProvisioningError, NatsError, TimeoutError) as error:
                log.warning("no consumer yet", consumer=self._durable, error=repr(error))
                failures += 1
            else:
                self._pull.forget()
                failures = 0
            await asyncio.sleep(pause(failures))

    async def _read(self) -> None:
        while not self._stopping:
            self._idle = True
            messages = await self._pull.batch(self._batch)
            self._idle = False
            if deliveries := await self._readable(messages):
                started = time.time_ns()
                await self._deliver(deliveries)
                self._observe(deliveries[-1])
                self._trace(deliveries, started)

    async def _readable(self, messages: Sequence[Msg]) -> list[Delivery]:
        """The events in the messages; what is not for this consumer or not an event is done with here."""
        deliveries = []
        for message in messages:
            addressee = (message.headers or {}).get(topology.REPLAY_FOR)
            if addressee not in (None, self._durable):
                await self._acknowledge([message])
                continue
            try:
                deliveries.append(Delivery(message, read(message.data, replayed=addressee is not None)))
            except UnreadableEventError as error:
                await self._bury(message, dead_letters.UNREADABLE, str(error))
        return deliveries

    async def _deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Handle and acknowledge; halve what is refused, and bury the one event that is refused alone."""
        tries = 0
        while (error := await self._try(deliveries)) is not None:
            if len(deliveries) > 1:
                middle = len(deliveries) // 2
                await self._deliver(deliveries[:middle])
                return await self._deliver(deliveries[middle:])
            tries += 1
            if tries == MAX_TRIES:
                message, event = deliveries[0]
                return await self._bury(message, event.type, repr(error))
            await asyncio.sleep(pause(tries))
        await self._acknowledge([delivery.message for delivery in deliveries])
        HANDLED.labels(self._stream, self._durable).inc(len(deliveries))
        return None

    async def _try(self, deliveries: Sequence[Delivery]) -> Exception | None:
        """The handler's error, if it is one of the events' own; what is transient is waited for."""
        failures = 0
        while True:
            try:
                await self._handle([delivery.event for delivery in deliveries])
            except self._transient as error:
                FAILED.labels(self._stream, self._durable, "transient").inc()
                log.warning("waiting to handle events", consumer=self._durable, error=repr(error))
                failures += 1
                await asyncio.sleep(pause(failures))
            except Exception as error:
                FAILED.labels(self._stream, self._durable, "refused").inc()
                log.exception("events were refused", consumer=self._durable, events=len(deliveries))
                return error
            else:
                return None

    def _trace(self, deliveries: Sequence[Delivery], started: int) -> None:
        if TRACER.enabled:
            attributes = {"messaging.system": "nats", "messaging.consumer.group.name": self._durable}
            for _, event in deliveries:
                if event.traceparent and TRACER.samples(event.traceparent):
                    TRACER.record_child(f"process {event.type}", CONSUMER, event.traceparent, started, attributes)

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        """An acknowledgement that gets lost means a second delivery, which handlers expect anyway."""
        with contextlib.suppress(NatsError):
            await send(self._bus.client, [plain(message.reply) for message in messages])

    async def _bury(self, message: Msg, event_type: str, reason: str) -> None:
        """A dead letter is stored before its event is given up."""
        failures = 0
        key = f"{message.metadata.stream}.{message.metadata.sequence.stream}"
        while True:
            try:
                await dead_letters.send(
                    self._bus.client,
                    self._durable,
                    key,
                    message.subject,
                    message.data,
                    event_type,
                    reason,
                    self._replicas,
                )
                await message.term()
            except (NatsError, Refused, ProvisioningError, TimeoutError) as error:
                failures += 1
                log.warning("waiting to store a dead letter", consumer=self._durable, error=repr(error))
                await asyncio.sleep(pause(failures))
            else:
                return

    def _observe(self, last: Delivery) -> None:
        PENDING.labels(self._stream, self._durable).set(last.message.metadata.num_pending)
        with contextlib.suppress(ValueError):
            delay = datetime.now(UTC) - datetime.fromisoformat(last.event.time)
            DELAY.labels(self._stream, self._durable).observe(delay.total_seconds())


def pause(failures: int) -> float:
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)]
