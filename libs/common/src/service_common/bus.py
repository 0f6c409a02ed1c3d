"""The connection to NATS of one of our processes, and what it counts and traces of the bus."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge, Histogram

from service_common.settings import BusSettings
from service_common.telemetry.tracing import CONSUMER, PRODUCER, TRACER
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.observer import Observer
from todobus_events.publishing import Message
from todobus_events.tasks import Supervisor

HANDLED = Counter("consumer_events_total", "Events handled", ["stream", "consumer"])
FAILED = Counter("consumer_failures_total", "Batches that a handler did not take", ["stream", "consumer", "kind"])
PENDING = Gauge(
    "consumer_pending_events",
    "Events of the stream not handled yet; NaN: unknown, the server could not be asked",
    ["stream", "consumer"],
)
DELAY = Histogram(
    "consumer_delay_seconds",
    "From the time of an event to the acknowledgement of its batch, last event of each batch",
    ["stream", "consumer"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 60, 3600),
)
DEAD_LETTERS = Counter("consumer_dead_letters_total", "Events set aside as dead letters", ["consumer"])


def create_bus(settings: BusSettings, name: str, supervisor: Supervisor | None = None, *, echo: bool = True) -> Bus:
    """The bus of a process, with metrics and traces; the arguments are those of `todobus_events.bus.Bus`."""
    return Bus(
        settings.nats_servers,
        user=settings.nats_user,
        password=settings.nats_password,
        name=name,
        echo=echo,
        observer=Telemetry(),
        supervisor=supervisor,
    )


class Telemetry(Observer):
    """Prometheus metrics of consumers, and a span for each event whose trace is sampled."""

    def published(self, messages: Sequence[Message], started: int) -> None:
        if TRACER.enabled:
            for message in messages:
                if TRACER.samples(parent := message.headers.get("traceparent", "")):
                    attributes = {"messaging.system": "nats", "messaging.destination.name": message.subject}
                    TRACER.record_child("publish", PRODUCER, parent, started, attributes)

    def handled(self, stream: str, durable: str, events: Sequence[Event], started: int) -> None:
        HANDLED.labels(stream, durable).inc(len(events))
        delay = datetime.now(UTC) - datetime.fromisoformat(events[-1].time)
        DELAY.labels(stream, durable).observe(delay.total_seconds())
        if TRACER.enabled:
            _trace(durable, events, started)

    def pending(self, stream: str, durable: str, count: float) -> None:
        PENDING.labels(stream, durable).set(count)

    def failed(self, stream: str, durable: str, kind: str) -> None:
        FAILED.labels(stream, durable, kind).inc()

    def dead_letter(self, durable: str) -> None:
        DEAD_LETTERS.labels(durable).inc()


def _trace(durable: str, events: Sequence[Event], started: int) -> None:
    attributes = {"messaging.system": "nats", "messaging.consumer.group.name": durable}
    for event in events:
        if event.traceparent and TRACER.samples(event.traceparent):
            TRACER.record_child(f"process {event.type}", CONSUMER, event.traceparent, started, attributes)
