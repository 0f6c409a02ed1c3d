"""The head of a request as it arrives, and the ASGI scope that it makes if nothing in it is ambiguous."""

import re
import urllib.parse
from typing import Any

import httptools

from api_gateway.server import refusals
from api_gateway.server.refusals import Refusal
from api_gateway.server.targets import acceptable

HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
ABSOLUTE = re.compile(rb"https?://([^/?#]*)(/?.*)", re.DOTALL | re.IGNORECASE)
ASGI = {"version": "3.0", "spec_version": "2.4"}
OVERHEAD = 4  # colon, space, line end


class RefusedError(Exception):
    """Stops the parser: no request comes of this."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class Head:
    __slots__ = ("_hosts", "_raw", "_size", "_upgrade", "chunked", "expects", "headers", "host", "target")

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.target = self.host = b""
        self.expects = self.chunked = self._upgrade = False
        self._hosts = self._size = self._raw = 0

    def add_target(self, part: bytes) -> None:
        self.target += part
        if len(self.target) > refusals.REQUEST_LINE_BYTES:
            raise RefusedError(refusals.TARGET_TOO_LONG)

    def add_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        self._size += len(name) + len(value) + OVERHEAD
        if self._size > refusals.HEADER_BYTES or len(self.headers) >= refusals.HEADER_COUNT:
            raise RefusedError(refusals.HEADERS_TOO_LARGE)
        if b"_" in name:
            raise RefusedError(refusals.BAD_HEADER)
        if note := _NOTED.get(name):
            note(self, value)
        self.headers.append((name, value))

    def count_unfinished(self, size: int) -> None:
        """Called with what arrived while the head is not complete: a name or value without end is counted too."""
        self._raw += size
        if self._raw > refusals.REQUEST_LINE_BYTES + refusals.HEADER_BYTES:
            raise RefusedError(refusals.HEADERS_TOO_LARGE if self.headers else refusals.TARGET_TOO_LONG)

    def scope(self, parser: httptools.HttpRequestParser, client: Any, server: Any) -> dict[str, Any]:
        """The request; raises RefusedError."""
        method = parser.get_method().decode("ascii")
        if method not in refusals.METHODS:
            raise RefusedError(refusals.BAD_METHOD)
        if self._upgrade:
            raise RefusedError(refusals.NO_UPGRADE)
        version = parser.get_http_version()
        self._check(version)
        path, _, query = self._origin_form().partition(b"?")
        if not acceptable(path, query):
            raise RefusedError(refusals.BAD_TARGET)
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
                raise RefusedError(refusals.BAD_FRAMING if self.chunked else refusals.BAD_HOST)
        elif version != "1.1":
            raise RefusedError(refusals.BAD_VERSION)
        elif self._hosts != 1 or not HOST.fullmatch(self.host):
            raise RefusedError(refusals.BAD_HOST)

    def _origin_form(self) -> bytes:
        """The target without the origin that an absolute one names, which has to be the Host header's."""
        if self.target.startswith(b"/"):
            return self.target
        absolute = ABSOLUTE.fullmatch(self.target)
        if not absolute or absolute[1].lower() != self.host.lower():
            raise RefusedError(refusals.BAD_TARGET)
        return absolute[2] if absolute[2].startswith(b"/") else b"/" + absolute[2]

    def _note_host(self, value: bytes) -> None:
        self._hosts += 1
        self.host = value

    def _note_encoding(self, value: bytes) -> None:
        if self.chunked or value.lower() != b"chunked":
            raise RefusedError(refusals.BAD_FRAMING)
        self.chunked = True

    def _note_expectation(self, value: bytes) -> None:
        if value.lower() != b"100-continue":
            raise RefusedError(refusals.EXPECTATION_FAILED)
        self.expects = True

    def _note_upgrade(self, _: bytes) -> None:
        self._upgrade = True


_NOTED = {
    b"host": Head._note_host,  # noqa: SLF001 - the table of its own methods
    b"transfer-encoding": Head._note_encoding,  # noqa: SLF001
    b"expect": Head._note_expectation,  # noqa: SLF001
    b"upgrade": Head._note_upgrade,  # noqa: SLF001
}
