"""How much of a connection one client may use, and what it is told beyond that."""

from typing import NamedTuple

from api_gateway.exchange import API_POLICY, NO_STORE, SECURITY
from service_common.problems import MEDIA_TYPE, problem
from service_common.telemetry.context import new_request_id

REQUEST_LINE_BYTES = 8 * 1024
HEADER_BYTES = 16 * 1024
HEADER_COUNT = 100
HEAD_SECONDS = 5.0
BODY_SECONDS = 30.0
IDLE_SECONDS = 75.0
DRAIN_SECONDS = 1.0
LINGER_SECONDS = 2.0
BODY_BUFFER_BYTES = 64 * 1024
BODY_WIRE_BYTES = 8 * 1024 * 1024  # a body of 1 MiB in chunks of one byte


class Refusal(NamedTuple):
    """An answer to what is not a request that anything could be done with; the connection ends with it."""

    status: int
    code: str
    title: str
    detail: str
    headers: bytes = b""

    def render(self, date: bytes) -> bytes:
        request_id = new_request_id()
        body = problem(self.status, self.code, self.title, self.detail, identity=request_id)
        common = b"".join(b"%b: %b\r\n" % header for header in (*SECURITY, NO_STORE, API_POLICY))
        return (
            b"HTTP/1.1 %d %b\r\ndate: %b\r\ncontent-type: %b\r\ncontent-length: %d\r\nx-request-id: %b\r\n"
            b"%b%bconnection: close\r\n\r\n%b"
        ) % (
            self.status,
            self.title.encode(),
            date,
            MEDIA_TYPE.encode(),
            len(body),
            request_id.encode(),
            common,
            self.headers,
            body,
        )


MALFORMED = Refusal(400, "malformed_request", "Bad Request", "This is not a well-formed HTTP request.")
BAD_HOST = Refusal(400, "bad_host", "Bad Request", "A request needs exactly one valid Host header.")
BAD_FRAMING = Refusal(400, "bad_framing", "Bad Request", "The length of the body is ambiguous.")
BAD_TARGET = Refusal(400, "bad_request", "Bad Request", "The request target is malformed or ambiguous.")
BAD_HEADER = Refusal(400, "bad_header", "Bad Request", "A header name may have no underscore.")
NO_UPGRADE = Refusal(400, "upgrade_refused", "Bad Request", "This connection speaks HTTP/1.1 and nothing else.")
BAD_METHOD = Refusal(
    405,
    "method_not_allowed",
    "Method Not Allowed",
    "The method is not one of this API's.",
    b"allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n",
)
TOO_SLOW = Refusal(408, "request_timeout", "Request Timeout", "The request took too long to arrive.")
TARGET_TOO_LONG = Refusal(414, "uri_too_long", "URI Too Long", f"A target has up to {REQUEST_LINE_BYTES} bytes.")
BODY_TOO_LARGE = Refusal(413, "content_too_large", "Content Too Large", "The body is too large.")
EXPECTATION_FAILED = Refusal(417, "expectation_failed", "Expectation Failed", "Only 100-continue can be expected.")
HEADERS_TOO_LARGE = Refusal(
    431,
    "headers_too_large",
    "Request Header Fields Too Large",
    f"There may be {HEADER_COUNT} headers with {HEADER_BYTES} bytes in all.",
)
BAD_VERSION = Refusal(505, "http_version", "HTTP Version Not Supported", "This server speaks HTTP/1.1.")
BROKEN_SERVER = Refusal(500, "internal_error", "Internal Server Error", "Something went wrong here.")
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
