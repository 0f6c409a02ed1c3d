"""HTTP/1.1 from clients: uvicorn's place for a protocol, with limits, deadlines and no second reading of anything.

llhttp parses, strictly. What it lets through and two servers might read differently is refused here, before a request
exists: the connection gets one answer and ends. Deadlines cost nothing per request: one timer looks at all connections.
"""

import asyncio
from collections import deque
from typing import Any, ClassVar, cast
from weakref import WeakSet

import httptools
import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from api_gateway.server import refusals
from api_gateway.server.cycle import ClientDisconnected, Cycle
from api_gateway.server.refusals import Refusal
from api_gateway.server.request_head import Head, RefusedError
from service_common.telemetry import http_requests

log = structlog.get_logger("protocol")
NEVER = float("inf")
SWEEP_SECONDS = 0.5
PIPELINED = 64


class HttpProtocol(asyncio.Protocol):
    """One connection of a client: `_cycle` is being answered, `_waiting` are those that came after it."""

    __slots__ = (
        "_app",
        "_closing",
        "_cycle",
        "_draining",
        "_ended",
        "_head",
        "_idle",
        "_loop",
        "_parser",
        "_peer",
        "_reading",
        "_received",
        "_receiving",
        "_refusal",
        "_server",
        "_state",
        "_waiting",
        "_writable",
        "deadline",
        "paused",
        "transport",
    )
    _swept: ClassVar[WeakSet[ServerState]] = WeakSet()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: Any,  # noqa: ARG002 - uvicorn gives it; the gateway's state is the app's own
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._app, self._state = config.loaded_app, server_state
        self._parser: httptools.HttpRequestParser | None = None
        self._head: Head | None = None
        self._cycle: Cycle | None = None
        self._receiving: Cycle | None = None
        self._waiting: deque[Cycle] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._refusal: Refusal | None = None
        self._closing = self._draining = self._ended = self.paused = False
        self._idle = self._reading = True
        self._received = 0

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._peer = transport.get_extra_info("peername")
        self._server = transport.get_extra_info("sockname")
        self.deadline = self._loop.time() + refusals.IDLE_SECONDS
        self._state.connections.add(self)  # type: ignore[arg-type]
        if self._state not in self._swept:
            self._swept.add(self._state)
            _sweep(self._loop, self._state)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        if self._idle:
            self._idle = False
            self.deadline = self._loop.time() + refusals.HEAD_SECONDS
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(data)
            if self._head:
                self._head.count_unfinished(len(data))
            elif self._receiving:
                self._count_body(len(data))
        except RefusedError as error:
            self._refuse(error.refusal)
        except httptools.HttpParserUpgrade:
            self._refuse(refusals.NO_UPGRADE)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause.refusal if isinstance(cause, RefusedError) else refusals.MALFORMED)

    def _count_body(self, size: int) -> None:
        """A body is limited by whoever reads it; its chunk extensions and trailers are limited here."""
        self._received += size
        if self._received > refusals.BODY_WIRE_BYTES:
            raise RefusedError(refusals.BODY_TOO_LARGE)

    def eof_received(self) -> bool:
        """A client that has asked for something and closed its side may still get the answer, but no endless one."""
        self._ended = self._cycle is not None and not self._cycle.started and not self._head and not self._receiving
        return self._ended

    def connection_lost(self, _: Exception | None) -> None:
        self._state.connections.discard(self)
        self._closing = True
        for cycle in (self._cycle, *(self._waiting or ())):
            if cycle and not cycle.complete:
                cycle.disconnected = True
                cycle.wake()
        self.resume_writing()
        self._parser = None

    def pause_writing(self) -> None:
        self.paused = True
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        self.paused = False
        if self._writable and not self._writable.done():
            self._writable.set_result(None)

    # The server's calls

    def shutdown(self) -> None:
        """Finish what was begun; the next answer tells the client to go, and a silent client goes a little later."""
        self._draining = True
        if self._cycle:
            self._cycle.keep_alive, self._cycle.draining = False, True
            self._cycle.wake()
        elif self._idle:
            self.deadline = min(self.deadline, self._loop.time() + refusals.DRAIN_SECONDS)

    def expire(self) -> None:
        """The client's time is up."""
        self.deadline = NEVER
        if self._closing or self._idle:
            self.transport.close()
        elif self._reading:
            self._refuse(refusals.TOO_SLOW)

    # The parser's calls

    def on_message_begin(self) -> None:
        self._head = Head()
        if self._cycle is None:
            self.deadline = self._loop.time() + refusals.HEAD_SECONDS

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
        cycle = Cycle(self, scope, keep_alive=persistent, expects=head.expects)
        self.deadline, self._received = self._loop.time() + refusals.BODY_SECONDS, 0
        if self._cycle is None:
            self._run(cycle)
        else:
            self._wait(cycle)
        self._receiving = cycle

    def on_body(self, body: bytes) -> None:
        if cycle := self._receiving:
            cycle.body += body
            if len(cycle.body) > refusals.BODY_BUFFER_BYTES:
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

    # Answers

    def _run(self, cycle: Cycle) -> None:
        self._cycle = cycle
        task = self._loop.create_task(self._answer(cycle))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _wait(self, cycle: Cycle) -> None:
        """Requests in one go are answered one after the other."""
        self._waiting = self._waiting or deque()
        if len(self._waiting) >= PIPELINED:
            raise RefusedError(refusals.MALFORMED)
        self._waiting.append(cycle)
        self._pause_reading()

    async def _answer(self, cycle: Cycle) -> None:
        try:
            await self._app(cycle.scope, cycle.receive, cycle.send)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("an app let an error out")
        finally:
            if not cycle.complete:
                self._break_off(cycle)

    def answered(self, cycle: Cycle) -> None:
        """The whole answer has been written: go on with the next request, or part from the client."""
        if cycle.more_body:
            self._receiving = None
            return self._linger()
        if not cycle.keep_alive or self._ended:
            self._closing = True
            return self.transport.close()
        self._cycle = None
        if self._waiting:
            self._run(self._waiting.popleft())
        elif self._refusal:
            self._write_refusal(self._refusal)
        else:
            self._idle = self._head is None
            seconds = refusals.IDLE_SECONDS if self._idle else refusals.HEAD_SECONDS
            self.deadline = self._loop.time() + seconds
        if not self._waiting:
            self.resume_reading()
        return None

    def _break_off(self, cycle: Cycle) -> None:
        """An answer that was begun and has no end can only end with its connection."""
        if cycle.disconnected or self.transport.is_closing():
            return
        if cycle.started:
            self._closing = True
            self.transport.close()
        else:
            self._write_refusal(refusals.BROKEN_SERVER)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer this once every request before it has been answered."""
        if self._closing and self._cycle is None:
            return
        self._closing, self._head = True, None
        torn, self._receiving = self._receiving, None
        if torn:
            torn.disconnected = True
            torn.wake()
        if torn and torn is not self._cycle and self._waiting:
            self._waiting.remove(torn)
        if self._cycle is None or (torn is self._cycle and not torn.started):
            self._write_refusal(refusal)
        elif torn is self._cycle:
            self.transport.close()
        else:
            self._refusal = refusal

    def _write_refusal(self, refusal: Refusal) -> None:
        http_requests.series("refused", "-", refusal.status).observe(0.0)
        self.transport.write(refusal.render(self.date()))
        self._linger()

    def _linger(self) -> None:
        """Close our side and read on for a while: closing at once would reset the answer that is on its way."""
        self._closing = True
        self.deadline = self._loop.time() + refusals.LINGER_SECONDS
        self.resume_reading()
        if not self.transport.is_closing():
            self.transport.write_eof()

    # What a cycle needs

    def date(self) -> bytes:
        headers = self._state.default_headers
        return headers[0][1] if headers else b""

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    async def drain(self) -> None:
        if self._writable:
            await self._writable

    def resume_reading(self) -> None:
        if not self._reading and not self.transport.is_closing():
            self._reading = True
            if self.deadline != NEVER:
                self.deadline = max(self.deadline, self._loop.time() + refusals.HEAD_SECONDS)
            self.transport.resume_reading()

    def _pause_reading(self) -> None:
        if self._reading and not self.transport.is_closing():
            self._reading = False
            self.transport.pause_reading()


def _sweep(loop: asyncio.AbstractEventLoop, state: ServerState) -> None:
    now = loop.time()
    for connection in [one for one in state.connections if one.deadline < now]:  # type: ignore[union-attr]
        connection.expire()  # type: ignore[union-attr]
    loop.call_later(SWEEP_SECONDS, _sweep, loop, state)
