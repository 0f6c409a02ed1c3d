"""Cross-origin requests: an exact list of origins may call the API from a browser; by default none may."""

from collections.abc import Collection

from api_gateway.exchange import Exchange
from api_gateway.response_headers import Headers

VARY = (b"vary", b"origin")
SHOWN = (
    "etag", "link", "location", "todo-sequence", "command-id", "x-next-cursor", "x-request-id", "retry-after",
    "ratelimit", "ratelimit-policy",
)  # fmt: skip
EXPOSED = (b"access-control-expose-headers", ", ".join(SHOWN).encode())
PREFLIGHT = [
    (b"access-control-allow-methods", b"DELETE, GET, HEAD, PATCH, POST, PUT"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id",
    ),
    (b"access-control-max-age", b"600"),
]


class Cors:
    """`*` and `null` are not origins: they are never in the list and never sent."""

    def __init__(self, origins: Collection[bytes]) -> None:
        self._origins = frozenset(origins) - {b"*", b"null"}

    def headers(self, origin: bytes) -> Headers:
        """The headers of an answer to a request from this origin."""
        if not self._origins:
            return []
        if origin not in self._origins:
            return [VARY]
        return [VARY, (b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true"), EXPOSED]

    def is_preflight(self, exchange: Exchange) -> bool:
        if exchange.method != "OPTIONS" or exchange.headers.origin not in self._origins:
            return False
        return any(name == b"access-control-request-method" for name, _ in exchange.scope["headers"])
