import time

import pytest

from service_common.bus import Telemetry
from service_common.http.middleware import RequestContext
from service_common.telemetry import context, tracing
from service_common.telemetry.tracing import SERVER, Span, Tracer, child, span_id
from service_testing.collector import collecting
from todobus_events.examples import TRACE
from todobus_events.publishing import Message, publish_one

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = PARENT[:-2] + "00"


@pytest.fixture
async def collector():
    async with collecting() as running:
        yield running


@pytest.fixture
def tracer(monkeypatch):
    """A tracer that records and sends nothing by itself, in the place of the process's."""
    own = Tracer()
    own.configure("http://127.0.0.1:1", "todos", "1", 1.0)
    for module in (
        "service_common.telemetry.tracing",
        "service_common.http.middleware",
        "service_common.bus",
    ):
        monkeypatch.setattr(f"{module}.TRACER", own)
    return own


def span(**values):
    known = Span(
        "GET /x", SERVER, PARENT, "", 1, 2, {"http.route": "/x", "http.response.status_code": 200}, failed=False
    )
    return known._replace(**values)


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

    def test_what_no_collector_takes_does_not_fill_the_memory(self, tracer, monkeypatch):
        monkeypatch.setattr(tracing, "MAX_WAITING", 3)
        for _ in range(5):
            tracer.record(span())

        assert len(tracer.waiting) == 3


class TestExport:
    async def test_spans_arrive_as_otlp(self, collector):
        tracer = Tracer()
        tracer.configure(collector.url, "todos", "2", 1.0)
        await tracer.start()
        tracer.record(span(failed=True, parent="00f067aa0ba902b7"))
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
        tracer.record(span())
        await tracer.stop()

        assert len(tracer.waiting) == 0


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

        recorded = tracer.waiting[0]
        assert (recorded.traceparent, recorded.parent) == (own, span_id(PARENT))
        assert recorded.attributes["http.response.status_code"] == 200
        assert recorded.started <= recorded.ended <= time.time_ns()

    async def test_one_that_is_not_sampled_is_passed_on_as_it_is(self, tracer):
        assert await call(UNSAMPLED) == UNSAMPLED
        assert len(tracer.waiting) == 0


class TestMessages:
    async def test_publishing_is_a_span_of_the_trace_that_made_the_event(self, tracer, nats):
        sampled = TRACE[:-2] + "01"
        client = await nats.connect("operator")
        for traceparent in (sampled, TRACE[:-2] + "00"):
            message = Message(traceparent[-2:], "todos.events.v1.u.created", b"{}", {"traceparent": traceparent})
            await publish_one(client, message, observer=Telemetry())

        assert [(one.name, one.traceparent[:35], one.parent) for one in tracer.waiting] == [
            ("publish", sampled[:35], span_id(sampled))
        ]


class TestAccessLog:
    @pytest.fixture
    def lines(self, monkeypatch):
        found = []

        class Log:
            def info(self, _, **values):
                found.append(("info", values["path"]))

            def warning(self, _, **values):
                found.append(("warning", values["path"]))

        monkeypatch.setattr(context, "_access", Log())
        return found

    def test_one_of_so_many(self, lines):
        log = context.AccessLog()
        log.every = 3
        for number in range(7):
            log.record("GET", f"/{number}", 200, 0.01)

        assert lines == [("info", "/2"), ("info", "/5")]

    def test_errors_and_slow_answers_always(self, lines):
        log = context.AccessLog()
        log.record("GET", "/a", 200, 0.01)
        log.record("GET", "/b", 503, 0.01)
        log.record("GET", "/c", 200, 1.5)

        assert lines == [("warning", "/b"), ("warning", "/c")]
