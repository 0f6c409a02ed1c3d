"""`python -m api_gateway serve`, as a process of its own."""

import asyncio
import contextlib
import os
import shlex
import signal
import socket
import sys

import orjson
import psutil
import pytest

from local_cluster.launcher.engines.process import free_port
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until

UPSTREAMS = ("auth", "todos", "stats", "notifications")
LINE = b"GET /.well-known/jwks.json HTTP/1.1\r\nhost: x\r\n\r\n"
CLOSING = b"GET /.well-known/jwks.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


@contextlib.asynccontextmanager
async def run(upstreams, files=20_000, **settings):
    """The gateway's process, its port and its admin port; it has no bus, and may open so many `files`."""
    port, admin = free_port(), free_port()
    addresses = {f"TODOBUS_{service.upper()}_UPSTREAMS": one.url for service, one in upstreams.items()}
    environment = {
        "TODOBUS_PORT": str(port),
        "TODOBUS_ADMIN_PORT": str(admin),
        "TODOBUS_NATS_URL": "nats://127.0.0.1:1",
        "TODOBUS_NATS_USER": "gateway",
        "TODOBUS_NATS_PASSWORD": TokenIssuer().key_id,
        "TODOBUS_JWKS_URL": f"{upstreams['auth'].url}/.well-known/jwks.json",
        **settings,
    }
    command = ("sh", "-c", f"ulimit -n {files} && exec {shlex.quote(sys.executable)} -m api_gateway serve")
    started = await asyncio.create_subprocess_exec(*command, env=os.environ | environment | addresses, stderr=-3)
    try:
        await wait_until(lambda: answers(port), 60)
        yield started, port, admin
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


@pytest.fixture
async def process(upstreams):
    async with run(upstreams) as running:
        yield running


async def answers(port, line=b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            writer.write(line)
            return await reader.read()
    except OSError:
        return b""


class TestShutdown:
    async def test_no_request_fails(self, process, upstreams):
        """Clients in a loop, each on one connection, until an answer closes it: every request sent is answered."""
        started, port, _ = process

        async def slowly(_, writer):
            await asyncio.sleep(0.01)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")

        upstreams["auth"].answer = slowly
        counts = {"sent": 0, "answered": 0}

        async def client():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                head = b""
                while b"connection: close" not in head:
                    writer.write(LINE)
                    counts["sent"] += 1
                    head = await reader.readuntil(b"\r\n\r\n")
                    assert await reader.readexactly(5) == b"hello"
                    counts["answered"] += 1

        clients = [asyncio.create_task(client()) for _ in range(20)]
        await wait_until(lambda: counts["answered"] > 200, 20)
        started.send_signal(signal.SIGTERM)
        await asyncio.gather(*clients)

        assert counts["sent"] == counts["answered"] > 200
        assert await asyncio.wait_for(started.wait(), 10) == 0

    async def test_an_idle_gateway_stops_soon(self, process):
        started, port, _ = process
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer):
            started.send_signal(signal.SIGTERM)

            assert await asyncio.wait_for(started.wait(), 10) == 0


class TestAdminPort:
    async def test_metrics_are_there_and_nowhere_else(self, process):
        _, port, admin = process
        ask = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        inside, outside = await answers(admin, ask), await answers(port, ask)

        assert b"http_request_seconds_bucket" in inside
        assert outside.startswith(b"HTTP/1.1 404 ")

    async def test_a_balancer_is_told_of_this_instance_alone(self, process):
        """Bus and services are the same for all gateways; what a gateway knows of tokens is its own."""
        _, _, admin = process
        ask = b"GET /%b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        ready, servable = await answers(admin, ask % b"readyz"), await answers(admin, ask % b"servable")

        assert orjson.loads(ready.partition(b"\r\n\r\n")[2])["parts"].keys() == {"tokens", "bus", *UPSTREAMS}
        assert orjson.loads(servable.partition(b"\r\n\r\n")[2])["parts"].keys() == {"tokens"}


class TestFileDescriptors:
    async def test_health_is_answered_when_clients_have_taken_all_they_can(self, upstreams):
        async with run(upstreams, files=80) as (started, port, admin):
            opened = psutil.Process(started.pid).num_fds
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
            await wait_until(lambda: opened() > 40)
            for _ in range(5):
                assert (await answers(port)).startswith(b"HTTP/1.1 200 ")
                assert (await answers(admin)).startswith(b"HTTP/1.1 200 ")
                assert (await answers(port, CLOSING)).startswith(b"HTTP/1.1 200 ")
            for _, writer in idle:
                writer.close()


class TestMemory:
    @pytest.fixture
    async def process(self, upstreams):
        async with run(upstreams, TODOBUS_ADDRESS_CONNECTIONS="20000") as running:
            yield running

    async def test_idle_connections_and_a_large_upload(self, process):
        """And ten thousand where there is time: `slow`."""
        await self.grow(process, 2_000)

    @pytest.mark.slow
    async def test_ten_thousand_idle_connections(self, process):
        await self.grow(process, 10_000)

    async def grow(self, process, connections):
        started, port, _ = process
        memory = psutil.Process(started.pid).memory_info
        before = memory().rss
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                writer.write(bytes(1_000_000))
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert (await reader.read(12)) == b"HTTP/1.1 413"
        grown = memory().rss - before
        writer.transport.abort()
        for one in idle:
            one.close()

        assert grown < 50_000_000
