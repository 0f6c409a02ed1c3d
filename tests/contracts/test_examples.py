"""The examples run as a newcomer would run them, as programs with the subscriber's password."""

import asyncio
import os
import signal
import sqlite3
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology

EXAMPLES = Path(__file__).parents[2] / "examples"


@asynccontextmanager
async def running(nats: NatsServer, name: str, *arguments: str, **options: Any) -> AsyncIterator[Any]:
    login = {
        "TODOBUS_NATS_URL": nats.url,
        "TODOBUS_NATS_USER": "subscriber",
        "TODOBUS_NATS_PASSWORD": nats.passwords["subscriber"],
    }
    argv = (sys.executable, str(EXAMPLES / name), *arguments)
    program = await asyncio.create_subprocess_exec(*argv, env=os.environ | login, **options)
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            program.send_signal(signal.SIGTERM)
        await program.communicate()


async def durable_exists(nats: NatsServer, name: str) -> None:
    manager = (await nats.connect()).jetstream()

    async def exists() -> bool:
        return name in {info.name for info in await manager.consumers_info(topology.TODOS)}

    await wait_until(exists, 30)


async def test_completions_are_counted_once_also_after_a_kill(publisher: Any, nats: NatsServer, tmp_path: Path) -> None:
    user, file = str(uuid.uuid4()), tmp_path / "hours.db"

    def counted() -> int:
        with closing(sqlite3.connect(file)) as database:
            return int(database.execute("select coalesce(sum(completed), 0) from busy_hours").fetchone()[0])

    async with publisher.relaying():
        async with running(nats, "busy_hours.py", str(file)) as program:
            await durable_exists(nats, "busy-hours")
            await publisher.write(user, 200, event_type="todo.completed.v1")
            await wait_until(counted, 20)
            program.kill()  # in the middle of them, or after
        await publisher.write(user, 1, event_type="todo.updated.v1")
        await publisher.write(user, 100, event_type="todo.completed.v1")
        async with running(nats, "busy_hours.py", str(file)):
            await wait_until(lambda: counted() >= 300, 20)
    assert counted() == 300


async def test_events_are_printed_with_faststream(publisher: Any, nats: NatsServer) -> None:
    user = str(uuid.uuid4())
    async with publisher.relaying(), running(nats, "faststream_printer.py", stdout=asyncio.subprocess.PIPE) as program:
        await durable_exists(nats, "printer")
        await publisher.write(user, title="Buy milk")
        line = await asyncio.wait_for(program.stdout.readline(), 20)
    assert line.decode() == f"{user} 1 todo.updated.v1 Buy milk\n"
