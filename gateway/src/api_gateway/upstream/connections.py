"""HTTP/1.1 to an instance of a service, on asyncio transports.

A connection carries one exchange at a time. Anything but well-framed HTTP ends the connection: it is never used again,
so no byte of one answer can reach another request.
"""

import asyncio
from typing import Self, cast

import httptools

from api_gateway.errors import UpstreamBroken, UpstreamTimedOut

MAX_HEAD_BYTES = 64 * 1024
HIGH_WATER_BYTES = 256 * 1024
FRAMING = (b"content-length", b"transfer-encoding")
BODILESS = (204, 304)


class Connection(asyncio.Protocol):
    """`begin` starts an exchange, `head` and `read` take its answer, `finish` ends it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.deadline = float("inf")
        self.idle_since = 0.0
        self.sent = True
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._parser = httptools.HttpResponseParser(self)
        self._busy = self._head_only = self.answered = self._complete = self._reusable = self._paused = False
        self._chunks: list[bytes] = []
        self._buffered = self._head_bytes = 0
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    # One exchange

    def begin(self, request: bytes, *, head_only: bool, deadline: float, whole: bool = True) -> None:
        """Send a request, `whole` or its first part; the answer to a `head_only` request has no body."""
        self.sent = whole
        self.status, self.headers, self._chunks = 0, [], []
        self._busy, self._head_only, self.deadline = True, head_only, deadline
        self.answered = self._complete = self._reusable = False
        self._buffered = self._head_bytes = 0
        self.transport.write(request)

    async def write(self, data: bytes) -> None:
        """Send more of the request; waits while the instance does not read."""
        self.transport.write(data)
        if self._writable:
            await self._writable
        if self._failure:
            raise self._failure

    async def head(self) -> None:
        """Wait until `status` and `headers` are known and the body has begun or ended; raises UpstreamError.

        An answer that ends before its body fails here, where the request can still go to another instance.
        """
        while not (self._chunks or self._complete):
            await self._progress()

    async def read(self) -> tuple[bytes, bool]:
        """The next part of the body, and whether more follows; raises UpstreamError."""
        while not self._chunks and not self._complete:
            await self._progress()
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks, self._buffered = [], 0
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        return body, not self._complete

    @property
    def usable(self) -> bool:
        """Whether another exchange may follow on this connection."""
        return self._failure is None and not self._busy and not self.transport.is_closing()

    def finish(self) -> bool:
        """End the exchange; false if the connection had to be closed."""
        self.deadline = float("inf")
        if self._busy and self.sent and self._complete and self._reusable and not self._failure:
            self._busy = False
            if self._head_only:
                self._parser = httptools.HttpResponseParser(self)
            return not self.transport.is_closing()
        self.transport.abort()
        return False

    def fail(self, error: Exception) -> None:
        """End the connection; `head`, `read` and `write` raise `error`."""
        if self._failure is None:
            self._failure = error
        self.transport.abort()
        self._wake()

    def expire(self) -> None:
        self.fail(UpstreamTimedOut("The service did not answer in time."))

    async def _progress(self) -> None:
        if self._failure:
            raise self._failure
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._busy or self._complete:
            self.fail(UpstreamBroken("The service sent more than its answer."))
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.fail(UpstreamBroken("The service's answer is not well-formed HTTP."))
        if not self.answered:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.fail(UpstreamBroken("The service's answer has too large a head."))
        elif self._buffered > HIGH_WATER_BYTES and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def connection_lost(self, _: Exception | None) -> None:
        if self._failure is None:
            self._failure = UpstreamBroken("The service closed the connection before its answer was complete.")
        self.resume_writing()
        self._wake()

    def pause_writing(self) -> None:
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._writable and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # The parser's calls

    def on_message_begin(self) -> None:
        if self._complete:
            raise UpstreamBroken("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.answered:  # what comes after the body is a trailer
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # noqa: PLR2004 - interim answers (100, 103) are not passed on
            self.headers = []
            return
        self.status = status
        self._check_framing()
        self.answered = True
        if self._head_only:
            self._end()

    def on_body(self, body: bytes) -> None:
        if self._head_only:
            raise UpstreamBroken("a body after a HEAD request")
        self._chunks.append(body)
        self._buffered += len(body)

    def on_message_complete(self) -> None:
        if self.answered and not self._head_only:
            self._end()

    def _end(self) -> None:
        self._complete = True
        self._reusable = self._parser.should_keep_alive()

    def _check_framing(self) -> None:
        """Refuse an answer without framing: its end would look like a broken connection."""
        framing = [header for header in self.headers if header[0] in FRAMING]
        bodiless = self._head_only or self.status in BODILESS
        if len(framing) > 1 or not (framing or bodiless):
            raise UpstreamBroken("no framing, or more than one")
        if framing and framing[0][0] == b"transfer-encoding" and framing[0][1].lower() != b"chunked":
            raise UpstreamBroken("an encoding other than chunked")
