"""A service that gives up what its client has given up, on a real socket and a real database; admin ports."""

import asyncio
import contextlib

import asyncpg
import pytest
import uvicorn
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs
from uvicorn.server import ServerState

from service_common.database import create_pool
from service_common.http.application import create_application
from service_common.http.dependencies import Pool
from service_common.http.middleware import RequestContext
from service_common.http.protocols import AdminProtocol, ServiceProtocol
from service_common.http.routes import Route, needs
from service_common.supervision import lifespan
from service_common.tokens.scopes import Scope
from service_testing.waiting import wait_until

SLEEPING = "select count(*) from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'"
router = APIRouter(route_class=Route)


@router.get("/direct")
@needs(Scope.NONE)
async def direct(pool: Pool) -> Response:
    await pool.fetchval("select pg_sleep(60)")
    return Response()


@router.get("/model")
@needs(Scope.NONE)
async def model(pool: Pool) -> None:
    await pool.fetchval("select pg_sleep(60)")


@router.post("/write")
@needs(Scope.NONE)
async def write(pool: Pool) -> Response:
    await pool.execute("select pg_sleep(0.2)")
    await pool.execute("create table written()")
    return Response()


@router.get("/stream")
@needs(Scope.NONE)
async def stream(pool: Pool) -> StreamingResponse:
    async def parts():
        yield b"first"
        await pool.execute("select pg_sleep(0.3)")
        yield b"last"

    return StreamingResponse(parts())


@contextlib.asynccontextmanager
async def serve(app, protocol):
    config, state = uvicorn.Config(app), ServerState()
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.gather(*state.tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def connection(port, method, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".encode())
        yield reader


@pytest.fixture
async def database_url(database):
    return database.owner_url(await database("todos"))  # whose requests make a table


@pytest.fixture
async def observer(database, database_url):
    """The superuser's connection to the same database."""
    connection = await asyncpg.connect(database.admin_url(database_url))
    yield connection
    await connection.close()


@pytest.fixture
async def app(database_url):
    pool = create_pool(database_url, 4, "test")
    made = create_application("Test", router.routes, lifespan(pool, []), pool=pool)
    async with pool:
        yield made


class TestDisconnect:
    @pytest.mark.parametrize("path", ["/direct", "/model"])
    async def test_a_read_is_cancelled_in_the_database(self, app, observer, path):
        async def sleeping():
            return await observer.fetchval(SLEEPING)

        async def over():
            return await sleeping() == 0

        with capture_logs() as logs:
            async with serve(app, ServiceProtocol) as port:
                async with connection(port, "GET", path):
                    await wait_until(sleeping)
                await wait_until(over)
                assert await app.state.pool.fetchval("select 1") == 1
        assert [line for line in logs if line["log_level"] == "error"] == []

    async def test_a_write_goes_on(self, app, observer):
        async def sleeping():
            return await observer.fetchval(SLEEPING)

        async def written():
            return await observer.fetchval("select to_regclass('written')")

        async with serve(app, ServiceProtocol) as port:
            async with connection(port, "POST", "/write"):
                await wait_until(sleeping)
            await wait_until(written)


class TestTimeLimit:
    async def test_a_read_that_takes_too_long_is_cancelled_and_answered(self, app, observer):
        async with (
            serve(RequestContext(app, read_seconds=0.2), ServiceProtocol) as port,
            connection(port, "GET", "/direct") as reader,
        ):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readuntil(b"}")
            await wait_until(lambda: _none(observer))

        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1\r\n" in head
        assert b"x-request-id: " in head
        assert b'"code":"took_too_long"' in body

    async def test_an_answer_that_has_begun_may_take_longer(self, app):
        async with (
            serve(RequestContext(app, read_seconds=0.2), ServiceProtocol) as port,
            connection(port, "GET", "/stream") as reader,
        ):
            assert b"last" in await reader.readuntil(b"0\r\n\r\n")


async def _none(observer):
    return await observer.fetchval(SLEEPING) == 0


class _Impatient(AdminProtocol):
    seconds = 0.2


async def test_a_connection_to_an_admin_port_ends(app):
    async with serve(app, _Impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(b"GET /healthz HTTP/1.1\r\nx-never")
            assert await asyncio.wait_for(reader.read(), 5) == b""
