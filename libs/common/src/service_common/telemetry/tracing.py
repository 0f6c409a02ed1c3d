"""W3C trace contexts, and the spans of those that are sampled; without an endpoint nothing is recorded.

OpenTelemetry's own ASGI instrumentation costs some 200 µs a request, sampled or not. Here the sampled flag of the trace
context, which the gateway sets, is checked first: a request without it costs nothing more. OpenTelemetry's SDK
(`otlp.py`) is imported only in processes with an endpoint.
"""

import asyncio
import time
from collections.abc import Mapping
from random import getrandbits, random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from service_common.telemetry.otlp import SpanRecorder

SERVER, PRODUCER, CONSUMER = "SERVER", "PRODUCER", "CONSUMER"  # names of OpenTelemetry's SpanKind
SAMPLED = "1"


class Span(NamedTuple):
    """`own` is its trace context, `parent_id` the id of a span or nothing; times are nanoseconds since 1970."""

    name: str
    kind: str
    own: str
    parent_id: str
    started: int
    ended: int
    attributes: Mapping[str, str | int]
    failed: bool = False


class Tracer:
    """Records spans; `enabled` is false until an endpoint is configured, and nothing is kept before `start`."""

    def __init__(self) -> None:
        self.enabled = False
        self.recorder: SpanRecorder | None = None
        self._endpoint, self._ratio = "", 0.0
        self._resource: dict[str, str] = {}

    def configure(self, endpoint: str, service: str, instance: str, ratio: float) -> None:
        """`endpoint` is the base address of a collector; `ratio` of the traces that begin here are sampled (0 to 1)."""
        self._resource = {"service.name": service, "service.instance.id": instance, "service.namespace": "todobus"}
        self._endpoint, self._ratio, self.enabled = endpoint, ratio, bool(endpoint)

    def flags(self) -> str:
        """The flags of a trace that begins here: whether it is sampled."""
        return "01" if self.enabled and random() < self._ratio else "00"  # noqa: S311 - a sample

    def samples(self, traceparent: str | None) -> bool:
        return self.enabled and bool(traceparent) and traceparent[-1:] == SAMPLED  # type: ignore[index]

    def record(self, span: Span) -> None:
        if self.recorder:
            self.recorder.record(span)

    def record_child(
        self, name: str, kind: str, parent: str, started: int, attributes: Mapping[str, str | int]
    ) -> None:
        """A span that ends now, under the sampled one whose trace context is `parent`."""
        self.record(Span(name, kind, child(parent), span_id(parent), started, time.time_ns(), attributes))

    async def start(self) -> None:
        if self.enabled:
            from service_common.telemetry import otlp  # noqa: PLC0415 - imported only where an endpoint is configured

            self.recorder = otlp.SpanRecorder(self._resource, otlp.batching(otlp.Exporter(self._endpoint)))

    async def stop(self) -> None:
        """Send what is left; a collector that does not answer costs a few seconds."""
        if self.recorder:
            await asyncio.to_thread(self.recorder.shutdown)


TRACER = Tracer()


def child(traceparent: str) -> str:
    """The trace context of a new span in the same trace."""
    return f"{traceparent[:36]}{getrandbits(64) or 1:016x}{traceparent[52:]}"


def span_id(traceparent: str) -> str:
    return traceparent[36:52]
