"""HTTP/1.1 from clients: a protocol class for uvicorn, with limits, deadlines and strict parsing.

llhttp parses. What it accepts and two servers might interpret differently is refused here, before a request exists: the
connection gets one error response and is closed. Deadlines need no timer per request: one sweep checks all connections.
"""

import asyncio
from collections import deque
from typing import Any, ClassVar, cast
from weakref import WeakSet

import httptools
import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from api_gateway.addresses import canonical
from api_gateway.errors import ClientDisconnected
from api_gateway.server import error_responses, limits
from api_gateway.server.admission import CLOSED, Admission
from api_gateway.server.error_responses import ErrorResponse, ProtocolError
from api_gateway.server.limits import TIMING, Timing
from api_gateway.server.request_head import RequestHead
from api_gateway.server.request_response import RequestResponseCycle
from service_common.telemetry import http_requests

log = structlog.get_logger("protocol")
NEVER = float("inf")


class HttpProtocol(asyncio.Protocol):
    """One connection of a client: `_cycle` is being answered, `_waiting` are the pipelined ones after it."""

    _swept: ClassVar[WeakSet[ServerState]] = WeakSet()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: Any,  # noqa: ARG002 - uvicorn passes it; the gateway keeps its state in the app
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        admission: Admission,
        timing: Timing = TIMING,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._app, self._state, self._timing, self._admission = config.loaded_app, server_state, timing, admission
        self._parser: httptools.HttpRequestParser | None = None
        self._head: RequestHead | None = None
        self._cycle: RequestResponseCycle | None = None
        self._receiving: RequestResponseCycle | None = None
        self._waiting: deque[RequestResponseCycle] | None = None
        self._task: asyncio.Task[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._error: ErrorResponse | None = None
        self._closing = self._draining = self._ended = self.paused = False
        self._idle = self._reading = True
        self._received = self._body = self._measured = self._unread = self._taken = 0
        self.write_deadline = NEVER

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername") or ("unknown", 0)
        self._peer = (canonical(peer[0]) or peer[0], peer[1])
        self._server = transport.get_extra_info("sockname")
        self.deadline = self._loop.time() + self._timing.idle
        self._state.connections.add(self)  # type: ignore[arg-type]
        if self._state not in self._swept:
            self._swept.add(self._state)
            _sweep(self._loop, self._state, self._timing.sweep)
        if refusal := self._admission.enter(self, self._peer[0]):
            self.transport.write(refusal.render(self.date()))
            self._close()

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        if self._idle:
            self._idle = False
            self._admission.busy(self)
            self.deadline = self._loop.time() + self._timing.head
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(data)
            if self._head:
                self._head.count_unfinished(len(data))
            elif self._receiving:
                self._count_body(len(data))
        except ProtocolError as error:
            self._refuse(error.response)
        except httptools.HttpParserUpgrade:
            self._refuse(error_responses.NO_UPGRADE)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause.response if isinstance(cause, ProtocolError) else error_responses.MALFORMED)

    def _count_body(self, size: int) -> None:
        """The app limits the body; its chunk extensions and trailers are limited here."""
        self._received += size
        if self._received > limits.BODY_OVERHEAD * self._body + limits.BODY_BUFFER_BYTES:
            raise ProtocolError(error_responses.BODY_TOO_LARGE)

    def eof_received(self) -> bool:
        """A client that has sent a request and closed its side still gets the response, if it begins soon."""
        self._ended = self._cycle is not None and not self._cycle.started and not self._head and not self._receiving
        if self._ended:
            self.deadline = self._loop.time() + self._timing.linger
        return self._ended

    def connection_lost(self, _: Exception | None) -> None:
        self._state.connections.discard(self)
        self._admission.leave(self)
        self._closing = True
        if self._cycle and self._task and not self._cycle.complete:
            self._cycle.disconnected = True
            self._task.cancel()
        self.resume_writing()
        self._parser = None

    def pause_writing(self) -> None:
        self.paused = True
        self._writable = self._loop.create_future()
        self._count_unread(self.transport.get_write_buffer_size())
        self._measure_reader()

    def resume_writing(self) -> None:
        self.paused = False
        self.write_deadline = NEVER
        self._count_unread(-self._unread)
        if self._writable and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def _count_unread(self, size: int) -> None:
        """`_unread`: the bytes that have waited for the client since it fell behind."""
        self._unread += size
        self._admission.read_ahead += size

    def _measure_reader(self) -> None:
        self._taken = self._unread - self.transport.get_write_buffer_size()
        self.write_deadline = self._loop.time() + self._timing.write

    # The server's calls

    def shutdown(self) -> None:
        """Finish what was begun; the next response closes the connection, an idle one is closed a little later."""
        self._draining = True
        if self._cycle:
            self._cycle.keep_alive = False
        elif self._idle:
            self.deadline = min(self.deadline, self._loop.time() + self._timing.drain)

    def expire(self) -> None:
        """The deadline has passed, for what the client sends or for the end of the connection."""
        now, self.deadline = self._loop.time(), NEVER
        unanswered = self._ended and self._cycle and not self._cycle.started
        if self.transport.is_closing() and self.paused:
            self.deadline = now + self._timing.write  # the rest is due when `expire_writing` has seen the client read
        elif self.transport.is_closing() or unanswered:
            self.transport.abort()
        elif self._closing or self._idle:
            self._close()
        elif self._receiving and self._received - self._measured >= self._timing.body * limits.SLOWEST_UPLOAD:
            self.deadline, self._measured = now + self._timing.body, self._received
        elif self._reading and not self._ended:
            self._refuse(error_responses.TOO_SLOW)

    def expire_writing(self) -> None:
        """The client has been behind for a while: go on if it reads, at least slowly."""
        taken = self._unread - self.transport.get_write_buffer_size() - self._taken
        if taken >= self._timing.write * limits.SLOWEST_DOWNLOAD:
            self._measure_reader()
        else:
            CLOSED.labels("slow").inc()
            self.transport.abort()

    # The parser's calls

    def on_message_begin(self) -> None:
        self._head = RequestHead()
        if self._cycle is None:
            self.deadline = self._loop.time() + self._timing.head

    def on_url(self, url: bytes) -> None:
        if self._head:
            self._head.add_target(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head:
            self._head.add_header(name, value)

    def on_headers_complete(self) -> None:
        assert self._head is not None  # noqa: S101 - a message has begun
        assert self._parser is not None  # noqa: S101
        head, self._head = self._head, None
        scope = head.scope(self._parser, self._peer, self._server)
        persistent = not self._draining and self._parser.should_keep_alive()
        cycle = RequestResponseCycle(self, scope, keep_alive=persistent, expects=head.expects)
        self.deadline = self._loop.time() + self._timing.body
        self._received = self._body = self._measured = 0
        if self._cycle is None:
            self._run(cycle)
        else:
            self._wait(cycle)
        self._receiving = cycle

    def on_body(self, body: bytes) -> None:
        if cycle := self._receiving:
            cycle.body += body
            self._body += len(body)
            if len(cycle.body) > limits.BODY_BUFFER_BYTES:
                self._pause_reading()
            cycle.wake()

    def on_message_complete(self) -> None:
        if cycle := self._receiving:
            cycle.more_body = False
            cycle.wake()
        self._receiving = None
        self.deadline = NEVER
        if cycle and not cycle.keep_alive:
            self._closing = True

    # Responses

    def _run(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._task = task = self._loop.create_task(self._answer(cycle))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _wait(self, cycle: RequestResponseCycle) -> None:
        """Pipelined requests are answered one after the other."""
        self._waiting = self._waiting or deque()
        if len(self._waiting) >= limits.PIPELINED_REQUESTS:
            raise ProtocolError(error_responses.MALFORMED)
        self._waiting.append(cycle)
        self._pause_reading()

    async def _answer(self, cycle: RequestResponseCycle) -> None:
        try:
            if self._writable:  # the client has to read the response before first
                await self._writable
            await self._app(cycle.scope, cycle.receive, cycle.send)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("the app raised an error")
        finally:
            if not cycle.complete:
                self._break_off(cycle)

    def answered(self, cycle: RequestResponseCycle) -> None:
        """The whole response has been written: go on with the next request, or close."""
        if cycle.more_body:
            self._receiving = None
            return self._linger()
        if not cycle.keep_alive or self._ended:
            return self._close()
        self._cycle = None
        if self._waiting:
            self._run(self._waiting.popleft())
        elif self._error:
            self._write_error(self._error)
        else:
            self._idle = self._head is None
            if self._idle:
                self._admission.idle(self)
            seconds = self._timing.idle if self._idle else self._timing.head
            self.deadline = self._loop.time() + seconds
        if not self._waiting:
            self.resume_reading()
        return None

    def _break_off(self, cycle: RequestResponseCycle) -> None:
        """A response that was begun and not completed can end with its connection only."""
        if cycle.disconnected or self.transport.is_closing():
            return
        if cycle.started:
            self._close()
        else:
            self._write_error(error_responses.BROKEN_SERVER)

    def _refuse(self, error: ErrorResponse) -> None:
        """Send an error response once all requests before it have been answered."""
        if self._closing and self._cycle is None:
            return
        self._closing, self._head = True, None
        unfinished, self._receiving = self._receiving, None
        if unfinished:
            unfinished.disconnected = True
            unfinished.wake()
        if unfinished and unfinished is not self._cycle and self._waiting:
            self._waiting.remove(unfinished)
        if self._cycle is None or (unfinished is self._cycle and not unfinished.started):
            self._write_error(error)
        elif unfinished is self._cycle:
            self._close()
        else:
            self._error = error

    def _write_error(self, error: ErrorResponse) -> None:
        http_requests.series("refused", "-", error.status).observe(0.0)
        self.transport.write(error.render(self.date()))
        self._linger()

    def _linger(self) -> None:
        """Close our side and read on for a while: closing at once would reset the response on its way."""
        self._closing = True
        self._admission.idle(self)
        self.deadline = self._loop.time() + self._timing.linger
        self.resume_reading()
        if not self.transport.is_closing():
            self.transport.write_eof()

    def _close(self) -> None:
        """Close when the client has read everything, or the time for that is over."""
        self._closing = True
        self._admission.idle(self)
        self.deadline = self._loop.time() + self._timing.write
        self.transport.close()

    # Called by a cycle

    def date(self) -> bytes:
        headers = self._state.default_headers
        return headers[0][1] if headers else b""

    def write(self, data: bytes) -> None:
        if self.paused:
            self._count_unread(len(data))
        self.transport.write(data)

    async def drain(self, *, complete: bool) -> None:
        """Wait for the client to read, unless memory has room for the next part of a response, or for all of it."""
        full = self._admission.read_ahead > limits.READ_AHEAD_TOTAL_BYTES
        if self._writable and (full or (self._unread > limits.READ_AHEAD_BYTES and not complete)):
            await self._writable

    def resume_reading(self) -> None:
        if not self._reading and not self.transport.is_closing():
            self._reading = True
            if self.deadline != NEVER:
                self.deadline = max(self.deadline, self._loop.time() + self._timing.head)
            self.transport.resume_reading()

    def _pause_reading(self) -> None:
        if self._reading and not self.transport.is_closing():
            self._reading = False
            self.transport.pause_reading()


def _sweep(loop: asyncio.AbstractEventLoop, state: ServerState, seconds: float) -> None:
    now = loop.time()
    for connection in cast("list[HttpProtocol]", list(state.connections)):
        if connection.deadline < now:
            connection.expire()
        if connection.write_deadline < now:
            connection.expire_writing()
    loop.call_later(seconds, _sweep, loop, state, seconds)
