"""One request on a client's connection and its response, as ASGI's `receive` and `send`."""

import asyncio
from typing import TYPE_CHECKING, Any

from api_gateway.errors import ClientDisconnected
from service_common.problems import STATUSES

if TYPE_CHECKING:
    from api_gateway.server.protocol import HttpProtocol

Message = dict[str, Any]
STATUS_LINES = {status: b"HTTP/1.1 %d %b" % (status, phrase.encode()) for status, phrase in STATUSES.items()}
BODILESS = (204, 304)


class RequestResponseCycle:
    """The head of a response of known length is held back until its body: most responses are one write."""

    def __init__(self, connection: "HttpProtocol", scope: Message, *, keep_alive: bool, expects: bool) -> None:
        self._connection, self.scope, self._method = connection, scope, scope["method"]
        self.chunks = scope["http_version"] == "1.1"
        self.keep_alive, self._expects = keep_alive, expects
        self.body, self.more_body, self._ended = b"", True, False
        self.started = self.complete = self.disconnected = False
        self._head = b""
        self._left: int | None = 0
        self._waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let `receive` look again: more of the body, its end, or a disconnect has arrived."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def receive(self) -> Message:
        if self._expects and not self.started:
            self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._expects = False
        while not (self._over or self.body or not (self.more_body or self._ended)):
            self._connection.resume_reading()
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        if self._over:
            return {"type": "http.disconnect"}
        body, self.body, self._ended = self.body, b"", not self.more_body
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    @property
    def _over(self) -> bool:
        """The client has disconnected, or the response is complete."""
        return self.disconnected or self.complete

    async def send(self, message: Message) -> None:
        if self.disconnected:
            raise ClientDisconnected
        if message["type"] == "http.response.start":
            self._start(message["status"], message["headers"])
        else:
            self._continue(message.get("body", b""), more=message.get("more_body", False))
            if self._connection.paused:
                await self._connection.drain(complete=self.complete)

    def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.started = True
        lines = [STATUS_LINES[status], b"date: " + self._connection.date()]
        lines += [b"%b: %b" % header for header in headers]
        self._left = self._length(status, headers)
        if self._left is None and self.chunks:
            lines.append(b"transfer-encoding: chunked")
        if self.more_body or not self.keep_alive:
            self.keep_alive = False
            lines.append(b"connection: close")
        head = b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
            raise ValueError("a header contains a line break")
        self._head = head + b"\r\n\r\n"
        if self._left is None:
            self._flush(b"")

    def _length(self, status: int, headers: list[tuple[bytes, bytes]]) -> int | None:
        """The length of the body; None if it is sent in chunks."""
        if self._method == "HEAD" or status in BODILESS:
            return 0
        for name, value in headers:
            if name == b"content-length":
                return int(value)
        return None

    def _continue(self, body: bytes, *, more: bool) -> None:
        if self._left is None:
            self._flush(self._chunk(body, more=more) if self.chunks else body)
        elif self._method == "HEAD":
            self._flush(b"")
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise ValueError("the body is not as long as content-length")
            self._flush(body)
        if not more:
            self.complete = True
            self._connection.answered(self)

    def _chunk(self, body: bytes, *, more: bool) -> bytes:
        chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        return chunk if more else chunk + b"0\r\n\r\n"

    def _flush(self, data: bytes) -> None:
        self._connection.write(self._head + data)
        self._head = b""
