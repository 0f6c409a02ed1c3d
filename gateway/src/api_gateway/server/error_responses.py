"""Answers to what is not a valid HTTP request; the connection is closed after each."""

from typing import NamedTuple

from api_gateway.response_headers import API_POLICY, NO_STORE, SECURITY
from api_gateway.server.limits import HEADER_BYTES, HEADER_COUNT, REQUEST_LINE_BYTES
from service_common.problems import MEDIA_TYPE, problem
from service_common.telemetry.context import new_id


class ErrorResponse(NamedTuple):
    status: int
    code: str
    title: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def render(self, date: bytes) -> bytes:
        request_id = new_id()
        body = problem(self.status, self.code, self.title, self.detail, identity=request_id)
        headers = [
            (b"date", date),
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
            *(*SECURITY, NO_STORE, API_POLICY, *self.headers, (b"connection", b"close")),
        ]
        lines = [b"HTTP/1.1 %d %b" % (self.status, self.title.encode()), *(b"%b: %b" % header for header in headers)]
        return b"\r\n".join([*lines, b"", body])


MALFORMED = ErrorResponse(400, "malformed_request", "Bad Request", "This is not a well-formed HTTP request.")
BAD_HOST = ErrorResponse(400, "bad_host", "Bad Request", "A request needs exactly one valid Host header.")
BAD_FRAMING = ErrorResponse(400, "bad_framing", "Bad Request", "The length of the body is ambiguous.")
BAD_TARGET = ErrorResponse(400, "bad_request", "Bad Request", "The request target is malformed or ambiguous.")
BAD_HEADER = ErrorResponse(400, "bad_header", "Bad Request", "A header name may have no underscore.")
NO_UPGRADE = ErrorResponse(400, "upgrade_refused", "Bad Request", "This connection speaks HTTP/1.1 and nothing else.")
BAD_METHOD = ErrorResponse(
    405,
    "method_not_allowed",
    "Method Not Allowed",
    "The method is not one of this API's.",
    ((b"allow", b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),),
)
TOO_SLOW = ErrorResponse(408, "request_timeout", "Request Timeout", "The request took too long to arrive.")
TARGET_TOO_LONG = ErrorResponse(414, "uri_too_long", "URI Too Long", f"A target has up to {REQUEST_LINE_BYTES} bytes.")
BODY_TOO_LARGE = ErrorResponse(413, "content_too_large", "Content Too Large", "The body is too large.")
TOO_MANY_CONNECTIONS = ErrorResponse(
    429,
    "too_many_connections",
    "Too Many Requests",
    "This address has too many connections open.",
    ((b"retry-after", b"5"),),
)
TOO_BUSY = ErrorResponse(
    503, "unavailable", "Service Unavailable", "All connections are in use.", ((b"retry-after", b"1"),)
)
EXPECTATION_FAILED = ErrorResponse(
    417, "expectation_failed", "Expectation Failed", "Only 100-continue can be expected."
)
HEADERS_TOO_LARGE = ErrorResponse(
    431,
    "headers_too_large",
    "Request Header Fields Too Large",
    f"There may be {HEADER_COUNT} headers with {HEADER_BYTES} bytes in all.",
)
BAD_VERSION = ErrorResponse(505, "http_version", "HTTP Version Not Supported", "This server speaks HTTP/1.1.")
BROKEN_SERVER = ErrorResponse(500, "internal_error", "Internal Server Error", "Something went wrong here.")


class ProtocolError(Exception):
    """Raised out of the parser: the connection gets this response and ends."""

    def __init__(self, response: ErrorResponse) -> None:
        super().__init__(response.detail)
        self.response = response
