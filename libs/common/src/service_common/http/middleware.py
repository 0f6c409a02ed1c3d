"""What happens around every request of a service: its identity, and what is recorded of it."""

import asyncio
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_common.errors import Unavailable
from service_common.http.errors import answer
from service_common.http.protocols import READS
from service_common.telemetry import context, http_requests
from service_common.telemetry.tracing import TRACER, child

REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


READ_SECONDS = 8.0  # less than the 10 for which the gateway waits


class TookTooLong(Unavailable):
    code, detail = "took_too_long", "This took too long, and was given up."
    fixed_headers = (("Retry-After", "1"),)


class RequestContext:
    """Takes `X-Request-Id` and `traceparent` from the gateway, or makes them; answers carry the id.

    The answer to a GET or HEAD begins within `read_seconds`; if not, the work is cancelled.
    """

    def __init__(self, app: ASGIApp, read_seconds: float = READ_SECONDS) -> None:
        self.app = app
        self._read_seconds = read_seconds

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
                if not limit.expired():
                    limit.reschedule(None)
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", identity.encode())]
            await send(message)

        limit = asyncio.timeout(self._read_seconds if scope["method"] in READS else None)
        try:
            async with limit:
                await self.app(scope, receive, send_with_id)
        except TimeoutError:
            if not limit.expired():
                raise
            await answer(TookTooLong())(scope, receive, send_with_id)
        except asyncio.CancelledError:
            status = http_requests.CLIENT_CLOSED_REQUEST
            raise
        finally:
            route, seconds = getattr(scope.get("route"), "path", "unmatched"), time.perf_counter() - started
            http_requests.record(route, scope["method"], scope["path"], status, seconds, trace, parent)
            context.request_id.reset(tokens[0])
            context.traceparent.reset(tokens[1])


def _identity(headers: list[tuple[bytes, bytes]]) -> tuple[str, str]:
    identity, trace = "", ""
    for name, value in headers:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            identity = value.decode()
        elif name == b"traceparent" and TRACEPARENT.fullmatch(value):
            trace = value.decode()
    return identity or context.new_id(), trace or context.new_traceparent()
