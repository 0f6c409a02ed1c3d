"""One request and its answer: who asks, under which id, and the headers that every answer carries."""

import time
from collections.abc import Iterable
from random import getrandbits
from typing import Any

from api_gateway.request_headers import RequestHeaders
from api_gateway.response_headers import API_POLICY, NO_STORE, SECURITY, TRANSPORT_SECURITY, Headers
from api_gateway.routes import Route
from api_gateway.trusted_proxies import TrustedProxies
from service_common.errors import ServiceError
from service_common.problems import MEDIA_TYPE, problem
from service_common.telemetry import context, http_requests
from service_common.telemetry.tracing import TRACER, child


class Exchange:
    """`route` is set for API paths, `label` names it in metrics; `holder` is the user or address that it counts for."""

    route: Route

    def __init__(self, scope: Any, receive: Any, send: Any, proxies: TrustedProxies) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.proxies = proxies
        self.started = time.perf_counter()
        self.status = 0
        self.recorded = False
        self.label = "unmatched"
        self.holder = ""
        self.method: str = scope["method"]
        self.peer: str = scope["client"][0] if scope["client"] else "unknown"
        self.request_id = context.new_id()
        self.traceparent = self.parent = ""
        self.secure = scope["scheme"] == "https"
        self.extra: Headers = []

    def read_headers(self) -> None:
        """Take what the client's headers say; raises BadRequest."""
        self.headers = headers = RequestHeaders(self.scope["headers"])
        if self.proxies.trusts(self.peer):
            self.request_id = headers.request_id.decode() or self.request_id
            self.secure = self.secure or headers.forwarded_proto == b"https"
        self.parent = headers.traceparent.decode()
        self.traceparent = _own_span(self.parent)
        context.request_id.set(self.request_id)
        context.traceparent.set(self.traceparent)

    @property
    def client(self) -> str:
        """What rate limits count the client by."""
        return self.proxies.client(self.peer, self.headers)

    def record(self) -> None:
        """Record the request once: when it is over, or an event stream, which its client ends, when it begins."""
        if self.recorded:
            return
        self.recorded = True
        status, seconds = self.status or http_requests.CLIENT_CLOSED_REQUEST, time.perf_counter() - self.started
        path = self.scope["path"]
        http_requests.record(self.label, self.method, path, status, seconds, self.traceparent, self.parent)

    async def start(self, status: int, headers: Headers) -> None:
        """Send the head of the answer, with the headers that every answer carries."""
        self.status = status
        headers += SECURITY
        headers += self.extra
        headers.append((b"x-request-id", self.request_id.encode()))
        if self.secure:
            headers.append(TRANSPORT_SECURITY)
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def answer(
        self, status: int, media_type: str, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        """Send a whole answer of the gateway itself."""
        framing = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
        await self.start(status, [*framing, *headers])
        await self.send({"type": "http.response.body", "body": body})

    async def answer_empty(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        await self.start(status, [*headers])
        await self.send({"type": "http.response.body", "body": b""})

    async def answer_error(self, error: ServiceError) -> None:
        body = problem(error.status, error.code, error.title, error.detail, error.errors, self.request_id)
        headers = [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        await self.answer(error.status, MEDIA_TYPE, body, [*headers, NO_STORE, API_POLICY])


def _own_span(received: str) -> str:
    """The trace context of the gateway's span, in the client's trace or in a new one."""
    if received:
        return child(received)
    return f"00-{getrandbits(128):032x}-{getrandbits(64) or 1:016x}-{TRACER.flags()}"
