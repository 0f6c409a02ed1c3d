"""The bus is unavailable for ten minutes (OUTAGE_SECONDS) while people write and reminders fall due: no answer fails,
no event loop stalls; once it is back, the outbox is empty within seconds and each reminder fires once, in order.
"""

import os
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from service_testing.system import System, person, unknown_id
from service_testing.waiting import wait_until

from . import crowd as people
from .crowd import Crowd, Member
from .test_reminder_faults import DEADLINE, LEAD, fired, lateness, published, remind, scheduled

OUTAGE = timedelta(seconds=float(os.environ.get("OUTAGE_SECONDS", "600")))
BULK = 100
PAUSE_SECONDS = 3.0  # between requests: 20,000 writes in ten minutes
STALL_SECONDS = 0.1
OWNERS = 5  # of reminders
DRAINED_PER_SECOND = 5000

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(OUTAGE.total_seconds() + 400)]


@pytest.fixture
def folder(session_folder: Path) -> Iterator[Path]:
    made = session_folder / "outage"
    yield made
    shutil.rmtree(made, ignore_errors=True)


async def test_ten_minutes_without_a_bus(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(people.broken_system(folder, "stalls"))
        crowd = await stack.enter_async_context(people.gathered(system))
        await crowd.write()
        await crowd.agree()
        owners = [await stack.enter_async_context(person(system.url)) for _ in range(OWNERS)]
        begin = datetime.now(UTC).replace(microsecond=0) + LEAD
        expected = await remind(owners, begin, OUTAGE)
        await wait_until(lambda: scheduled(system, len(expected)), LEAD.total_seconds())
        for path in stalls(system):
            path.unlink()  # turns during the start are not measured
        async with no_nats(system):
            await write_until(begin + OUTAGE, crowd)
            waiting = await backlog(crowd)
        rate = await drained(crowd, waiting)
        await wait_until(lambda: published(system, len(expected)), DEADLINE)
        late = lateness(await fired(system, 0), expected, [])
        await crowd.log_in()
        await crowd.agree()
        assert await crowd.verified() == []
        assert crowd.failures == []
        turns = {path.name: float(path.read_text()) for path in stalls(system)}
        print(f"{waiting} rows waited, drained {rate:,.0f}/s, longest turn of a loop {turns}")  # noqa: T201
        print(f"{len(late)} reminders fired once, {late[0]} to {late[-1]} late")  # noqa: T201
        assert len(turns) == 4
        assert max(turns.values()) <= STALL_SECONDS
        assert rate >= DRAINED_PER_SECOND


def stalls(system: System) -> list[Path]:
    """The files that broken/sitecustomize.py writes: the longest turn of each service's event loop, in seconds."""
    return list(system.data_dir.parent.glob("stall-*"))


@asynccontextmanager
async def no_nats(system: System) -> AsyncIterator[None]:
    """Kill NATS and occupy its port, so that the launcher cannot start it again."""
    port = system.processes()["nats"]["port"]
    pid = system.kill("nats")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        await wait_until(lambda: _bound(taken, port))
        yield
    await system.back("nats", instead_of=pid)


def _bound(taken: socket.socket, port: int) -> bool:
    try:
        taken.bind(("127.0.0.1", port))
    except OSError:
        return False
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # else NATS, which asks to share, could listen there
    return True


async def write_until(end: datetime, crowd: Crowd) -> None:
    number = 0
    while datetime.now(UTC) < end:
        await crowd.log_in()
        await _write_many(crowd.members[number % len(crowd.members)])
        number += 1
        due = time.monotonic() + PAUSE_SECONDS
        await wait_until(lambda due=due: time.monotonic() > due)  # type: ignore[misc]


async def _write_many(member: Member) -> None:
    ids = [unknown_id() for _ in range(BULK)]
    operations = [{"op": "create", "todo": {"id": identity, "title": "todo"}} for identity in ids]
    answer = await member.owner.http.post("/api/todos/bulk", json={"operations": operations})
    if answer.status_code == httpx.codes.OK:
        member.acknowledged.update(ids)
    else:
        member.fail(answer)


async def backlog(crowd: Crowd) -> int:
    connection = await asyncpg.connect(people.database(crowd.system, "todos"))
    try:
        return int(await connection.fetchval("select count(*) from outbox"))
    finally:
        await connection.close()


async def drained(crowd: Crowd, waiting: int) -> float:
    """Rows per second, from the end of the outage until the outbox is empty."""
    connection = await asyncpg.connect(people.database(crowd.system, "todos"))
    full = time.perf_counter()

    async def done() -> bool:
        nonlocal full
        left = int(await connection.fetchval("select count(*) from outbox"))
        if left == waiting:
            full = time.perf_counter()
        return left == 0

    try:
        await wait_until(done, people.DEADLINE)
        return waiting / (time.perf_counter() - full)
    finally:
        await connection.close()
