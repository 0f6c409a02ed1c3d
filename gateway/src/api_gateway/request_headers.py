"""One pass over a request's headers: the values the gateway uses, and the lines it forwards to a service."""

import re
from collections.abc import Iterable

from service_common.errors import BadRequest

# Hop-by-hop (RFC 9110, 7.6.1) and framing, which the gateway sets itself.
HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding "
    b"upgrade expect content-length http2-settings".split()
)
# Headers that only the gateway may set.
SET_BY_GATEWAY = frozenset(
    b"forwarded via x-real-ip x-request-id traceparent tracestate x-client-ip true-client-ip cf-connecting-ip "
    b"x-original-url x-rewrite-url x-http-method-override x-http-method x-method-override".split()
)
FORGED = (b"x-forwarded-", b"x-user-", b"x-auth-", b"x-internal-", b"x-todobus-")
RELIED_ON = (b"authorization", b"cookie", b"host", b"x-", b"content-", b"if-", b"idempotency-", b"sec-", b"origin")
REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class RequestHeaders:
    """The headers of a request, read once; raises BadRequest. `lines` are those that are forwarded."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.authorization = self.host = self.origin = self.request_id = self.traceparent = b""
        self.forwarded_for = self.forwarded_host = self.forwarded_proto = b""
        self.content_length = -1
        self.chunked = False
        self.named: frozenset[bytes] = frozenset()
        self.lines: list[bytes] = []
        for name, value in headers:
            if name in _KEPT:
                setattr(self, _KEPT[name], value)
            elif name in _READ:
                _READ[name](self, value)
            if name not in _DROPPED and not name.startswith(FORGED):
                self.lines.append(b"%b: %b\r\n" % (name, value))
        if self.named:
            self.lines = [line for line in self.lines if line.partition(b":")[0] not in self.named]

    def authorize(self, access_token: str) -> None:
        """Forward this access token in the place of the client's authorization."""
        self.lines = [line for line in self.lines if not line.startswith(b"authorization:")]
        self.lines.append(b"authorization: Bearer %b\r\n" % access_token.encode())

    @property
    def has_body(self) -> bool:
        return self.chunked or self.content_length > 0

    def _authorization(self, value: bytes) -> None:
        if self.authorization:
            raise BadRequest("Only one Authorization header may be sent.")
        self.authorization = value

    def _content_length(self, value: bytes) -> None:
        self.content_length = int(value)

    def _transfer_encoding(self, _: bytes) -> None:
        self.chunked = True

    def _connection(self, value: bytes) -> None:
        """Headers named here are hop-by-hop too, except those that the gateway or a service relies on."""
        named = {name.strip().lower() for name in value.split(b",")} - HOP_BY_HOP - {b"close", b""}
        if any(name.startswith(RELIED_ON) for name in named):
            raise BadRequest("Connection names a header that is not hop-by-hop.")
        self.named |= named

    def _request_id(self, value: bytes) -> None:
        if REQUEST_ID.fullmatch(value):
            self.request_id = value

    def _traceparent(self, value: bytes) -> None:
        if TRACEPARENT.fullmatch(value):
            self.traceparent = value

    def _forwarded_for(self, value: bytes) -> None:
        self.forwarded_for = self.forwarded_for + b", " + value if self.forwarded_for else value


_KEPT = {
    b"host": "host",
    b"origin": "origin",
    b"x-forwarded-host": "forwarded_host",
    b"x-forwarded-proto": "forwarded_proto",
}
_READ = {
    b"authorization": RequestHeaders._authorization,  # noqa: SLF001 - a table of its own methods
    b"connection": RequestHeaders._connection,  # noqa: SLF001
    b"content-length": RequestHeaders._content_length,  # noqa: SLF001
    b"traceparent": RequestHeaders._traceparent,  # noqa: SLF001
    b"transfer-encoding": RequestHeaders._transfer_encoding,  # noqa: SLF001
    b"x-forwarded-for": RequestHeaders._forwarded_for,  # noqa: SLF001
    b"x-request-id": RequestHeaders._request_id,  # noqa: SLF001
}
_DROPPED = HOP_BY_HOP | SET_BY_GATEWAY
