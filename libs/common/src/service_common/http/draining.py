"""How a server stops while others go on asking: whoever got a connection gets an answer, whoever did not is refused.

Closing a listening socket resets what waits in its queue: connections that are established for those who made them,
with requests on them that nobody may send twice. So the kernel first keeps new ones out, the queue is emptied, and then
the socket goes. A caller that was kept out meanwhile tries again and is refused, and may then safely ask another.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HANDSHAKE_SECONDS = 0.02
QUEUE_SECONDS = 1.0
LAST_CALL_SECONDS = 0.5
_ATTACH_FILTER = 26  # Linux; the module `socket` has no name for it
# Classic BPF over the TCP header: drop what has SYN and not ACK, keep everything else.
_NO_NEWCOMERS = b"".join(
    struct.pack("HBBI", *operation)
    for operation in (
        (0x30, 0, 0, 13),  # load the byte of the flags
        (0x54, 0, 0, 0x12),  # SYN and ACK of it
        (0x15, 0, 1, 0x02),  # SYN alone?
        (0x06, 0, 0, 0),
        (0x06, 0, 0, 0xFFFFFFFF),
    )
)


async def refuse_newcomers(servers: Iterable[asyncio.AbstractServer]) -> None:
    """Return once these servers have taken every connection that anybody will ever have with them; close them next."""
    with contextlib.ExitStack() as stack:
        queues = [
            stack.enter_context(socket.socket(fileno=os.dup(listening.fileno())))
            for server in servers
            for listening in getattr(server, "sockets", ())
        ]
        with contextlib.suppress(OSError):  # not Linux, or not TCP: there the queue is lost, as it was
            for queue in queues:
                _keep_out(queue)
            await asyncio.sleep(HANDSHAKE_SECONDS)
            async with asyncio.timeout(QUEUE_SECONDS):
                while any(_waiting(queue) for queue in queues):  # noqa: ASYNC110 - the kernel tells nobody
                    await asyncio.sleep(0.001)
    for _ in range(2):  # the last one taken becomes a connection
        await asyncio.sleep(0.001)


def _keep_out(listening: socket.socket) -> None:
    operations = ctypes.create_string_buffer(_NO_NEWCOMERS)
    program = struct.pack("HP", len(_NO_NEWCOMERS) // 8, ctypes.addressof(operations))
    listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)


def _waiting(listening: socket.socket) -> int:
    """How many connections wait in the queue: of a listening socket that is `tcpi_unacked`."""
    information = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28)
    return int(struct.unpack_from("I", information, 24)[0])


class DrainingProtocol(HttpToolsProtocol):
    """uvicorn closes idle connections when it stops, also those on which a request is on its way.

    Here each still gets one answer, which says that it is the last; a silent one is closed a little later.
    """

    _draining = False

    def shutdown(self) -> None:
        self._draining = True
        if self._idle or self.cycle.response_started:  # what has begun can no longer say that it is the last
            self.loop.call_later(LAST_CALL_SECONDS, self._part)
        else:
            self.cycle.keep_alive = False

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._draining:
            self.cycle.keep_alive = False

    @property
    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _part(self) -> None:
        if not self._idle:
            self.cycle.keep_alive = False
        elif not self.transport.is_closing():
            self.transport.close()
