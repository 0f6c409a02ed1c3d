"""Spans in OpenTelemetry's terms and their export with OTLP over HTTP; only processes with an endpoint import this."""

import time
from collections.abc import Mapping, Sequence

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, set_span_in_context
from prometheus_client import Counter

from service_common.telemetry.tracing import Span

EXPORT_SECONDS = 2.0
PAUSE_SECONDS = 5.0
LOST = Counter("trace_spans_lost_total", "Spans that could not be exported")
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class _GivenIds(IdGenerator):
    """The ids of `traceparent`: a span is recorded after its trace context was passed on."""

    traceparent = ""

    def generate_trace_id(self) -> int:
        return int(self.traceparent[3:35], 16)

    def generate_span_id(self) -> int:
        return int(self.traceparent[36:52], 16)


class SpanRecorder:
    """Hands spans that have ended to `processor`."""

    def __init__(self, resource: Mapping[str, str], processor: SpanProcessor) -> None:
        self._ids = _GivenIds()
        self._provider = TracerProvider(resource=Resource(resource), id_generator=self._ids, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("todobus")

    def record(self, span: Span) -> None:
        self._ids.traceparent = span.own
        context = _context(span.own, span.parent_id) if span.parent_id else Context()
        kind = SpanKind[span.kind]
        made = self._tracer.start_span(span.name, context, kind, span.attributes, start_time=span.started)
        if span.failed:
            made.set_status(StatusCode.ERROR)
        made.end(span.ended)

    def shutdown(self) -> None:
        """Export what is left, and wait for it."""
        self._provider.shutdown()


def _context(traceparent: str, parent_id: str) -> Context:
    parent = SpanContext(int(traceparent[3:35], 16), int(parent_id, 16), is_remote=True, trace_flags=SAMPLED)
    return set_span_in_context(NonRecordingSpan(parent), Context())


class Exporter(OTLPSpanExporter):
    """Sends to a collector's base address, past any proxy of the environment, and counts what could not be sent."""

    def __init__(self, endpoint: str) -> None:
        session = requests.Session()
        session.trust_env = False
        super().__init__(f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS, session=session)
        self._paused_until = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """After a failure the next ones fail at once for a while: a stop waits for one export and not for all."""
        paused = time.monotonic() < self._paused_until
        if not paused and super().export(spans) is SpanExportResult.SUCCESS:
            return SpanExportResult.SUCCESS
        LOST.inc(len(spans))
        self._paused_until = self._paused_until if paused else time.monotonic() + PAUSE_SECONDS
        return SpanExportResult.FAILURE


def batching(exporter: SpanExporter, max_waiting: int = 10_000, max_batch: int = 500) -> BatchSpanProcessor:
    """Exports in a thread, once a second or when a batch is full; beyond `max_waiting` spans the oldest are dropped."""
    return BatchSpanProcessor(exporter, max_waiting, schedule_delay_millis=1000, max_export_batch_size=max_batch)
