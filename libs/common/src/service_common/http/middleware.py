"""What happens around every request of a service: its identity, its metrics, its log line."""

import re
import time
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_common.telemetry import context
from service_common.telemetry.tracing import SERVER, TRACER, Span, child, span_id

REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class RequestContext:
    """Takes `X-Request-Id` and `traceparent` from the gateway, or makes them, and answers with the id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        identity, parent = _identity(scope["headers"])
        trace = child(parent) if TRACER.samples(parent) else parent
        tokens = context.request_id.set(identity), context.traceparent.set(trace)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", identity.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            _record(scope, status, started, parent)
            context.request_id.reset(tokens[0])
            context.traceparent.reset(tokens[1])


def _identity(headers: list[tuple[bytes, bytes]]) -> tuple[str, str]:
    identity, trace = "", ""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            identity = value.decode()
        elif name == b"traceparent" and TRACEPARENT.fullmatch(value):
            trace = value.decode()
    return identity or str(uuid.uuid4()), trace or context.new_traceparent()


def _record(scope: Scope, status: int, started: float, parent: str) -> None:
    route, seconds = getattr(scope.get("route"), "path", "unmatched"), time.perf_counter() - started
    context.REQUESTS.record(route, scope["method"], status, seconds)
    context.ACCESS.record(scope["method"], scope["path"], status, seconds)
    if TRACER.samples(parent):
        record_request(scope["method"], route, status, seconds, context.traceparent.get(), span_id(parent))


def record_request(method: str, route: str, status: int, seconds: float, own: str, parent: str) -> None:
    """The span of a request that has just been answered."""
    ended = time.time_ns()
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "todobus.request_id": context.request_id.get(),
    }
    failed = status >= 500  # noqa: PLR2004 - server errors
    started = ended - int(seconds * 1e9)
    TRACER.record(Span(f"{method} {route}", SERVER, own, parent, started, ended, attributes, failed))
