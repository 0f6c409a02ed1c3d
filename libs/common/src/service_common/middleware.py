"""What happens around every request of a service: its identity, its metrics, its log line."""

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_common import telemetry

log = structlog.get_logger("access")
REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
SLOW_SECONDS = 1.0


class RequestContext:
    """Takes `X-Request-Id` and `traceparent` from the gateway, or makes them, and answers with the id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        identity, trace = _identity(scope["headers"])
        tokens = telemetry.request_id.set(identity), telemetry.traceparent.set(trace)
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
            _record(scope, status, time.perf_counter() - started)
            telemetry.request_id.reset(tokens[0])
            telemetry.traceparent.reset(tokens[1])


def _identity(headers: list[tuple[bytes, bytes]]) -> tuple[str, str]:
    identity, trace = "", ""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            identity = value.decode()
        elif name == b"traceparent" and TRACEPARENT.fullmatch(value):
            trace = value.decode()
    return identity or str(uuid.uuid4()), trace or telemetry.new_traceparent()


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    telemetry.REQUESTS.record(route, scope["method"], status, seconds)
    if status >= 500 or seconds > SLOW_SECONDS:  # noqa: PLR2004 - server errors
        log.warning("request", method=scope["method"], path=scope["path"], status=status, seconds=round(seconds, 4))
