"""The head of a request while it arrives, and the ASGI scope made of it if nothing in it is ambiguous."""

import re
import urllib.parse
from typing import Any

import httptools

from api_gateway.server import error_responses, limits
from api_gateway.server.error_responses import ProtocolError
from api_gateway.server.request_target import is_unambiguous

HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
ABSOLUTE = re.compile(rb"https?://([^/?#]*)(/?.*)", re.DOTALL | re.IGNORECASE)
ASGI = {"version": "3.0", "spec_version": "2.4"}
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OVERHEAD = 4  # colon, space, line end


class RequestHead:
    """All methods raise ProtocolError for what is not accepted."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.target = self.host = b""
        self.expects = self.chunked = self._upgrade = False
        self._hosts = self._size = self._raw = 0

    def add_target(self, part: bytes) -> None:
        self.target += part
        if len(self.target) > limits.REQUEST_LINE_BYTES:
            raise ProtocolError(error_responses.TARGET_TOO_LONG)

    def add_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        self._size += len(name) + len(value) + OVERHEAD
        if self._size > limits.HEADER_BYTES or len(self.headers) >= limits.HEADER_COUNT:
            raise ProtocolError(error_responses.HEADERS_TOO_LARGE)
        if b"_" in name:
            raise ProtocolError(error_responses.BAD_HEADER)
        if note := _NOTED.get(name):
            note(self, value)
        self.headers.append((name, value))

    def count_unfinished(self, size: int) -> None:
        """Called with the bytes that arrived while the head is incomplete: counts names and values without end too."""
        self._raw += size
        if self._raw > limits.REQUEST_LINE_BYTES + limits.HEADER_BYTES:
            raise ProtocolError(error_responses.HEADERS_TOO_LARGE if self.headers else error_responses.TARGET_TOO_LONG)

    def scope(self, parser: httptools.HttpRequestParser, client: Any, server: Any) -> dict[str, Any]:
        """The ASGI scope of the request."""
        method = parser.get_method().decode("ascii")
        if method not in METHODS:
            raise ProtocolError(error_responses.BAD_METHOD)
        if self._upgrade:
            raise ProtocolError(error_responses.NO_UPGRADE)
        version = parser.get_http_version()
        self._check(version)
        path, _, query = self._origin_form().partition(b"?")
        if not is_unambiguous(path, query):
            raise ProtocolError(error_responses.BAD_TARGET)
        return {
            "type": "http",
            "asgi": ASGI,
            "http_version": version,
            "method": method,
            "scheme": "http",
            "path": urllib.parse.unquote(path.decode("ascii")) if b"%" in path else path.decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self.headers,
            "client": client,
            "server": server,
        }

    def _check(self, version: str) -> None:
        if version == "1.0":
            if self.chunked or self._hosts > 1:
                raise ProtocolError(error_responses.BAD_FRAMING if self.chunked else error_responses.BAD_HOST)
        elif version != "1.1":
            raise ProtocolError(error_responses.BAD_VERSION)
        elif self._hosts != 1 or not HOST.fullmatch(self.host):
            raise ProtocolError(error_responses.BAD_HOST)

    def _origin_form(self) -> bytes:
        """The target; of one in absolute form the part after its origin, which must be the Host header's."""
        if self.target.startswith(b"/"):
            return self.target
        absolute = ABSOLUTE.fullmatch(self.target)
        if not absolute or absolute[1].lower() != self.host.lower():
            raise ProtocolError(error_responses.BAD_TARGET)
        return absolute[2] if absolute[2].startswith(b"/") else b"/" + absolute[2]

    def _note_host(self, value: bytes) -> None:
        self._hosts += 1
        self.host = value

    def _note_encoding(self, value: bytes) -> None:
        if self.chunked or value.lower() != b"chunked":
            raise ProtocolError(error_responses.BAD_FRAMING)
        self.chunked = True

    def _note_expectation(self, value: bytes) -> None:
        if value.lower() != b"100-continue":
            raise ProtocolError(error_responses.EXPECTATION_FAILED)
        self.expects = True

    def _note_upgrade(self, _: bytes) -> None:
        self._upgrade = True


_NOTED = {
    b"host": RequestHead._note_host,  # noqa: SLF001 - a table of its own methods
    b"transfer-encoding": RequestHead._note_encoding,  # noqa: SLF001
    b"expect": RequestHead._note_expectation,  # noqa: SLF001
    b"upgrade": RequestHead._note_upgrade,  # noqa: SLF001
}
