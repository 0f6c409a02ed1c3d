import threading
import time

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from service_common.bus import Telemetry
from service_common.http.middleware import RequestContext
from service_common.telemetry import context, otlp
from service_common.telemetry.http_requests import AccessLog
from service_common.telemetry.tracing import SERVER, Span, Tracer, child, span_id
from service_testing.collector import collecting
from service_testing.event_examples import TRACE
from todobus_events.publishing import Message, publish_one

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = PARENT[:-2] + "00"


@pytest.fixture
async def collector():
    async with collecting() as running:
        yield running


@pytest.fixture
def tracer(monkeypatch):
    """A tracer that keeps what it records in `recorded`, in the place of the process's."""
    own = Recording()
    own.configure("http://127.0.0.1:1", "todos", "1", 1.0)
    for module in (
        "service_common.telemetry.tracing",
        "service_common.telemetry.http_requests",
        "service_common.http.middleware",
        "service_common.bus",
    ):
        monkeypatch.setattr(f"{module}.TRACER", own)
    return own


class Recording(Tracer):
    def __init__(self) -> None:
        super().__init__()
        self._kept = InMemorySpanExporter()
        self.recorder = otlp.SpanRecorder({}, SimpleSpanProcessor(self._kept))

    @property
    def recorded(self) -> list[ReadableSpan]:
        return list(self._kept.get_finished_spans())


def identity(span):
    """Trace, span and parent of a recorded span, as they stand in trace contexts."""
    return f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}", f"{span.parent.span_id:016x}"


def record(tracer, parent_id="", *, failed=False):
    attributes = {"http.route": "/x", "http.response.status_code": 200}
    tracer.record(Span("GET /x", SERVER, PARENT, parent_id, 1, 2, attributes, failed))


class TestTracer:
    def test_without_an_endpoint_nothing_is_sampled(self):
        tracer = Tracer()
        tracer.configure("", "todos", "1", 1.0)

        assert (tracer.enabled, tracer.samples(PARENT), tracer.flags()) == (False, False, "00")

    @pytest.mark.parametrize(("ratio", "flags"), [(0.0, "00"), (1.0, "01")])
    def test_a_trace_is_sampled_where_it_begins(self, ratio, flags):
        tracer = Tracer()
        tracer.configure("http://x", "todos", "1", ratio)

        assert tracer.flags() == flags

    def test_later_the_flag_decides(self, tracer):
        assert (tracer.samples(PARENT), tracer.samples(UNSAMPLED), tracer.samples("")) == (True, False, False)

    def test_a_child_is_another_span_of_the_trace(self):
        other = child(PARENT)

        assert (other[:35], other[52:]) == (PARENT[:35], PARENT[52:])
        assert span_id(other) != span_id(PARENT)

    def test_what_no_collector_takes_does_not_fill_the_memory(self, tracer):
        begun, released, sent = threading.Event(), threading.Event(), []

        class Stuck(SpanExporter):
            def export(self, spans):
                begun.set()
                released.wait(10)
                sent.extend(spans)
                return SpanExportResult.SUCCESS

        tracer.recorder = otlp.SpanRecorder({}, otlp.batching(Stuck(), max_waiting=3, max_batch=1))
        record(tracer)
        assert begun.wait(10)
        for _ in range(5):
            record(tracer)
        released.set()
        tracer.recorder.shutdown()

        assert len(sent) == 1 + 3


class TestExport:
    async def test_spans_arrive_as_otlp(self, collector):
        tracer = Tracer()
        tracer.configure(collector.url, "todos", "2", 1.0)
        await tracer.start()
        record(tracer, "00f067aa0ba902b7", failed=True)
        await tracer.stop()

        line, body = collector.requests[0]
        assert line == b"POST /v1/traces HTTP/1.1"
        resource = {one["key"]: one["value"] for one in body["resourceSpans"][0]["resource"]["attributes"]}
        assert resource["service.name"] == {"stringValue": "todos"}
        assert collector.spans == [
            {
                "traceId": "0af7651916cd43dd8448eb211c80319c",
                "spanId": "b7ad6b7169203331",
                "parentSpanId": "00f067aa0ba902b7",
                "name": "GET /x",
                "kind": 2,
                "startTimeUnixNano": "1",
                "endTimeUnixNano": "2",
                "attributes": [
                    {"key": "http.route", "value": {"stringValue": "/x"}},
                    {"key": "http.response.status_code", "value": {"intValue": "200"}},
                ],
                "status": {"code": 2},
            }
        ]

    async def test_a_collector_that_refuses_costs_spans_and_nothing_else(self, collector):
        collector.status = b"500 Internal Server Error"
        tracer = Tracer()
        tracer.configure(collector.url, "todos", "1", 1.0)
        await tracer.start()
        lost = figure("trace_spans_lost_total")
        record(tracer)
        await tracer.stop()

        assert len(collector.requests) == 1
        assert figure("trace_spans_lost_total") == lost + 1


def figure(name):
    return REGISTRY.get_sample_value(name)


async def call(traceparent):
    """A request through the middleware; the context that the app saw."""
    seen = []

    async def app(scope, _, send):
        seen.append(context.traceparent.get())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(_):
        pass

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [(b"traceparent", traceparent.encode())]}
    await RequestContext(app)(scope, None, send)
    return seen[0]


class TestRequests:
    async def test_a_sampled_one_is_a_span_under_its_caller(self, tracer):
        own = await call(PARENT)

        recorded = tracer.recorded[0]
        assert identity(recorded) == (own[3:35], span_id(own), span_id(PARENT))
        assert recorded.attributes["http.response.status_code"] == 200
        assert recorded.start_time <= recorded.end_time <= time.time_ns()

    async def test_one_that_is_not_sampled_is_passed_on_as_it_is(self, tracer):
        assert await call(UNSAMPLED) == UNSAMPLED
        assert tracer.recorded == []


class TestMessages:
    async def test_publishing_is_a_span_of_the_trace_that_made_the_event(self, tracer, nats):
        sampled = TRACE[:-2] + "01"
        client = await nats.connect("operator")
        for traceparent in (sampled, TRACE[:-2] + "00"):
            message = Message(traceparent[-2:], "todos.events.v1.u.created", b"{}", {"traceparent": traceparent})
            await publish_one(client, message, observer=Telemetry())

        assert [(one.name, identity(one)[0], identity(one)[2]) for one in tracer.recorded] == [
            ("publish", sampled[3:35], span_id(sampled))
        ]


class TestAccessLog:
    @pytest.fixture
    def lines(self):
        return []

    @pytest.fixture
    def log(self, lines):
        class Log:
            def info(self, _, **values):
                lines.append(("info", values["path"]))

            def warning(self, _, **values):
                lines.append(("warning", values["path"]))

        return AccessLog(Log())

    def test_one_of_so_many(self, log, lines):
        log.every = 3
        for number in range(7):
            log.record("GET", f"/{number}", 200, 0.01)

        assert lines == [("info", "/2"), ("info", "/5")]

    def test_errors_and_slow_answers_always(self, log, lines):
        log.record("GET", "/a", 200, 0.01)
        log.record("GET", "/b", 503, 0.01)
        log.record("GET", "/c", 200, 1.5)

        assert lines == [("warning", "/b"), ("warning", "/c")]
