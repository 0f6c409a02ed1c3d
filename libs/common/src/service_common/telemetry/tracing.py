"""Spans, sent with OTLP over HTTP where an endpoint is configured; elsewhere nothing is recorded and nothing costs.

OpenTelemetry's own ASGI wrapper costs some 200 µs a request, sampled or not. Here the decision comes first: it is the
flag that the W3C trace context carries from the gateway on, and who finds it not set does nothing more.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from random import getrandbits, random
from typing import Any, NamedTuple

import orjson
import structlog
from prometheus_client import Counter
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import PyreqwestError

from todobus_events import tasks

log = structlog.get_logger("tracing")
SERVER, PRODUCER, CONSUMER = 2, 4, 5  # OTLP's kinds of spans
MAX_WAITING = 10_000
MAX_BATCH = 500
EXPORT_SECONDS = 1.0
SAMPLED = "1"
LOST = Counter("trace_spans_lost_total", "Spans that no collector took")


class Span(NamedTuple):
    """Times are nanoseconds since 1970; `traceparent` holds the span's own id, `parent` its parent's or nothing."""

    name: str
    kind: int
    traceparent: str
    parent: str
    started: int
    ended: int
    attributes: Mapping[str, str | int]
    failed: bool


class Tracer:
    """What a process records; `enabled` is false until an endpoint is configured."""

    def __init__(self) -> None:
        self.enabled = False
        self.waiting: deque[Span] = deque()
        self._url, self._ratio = "", 0.0
        self._resource: Mapping[str, str] = {}
        self._exporting: asyncio.Task[None] | None = None

    def configure(self, endpoint: str, service: str, instance: str, ratio: float) -> None:
        self._url = f"{endpoint.rstrip('/')}/v1/traces"
        self._resource = {"service.name": service, "service.instance.id": instance, "service.namespace": "todobus"}
        self._ratio, self.enabled = ratio, bool(endpoint)

    def flags(self) -> str:
        """The decision about a trace that begins here."""
        return "01" if self.enabled and random() < self._ratio else "00"  # noqa: S311 - a sample

    def samples(self, traceparent: str | None) -> bool:
        return self.enabled and bool(traceparent) and traceparent[-1:] == SAMPLED  # type: ignore[index]

    def record(self, span: Span) -> None:
        if len(self.waiting) < MAX_WAITING:
            self.waiting.append(span)
        else:
            LOST.inc()

    def record_child(
        self, name: str, kind: int, parent: str, started: int, attributes: Mapping[str, str | int]
    ) -> None:
        """A span that ends now, under the sampled one that `parent` names."""
        own = child(parent)
        self.record(Span(name, kind, own, span_id(parent), started, time.time_ns(), attributes, failed=False))

    async def start(self) -> None:
        if self.enabled:
            self._exporting = asyncio.create_task(self._export(), name="trace-export")

    async def stop(self) -> None:
        """Send what is left, if the collector takes it at once."""
        if self._exporting:
            await tasks.end(self._exporting)
            await self._flush()

    async def _export(self) -> None:
        while True:
            await asyncio.sleep(EXPORT_SECONDS)
            await self._flush()

    async def _flush(self) -> None:
        timeout = timedelta(seconds=5)
        while self.waiting:
            spans = [self.waiting.popleft() for _ in range(min(MAX_BATCH, len(self.waiting)))]
            body = orjson.dumps(encode(spans, self._resource))
            try:
                async with ClientBuilder().no_proxy().timeout(timeout).error_for_status().build() as client:
                    await (
                        client.post(self._url)
                        .header("content-type", "application/json")
                        .body_bytes(body)
                        .build()
                        .send()
                    )
            except PyreqwestError as error:
                LOST.inc(len(spans))
                log.warning("spans were not taken", url=self._url, error=repr(error))


TRACER = Tracer()


def child(traceparent: str) -> str:
    """A new span in the same trace."""
    return f"{traceparent[:36]}{getrandbits(64) or 1:016x}{traceparent[52:]}"


def span_id(traceparent: str) -> str:
    return traceparent[36:52]


def encode(spans: list[Span], resource: Mapping[str, str]) -> dict[str, Any]:
    """OTLP's JSON form of an export request."""
    scope = {"scope": {"name": "todobus"}, "spans": [_encode_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": _attributes(resource)}, "scopeSpans": [scope]}]}


def _encode_span(span: Span) -> dict[str, Any]:
    return {
        "traceId": span.traceparent[3:35],
        "spanId": span_id(span.traceparent),
        "parentSpanId": span.parent,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _attributes(span.attributes),
        "status": {"code": 2} if span.failed else {},
    }


def _attributes(values: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]
