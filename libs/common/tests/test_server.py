"""A server that stops while others go on asking, as a process of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from collections import Counter

from local_cluster.launcher.engines.process import free_port
from service_testing.waiting import wait_until

PROCESS = """
import asyncio
from service_common.http import server
from service_common.health import Readiness
from service_common.settings import ServiceSettings

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})
        return
    await asyncio.sleep(0.002)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})

server.run("test", app, ServiceSettings(), Readiness())
"""
REQUEST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"
CLIENTS = 30


class Asking:
    """Clients that ask for ever, until they are refused a connection; `broken` counts answers that never came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.counts: Counter[str] = Counter()

    async def anew(self) -> None:
        """A connection for each request."""
        while await self._connection(keep=False):
            pass

    async def on_one(self) -> None:
        """As many requests on a connection as its server likes."""
        while await self._connection(keep=True):
            pass

    async def _connection(self, *, keep: bool) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionRefusedError:
            self.counts["refused"] += 1
            return False
        with contextlib.closing(writer):
            head = b""
            while not head or (keep and b"connection: close" not in head):
                writer.write(REQUEST)
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(5)
                except (OSError, asyncio.IncompleteReadError):
                    self.counts["broken"] += 1
                    return True
                self.counts["answered"] += 1
        return True


async def test_a_stop_breaks_off_nobody_who_was_let_in() -> None:
    port, admin = free_port(), free_port()
    environment = {
        "TODOBUS_PORT": str(port),
        "TODOBUS_ADMIN_PORT": str(admin),
        "TODOBUS_NATS_URL": "nats://127.0.0.1:1",
        "TODOBUS_NATS_USER": "x",
        "TODOBUS_NATS_PASSWORD": "x",
        "TODOBUS_JWKS_URL": "http://127.0.0.1:1",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, env=os.environ | environment)
    try:
        await wait_until(lambda: accepts(port), 30)
        asking = Asking(port)
        clients = [asyncio.create_task(one) for _ in range(CLIENTS) for one in (asking.anew(), asking.on_one())]
        await wait_until(lambda: asking.counts["answered"] > 1000, 30)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(*clients), 20)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert asking.counts["broken"] == 0
    assert asking.counts["refused"] == 2 * CLIENTS


async def accepts(port: int) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False
