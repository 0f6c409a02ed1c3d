import asyncio
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from service_testing.mail_server import mail_server
from service_testing.nats import NatsServer
from service_testing.servers import serving
from service_testing.waiting import wait_until
from todobus_events import topology


class TestNatsServer:
    async def test_what_was_stored_outlives_a_kill_and_not_a_wipe(self, nats: NatsServer) -> None:
        client = await nats.connect()
        await client.jetstream().publish(topology.todo_event("u1", "created"), b"{}")
        nats.kill()
        await nats.start()
        stream = await (await nats.connect()).jetstream().stream_info(topology.TODOS)
        assert stream.state.messages == 1
        nats.stop()
        nats.wipe()
        await nats.start()
        await nats.provision()
        stream = await (await nats.connect()).jetstream().stream_info(topology.TODOS)
        assert stream.state.messages == 0

    @pytest.mark.parametrize("turn", [1, 2])
    async def test_each_test_has_a_server_of_its_own(self, nats: NatsServer, turn: int) -> None:
        jetstream = (await nats.connect()).jetstream()
        await jetstream.publish(topology.todo_event("u1", "created"), b"{}")
        assert (await jetstream.stream_info(topology.TODOS)).state.messages == 1


RUN = """
import signal
from service_testing.engines import embedded_postgres, session_folder
with session_folder() as folder, embedded_postgres(folder):
    print(folder, (folder / "postgres" / "postmaster.pid").exists(), flush=True)
    signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_killed_run_leaves_neither_process_nor_folder() -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    with run.stdout:
        folder = Path(run.stdout.readline().split()[0])
    servers = [child for child in psutil.Process(run.pid).children() if child.name() == "postgres"]
    assert folder.exists()
    assert len(servers) == 1
    run.kill()
    run.wait(10)
    asyncio.run(wait_until(lambda: not folder.exists() and not servers[0].is_running(), 30))


class TestServers:
    async def test_a_connection_that_its_client_leaves_open_ends_with_the_server(self) -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            await asyncio.Event().wait()

        async with serving(greet) as port:
            reader, writer = await greeted(port)
        assert await reader.read() == b""
        writer.close()

    async def test_one_to_the_mail_server_too(self) -> None:
        async with mail_server() as server:
            reader, writer = await greeted(server.port)
        assert await reader.read() == b""
        writer.close()


async def greeted(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the server has said something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read(100)
    return reader, writer


class TestWaitUntil:
    async def test_it_gives_what_the_condition_gives(self) -> None:
        values = iter([None, 0, "third"])
        assert await wait_until(lambda: next(values)) == "third"

    async def test_it_awaits_coroutines(self) -> None:
        async def condition() -> str:
            return "awaited"

        assert await wait_until(condition) == "awaited"

    async def test_it_fails_after_the_deadline(self) -> None:
        with pytest.raises(AssertionError, match="last: False"):
            await wait_until(lambda: False, deadline=0.05)
