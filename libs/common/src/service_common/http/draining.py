"""How a server stops under load: each established connection gets an answer, all later ones are refused.

Closing a listening socket resets the connections in its accept queue: for their clients they are established, and may
carry requests that must not be sent twice. So a filter first drops new connections, then the queue is emptied, and then
the socket is closed. A client whose SYN was dropped retries, is refused, and may safely ask another instance.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

READS = frozenset({"GET", "HEAD"})
HANDSHAKE_SECONDS = 0.02
QUEUE_SECONDS = 1.0
LAST_CALL_SECONDS = 0.5
_SO_ATTACH_FILTER = 26  # Linux; the module `socket` has no name for it
# Classic BPF over the TCP header: drop what has SYN and not ACK, keep everything else.
_DROP_SYN = b"".join(
    struct.pack("HBBI", *operation)
    for operation in (
        (0x30, 0, 0, 13),  # load the byte of the flags
        (0x54, 0, 0, 0x12),  # SYN and ACK of it
        (0x15, 0, 1, 0x02),  # SYN alone?
        (0x06, 0, 0, 0),
        (0x06, 0, 0, 0xFFFFFFFF),
    )
)


async def stop_accepting(servers: Iterable[asyncio.AbstractServer]) -> None:
    """Return once these servers have accepted all connections they will ever have; close them next."""
    with contextlib.ExitStack() as stack:
        queues = [
            stack.enter_context(socket.socket(fileno=os.dup(listening.fileno())))
            for server in servers
            for listening in getattr(server, "sockets", ())
        ]
        with contextlib.suppress(OSError):  # not Linux, or not TCP: there the queue is lost
            for queue in queues:
                _attach_filter(queue)
            await asyncio.sleep(HANDSHAKE_SECONDS)
            async with asyncio.timeout(QUEUE_SECONDS):
                while any(_waiting(queue) for queue in queues):  # noqa: ASYNC110 - the kernel has no event for it
                    await asyncio.sleep(0.001)
    for _ in range(2):  # the last accepted socket becomes a connection
        await asyncio.sleep(0.001)


def _attach_filter(listening: socket.socket) -> None:
    operations = ctypes.create_string_buffer(_DROP_SYN)
    program = struct.pack("HP", len(_DROP_SYN) // 8, ctypes.addressof(operations))
    listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def _waiting(listening: socket.socket) -> int:
    """How many connections wait in the accept queue: `tcpi_unacked` of a listening socket."""
    information = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28)
    return int(struct.unpack_from("I", information, 24)[0])


class DrainingProtocol(HttpToolsProtocol):
    """uvicorn closes idle connections when it stops, also those on which a request is already on its way.

    Here each still gets one answer, with `Connection: close`; an idle one is closed a little later. And a read whose
    client is gone is cancelled, with what it does in the database; a write is finished.
    """

    _draining = False
    _read: "asyncio.Task[None] | None" = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._serve, self.app = self.app, self._run

    async def _run(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] not in READS:
            await self._serve(scope, receive, send)
            return
        self._read = asyncio.current_task()
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            if not self.transport.is_closing():
                raise
        finally:
            self._read = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._read:
            self._read.cancel()

    def shutdown(self) -> None:
        self._draining = True
        if self._idle or self.cycle.response_started:  # a response that has begun cannot announce the close any more
            self.loop.call_later(LAST_CALL_SECONDS, self._close_idle)
        else:
            self.cycle.keep_alive = False

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._draining:
            self.cycle.keep_alive = False

    @property
    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_idle(self) -> None:
        if not self._idle:
            self.cycle.keep_alive = False
        elif not self.transport.is_closing():
            self.transport.close()
