"""A start after a million sessions have ended (REVOCATIONS): a process is ready once it knows all of them."""

import asyncio
import os
import subprocess
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import nats
import psutil
import pytest

from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.process import free_port
from local_cluster.launcher.plan import bus_accounts
from service_testing.system import System, person
from service_testing.waiting import wait_until
from todobus_events import topology

from . import crowd as people

REVOCATIONS = int(os.environ.get("REVOCATIONS", "1000000"))
AT_ONCE = 5000  # the server drops what it cannot buffer
LATER = 900.0  # seconds, within which the revocations matter
DEADLINE = 30.0
START_SECONDS = 320.0
MIB = 1024**2

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


async def test_all_are_known_before_a_process_is_ready(folder: Path) -> None:
    async with people.broken_system(folder) as system, person(system.url) as kept, person(system.url) as ended:
        (await ended.http.post("/api/auth/logout")).raise_for_status()
        await asyncio.to_thread(system.stop)
        await revoke_many(system)
        started = time.monotonic()
        await system.start(START_SECONDS)
        seconds = time.monotonic() - started
        assert (await kept.http.get("/api/todos")).status_code == 200
        for path in ("/api/todos", "/api/stats", "/api/users/me"):
            assert (await ended.http.get(path)).status_code == 401
        (await kept.http.post("/api/auth/logout")).raise_for_status()
        assert (await kept.http.get("/api/todos")).status_code == 401
        memory = {name: psutil.Process(one["pid"]).memory_info().rss // MIB for name, one in system.processes().items()}
        print(f"{REVOCATIONS:,} revocations: ready after {seconds:.1f} s, MiB {memory}")  # noqa: T201


async def revoke_many(system: System) -> None:
    """Put them into the bucket, on a server that does not write each of them to the disk at once."""
    known = credentials.load(DataFolder(system.data_dir))
    server = Nats(system.data_dir / "nats", free_port(), bus_accounts(known), sync_interval="2m")
    server.initialise()
    program = server.program()
    running = program.start(subprocess.DEVNULL)
    try:
        await wait_until(server.ready, 30)
        login = {"user": "auth", "password": known.bus["auth"], "inbox_prefix": "_INBOX_auth"}
        client = await nats.connect(server.url(), **login)
        value = f"{time.time() + LATER:.3f}".encode()
        stream = client.jetstream()

        async def stored() -> int:
            return (await stream.stream_info(topology.REVOCATIONS_STREAM)).state.messages

        before = await stored()
        for sent in range(AT_ONCE, REVOCATIONS + 1, AT_ONCE):
            for _ in range(AT_ONCE):
                await client.publish(f"$KV.{topology.REVOCATIONS}.sid.{uuid.uuid4()}", value)
            await wait_until(partial(_reached, stored, before + sent), DEADLINE)
        await client.close()
    finally:
        running.send_signal(program.stop_signal)
        await asyncio.to_thread(running.wait, 60)


async def _reached(stored: Callable[[], Awaitable[int]], count: int) -> bool:
    return await stored() >= count
