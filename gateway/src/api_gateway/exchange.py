"""One request and its answer: who asks, under which id, and the headers that every answer carries."""

import time
from collections.abc import Iterable
from random import getrandbits
from typing import Any

from api_gateway.server.headers import Incoming
from api_gateway.upstream.forwarding import Forwarding
from service_common.errors import ServiceError
from service_common.problems import MEDIA_TYPE, problem
from service_common.telemetry import context, http_requests
from service_common.telemetry.tracing import TRACER, child

Headers = list[tuple[bytes, bytes]]
CLIENT_GONE = 499
"""Recorded where nobody waited for an answer; never sent."""
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
API_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
NO_STORE = (b"cache-control", b"no-store")
TRANSPORT_SECURITY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Exchange:
    __slots__ = (
        "extra",
        "forwarding",
        "incoming",
        "method",
        "parent",
        "peer",
        "receive",
        "request_id",
        "route",
        "scope",
        "secure",
        "send",
        "started",
        "status",
        "traceparent",
    )

    def __init__(self, scope: Any, receive: Any, send: Any, forwarding: Forwarding) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.forwarding = forwarding
        self.started = time.perf_counter()
        self.status = 0
        self.route = "unmatched"
        self.method: str = scope["method"]
        self.peer: str = scope["client"][0] if scope["client"] else "unknown"
        self.request_id = context.new_request_id()
        self.traceparent = self.parent = ""
        self.secure = scope["scheme"] == "https"
        self.extra: Headers = []

    def read_headers(self) -> None:
        """Take what the client's headers say; raises BadRequest."""
        self.incoming = incoming = Incoming(self.scope["headers"])
        if self.forwarding.trusts(self.peer):
            self.request_id = incoming.request_id.decode() or self.request_id
            self.secure = self.secure or incoming.forwarded_proto == b"https"
        self.parent = incoming.traceparent.decode()
        self.traceparent = _continued(self.parent)
        context.request_id.set(self.request_id)
        context.traceparent.set(self.traceparent)

    @property
    def client(self) -> str:
        return self.forwarding.client(self.peer, self.incoming)

    def record(self) -> None:
        """Count the request, now that it is over."""
        self.status = self.status or CLIENT_GONE
        seconds = time.perf_counter() - self.started
        http_requests.record(
            self.route, self.method, self.scope["path"], self.status, seconds, self.traceparent, self.parent
        )

    async def start(self, status: int, headers: Headers) -> None:
        """Send the head of the answer, with what every answer carries."""
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

    async def refuse(self, error: ServiceError) -> None:
        body = problem(error.status, error.code, error.title, error.detail, error.errors, self.request_id)
        headers = [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        await self.answer(error.status, MEDIA_TYPE, body, [*headers, NO_STORE, API_POLICY])


def _continued(received: str) -> str:
    """The gateway's own span in the client's trace, or in a new one."""
    if received:
        return child(received)
    return f"00-{getrandbits(128):032x}-{getrandbits(64) or 1:016x}-{TRACER.flags()}"
