"""A gateway on a real socket, in front of upstreams that record every byte they get."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn
import uvloop
from uvicorn.server import ServerState

from api_gateway.app import Gateway, server_options
from api_gateway.server import limits as server_limits
from api_gateway.settings import Settings
from api_gateway.site.site import Site
from api_gateway.upstream.balancing import Upstreams
from service_common.health import Readiness
from service_testing.tokens import TokenIssuer

USER = "01939d5a-0000-7000-8000-000000000001"


class Request:
    """What an upstream got: the head as bytes, and the body without its framing."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head, self.body = head, body
        self.line, *lines = head.rstrip(b"\r\n").split(b"\r\n")
        self.headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


async def hello(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello")


class RecordingUpstream:
    """An HTTP/1.1 server of the simplest kind; `answer` may be replaced at any time."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.answer: Answer = hello
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.readers: list[asyncio.StreamReader] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        self.readers.append(reader)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = await self._read(reader)
                self.requests.append(request)
                await self.answer(request, writer)
                await writer.drain()
        self._writers.discard(writer)
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        request = Request(head, b"")
        if request.values(b"transfer-encoding"):
            request.body = await self._chunks(reader)
        elif length := request.values(b"content-length"):
            request.body = await reader.readexactly(int(length[0]))
        return request

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body


class Answered:
    """An answer as it came over the socket."""

    def __init__(self, status: int, headers: dict[bytes, bytes], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class RawClient:
    """Writes bytes to the gateway and reads answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def answer(self, *, head_only: bool = False) -> Answered:
        head = (await self.reader.readuntil(b"\r\n\r\n")).rstrip(b"\r\n").split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head[1:])}
        status = int(head[0].split(b" ")[1])
        bodiless = head_only or status in {204, 304} or status < 200
        return Answered(status, headers, b"" if bodiless else await self._body(headers))

    async def _body(self, headers: dict[bytes, bytes]) -> bytes:
        if b"content-length" in headers:
            return await self.reader.readexactly(int(headers[b"content-length"]))
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return body

    async def closed(self) -> bool:
        """Whether the gateway closes the connection, and sends nothing more before it does."""
        with contextlib.suppress(ConnectionResetError):
            return await asyncio.wait_for(self.reader.read(), 5) == b""
        return True


class RunningGateway:
    """The gateway under test, its address, and the clients' connections to it."""

    def __init__(self, gateway: Gateway, port: int, issuer: TokenIssuer, connections: set[Any]) -> None:
        self.gateway, self.port, self.issuer, self.connections = gateway, port, issuer, connections
        self.authorization = self.authorization_of(USER) + b"\r\n"

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[RawClient]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=4 * 1024 * 1024)
        try:
            yield RawClient(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def authorization_of(self, user_id: str) -> bytes:
        return b"authorization: Bearer " + self.issuer.token(user_id).encode()

    async def ask(self, line: bytes, *headers: bytes, body: bytes = b"", token: bool = True) -> Answered:
        """One request on a connection of its own."""
        lines = [line, b" HTTP/1.1\r\nhost: todobus.test\r\n", *(header + b"\r\n" for header in headers)]
        if body:
            lines.append(b"content-length: %d\r\n" % len(body))
        async with self.connection() as client:
            client.send(*lines, self.authorization if token else b"", b"\r\n", body)
            return await client.answer(head_only=line.startswith(b"HEAD"))


@contextlib.asynccontextmanager
async def serve(
    gateway: Gateway, settings: Settings, timing: server_limits.Timing
) -> AsyncIterator[tuple[int, set[Any]]]:
    """The gateway's protocol on a socket, without the rest of a process: its port and its connections."""
    config, state = uvicorn.Config(gateway, **server_options(settings)), ServerState()
    config.load()
    state.default_headers = [(b"date", b"Sun, 22 Nov 2026 12:00:00 GMT")]
    loop = asyncio.get_running_loop()
    async with gateway.running():
        protocol: Any = config.http_protocol_class
        server = await loop.create_server(lambda: protocol(config, state, {}, timing=timing), "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1], state.connections
        finally:
            server.close()
            for connection in list(state.connections):
                connection.shutdown()
                connection.transport.abort()
            await asyncio.gather(*state.tasks, return_exceptions=True)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The gateway runs on uvloop, whose transports differ from asyncio's in detail: so do its tests."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def upstreams() -> AsyncIterator[dict[str, RecordingUpstream]]:
    services = {service: RecordingUpstream() for service in ("auth", "todos", "stats", "notifications")}
    for upstream in services.values():
        await upstream.start()
    yield services
    for upstream in services.values():
        await upstream.stop()


@pytest.fixture
async def labels() -> AsyncIterator[RecordingUpstream]:
    """A service beside the platform's own."""
    upstream = RecordingUpstream()
    await upstream.start()
    yield upstream
    await upstream.stop()


@pytest.fixture
def todos(upstreams: dict[str, RecordingUpstream]) -> RecordingUpstream:
    return upstreams["todos"]


Start = Callable[..., contextlib.AbstractAsyncContextManager[RunningGateway]]


@pytest.fixture
def start(upstreams: dict[str, RecordingUpstream]) -> Start:
    """Starts a gateway with these settings, and handlers, of its own; `balancing` goes to its upstreams."""

    @contextlib.asynccontextmanager
    async def started(
        handlers: Any = None,
        server_timing: server_limits.Timing = server_limits.TIMING,
        balancing: Any = None,
        ask: Any = None,
        **values: Any,
    ) -> AsyncIterator[RunningGateway]:
        addresses = {f"{service}_upstreams": upstream.url for service, upstream in upstreams.items()}
        bus = {"nats_url": "nats://unused", "nats_user": "gateway", "nats_password": "unused"}
        known = {"port": 0, "admin_port": 0, "jwks_url": "http://unused"} | bus | addresses
        settings = Settings(**(known | values))
        issuer, services = TokenIssuer(), Upstreams(settings.upstreams, **(balancing or {}))
        readiness = Readiness(**{name: services[name].check for name in upstreams})
        site = Site(settings.web_root, readiness, settings.upstreams, settings.routes)
        gateway = Gateway(settings, services, issuer.verifier(), ask, readiness, site, handlers or {})

        @contextlib.asynccontextmanager
        async def running() -> AsyncIterator[None]:
            await services.start()
            yield
            await services.stop()

        gateway.running = running
        async with serve(gateway, settings, server_timing) as (port, connections):
            yield RunningGateway(gateway, port, issuer, connections)

    return started


@pytest.fixture
async def gateway(start: Start) -> AsyncIterator[RunningGateway]:
    async with start(rate_limits="off") as running:
        yield running
