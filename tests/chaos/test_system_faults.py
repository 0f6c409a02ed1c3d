"""Faults of the whole system while fifty people write: every write that was acknowledged is in the todos, the changes,
the statistics and each open stream of events, once and in order, and `todobus stats verify` finds no difference.

While only the bus is at fault, no answer is above 499. Each fault happens RUNS times to one crowd.
"""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import psutil
import pytest

from service_testing.system import System
from service_testing.waiting import wait_until
from todobus_events import topology
from todos_service.repository.outbox import Outbox

from . import crowd as people
from .crowd import Crowd
from .faults import ANY, RUNS, Fault, freeze, kill, repeat, restart_with, settled, suffer, without_statistics

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60 + 45 * RUNS)]

PARTS = ("nats", "postgres", "auth", "todos-1", "todos-2", "stats", "gateway")
SERVICES = ("auth", "todos", "stats", "api_gateway")
HOUR = 3600
TRIES, SOON = 5, 10.0  # of a control: how often the fault happens, and the seconds in which all should agree
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
LEADER = """
select client_port from pg_stat_activity join pg_locks using (pid)
where locktype = 'advisory' and granted and ((classid::bigint << 32) | objid::bigint) = $1
"""


async def lose_the_store(crowd: Crowd, _run: int) -> None:
    await restart_with(crowd, shutil.rmtree)


async def go_back_to_an_old_store(crowd: Crowd, _run: int) -> None:
    """Replace the store of NATS by an older copy, as restoring a backup does."""
    copy = crowd.system.data_dir.with_name("old-store")
    with crowd.system.frozen("nats"):
        await people.copy_folder(crowd.system.data_dir / "nats" / "jetstream", copy)

    def replace(store: Path) -> None:
        shutil.rmtree(store)
        copy.rename(store)

    await restart_with(crowd, replace)


async def purge_the_stream(crowd: Crowd, _run: int) -> None:
    """Purge the stream of todos before stats has read it."""
    async with people.bus(crowd.system) as client, without_statistics(crowd):
        await client.jetstream().purge_stream(topology.TODOS)


async def delete_the_consumer(crowd: Crowd, _run: int) -> None:
    async with people.bus(crowd.system) as client:
        await client.jetstream().delete_consumer(topology.TODOS, "stats")


async def freeze_the_leader(crowd: Crowd, _run: int) -> None:
    """Freeze the instance whose relay leads until the relay of the other instance has taken over."""
    async with leading(crowd) as leader:
        session = await leader()

        async def another_leads() -> bool:
            return await leader() not in (None, session)

        name = await _owner_of(crowd.system, session)
        with crowd.system.frozen(name):
            await wait_until(another_leads, 30)


async def kill_the_leader(crowd: Crowd, run: int) -> None:
    """Kill the instance whose relay leads."""
    async with leading(crowd) as leader:
        name = await _owner_of(crowd.system, await wait_until(leader, 30))
    await kill(name, crowd, run)


@asynccontextmanager
async def leading(crowd: Crowd) -> AsyncIterator[Callable[[], Awaitable[int | None]]]:
    """The client port of the session that holds the relay's lock."""
    connection = await asyncpg.connect(people.database(crowd.system, "todos"))

    async def port() -> int | None:
        return await connection.fetchval(LEADER, Outbox.lock)

    try:
        yield port
    finally:
        await connection.close()


async def _owner_of(system: System, port: int | None) -> str:
    for name in ("todos-1", "todos-2"):
        process = psutil.Process(system.processes()[name]["pid"])
        if any(link.laddr.port == port for link in process.net_connections("tcp")):
            return name
    raise AssertionError(f"no process has port {port}")


async def set_a_clock_wrong(crowd: Crowd, run: int) -> None:
    """Set the clock of one service an hour fast or slow; services in turn. It may refuse tokens and thus writes."""
    service, seconds = SERVICES[run % len(SERVICES)], HOUR if run // len(SERVICES) % 2 else -HOUR
    names = ["todos-1", "todos-2"] if service == "todos" else [service.removeprefix("api_")]
    order = crowd.system.data_dir.with_name(f"clock-{service}")
    order.write_text(f"{seconds:+d}")
    pids = [crowd.system.kill(name) for name in names]  # auth an hour ago has no key yet and is not ready
    await wait_until(lambda: all(crowd.system.processes()[name]["pid"] not in (None, *pids) for name in names), 30)
    await crowd.write()
    order.unlink()
    await asyncio.gather(*(kill(name, crowd, run) for name in names))


async def let_browsers_sleep(crowd: Crowd, _run: int) -> None:
    """Close all event streams during a round of writes."""
    written = crowd.written
    for member in crowd.members:
        member.asleep = True
    await wait_until(lambda: crowd.written > written + people.PEOPLE, 30)
    for member in crowd.members:
        member.asleep = False


BUS_FAULTS: dict[str, Fault] = {
    "kill-nats": partial(kill, "nats"),
    "freeze-nats": partial(freeze, "nats"),
    "lose-the-store": lose_the_store,
    "old-store": go_back_to_an_old_store,
    "purge-the-stream": purge_the_stream,
    "delete-the-consumer": delete_the_consumer,
    "kill-stats": partial(kill, "stats"),
    "sleeping-browsers": let_browsers_sleep,
}
FAULTS: dict[str, Fault] = {
    **{f"{fault.__name__}-{name}": partial(fault, name) for fault in (kill, freeze) for name in PARTS},
    **BUS_FAULTS,
    "kill-the-leader": kill_the_leader,
    "freeze-the-leader": freeze_the_leader,
    "wrong-clock": set_a_clock_wrong,
}


needs_faketime = pytest.mark.skipif(not FAKETIME.exists(), reason="apt-get install faketime")
ALL = [pytest.param(name, marks=needs_faketime if name == "wrong-clock" else ()) for name in FAULTS]


@pytest.mark.parametrize("fault", ALL)
async def test_all_parts_agree_afterwards(folder: Path, fault: str) -> None:
    failures = () if fault in BUS_FAULTS else ANY
    await repeat(folder, fault, FAULTS[fault], failures, "impatient", options=("--scale", "todos=2"))


async def test_an_idle_restart_pushes_no_old_event_again(folder: Path) -> None:
    async with people.broken_system(folder) as system, people.gathered(system) as crowd:
        for run in range(RUNS):
            await crowd.log_in()
            await crowd.write()
            await crowd.agree()
            await kill("nats", crowd, run)
            await crowd.write()
            await settled(crowd, "kill-nats", run, ())


class TestControls:
    """With a safeguard removed, the check fails."""

    @pytest.mark.parametrize(
        ("fault", "orders"),
        [
            ("lose-the-store", ("without-healing",)),
            ("old-store", ("without-healing",)),
            ("purge-the-stream", ("without-healing",)),
            ("delete-the-consumer", ("without-healing", "without-durable")),
            ("kill-nats", ("without-healing", "forget-before-publishing")),
            ("kill-the-leader", ("without-healing", "forget-before-publishing")),
            ("kill-stats", ("without-healing", "acknowledge-before-counting")),
        ],
    )
    async def test_without_a_safeguard_some_is_not_counted(
        self, folder: Path, fault: str, orders: tuple[str, ...]
    ) -> None:
        options = ("--scale", "todos=2")
        async with (
            people.broken_system(folder, *orders, options=options) as system,
            people.gathered(system) as crowd,
        ):
            assert await disagree(crowd, fault)
            assert await crowd.verified() != []

    async def test_where_commits_are_stored_later_some_are_lost(self, folder: Path) -> None:
        async with people.broken_system(folder) as system, people.gathered(system) as crowd:
            await store_later(crowd)
            await suffer(crowd, FAULTS["kill-postgres"], 0)
            assert any([await member.lost() for member in crowd.members])

    async def test_a_browser_that_does_not_resume(self, folder: Path) -> None:
        async with people.broken_system(folder) as system, people.gathered(system, resumes=False) as crowd:
            assert await disagree(crowd, "sleeping-browsers")


async def disagree(crowd: Crowd, fault: str) -> bool:
    """Whether the parts of the system disagree after the fault."""
    for run in range(TRIES):
        await suffer(crowd, FAULTS[fault], run)
        try:
            await crowd.agree(SOON)
        except AssertionError:
            return True
    return False


async def store_later(crowd: Crowd) -> None:
    """Make PostgreSQL acknowledge commits that are not on disk yet."""
    with (crowd.system.data_dir / "postgres" / "postgresql.auto.conf").open("a") as settings:
        settings.write("synchronous_commit = off\nwal_writer_delay = 10s\n")
    crowd.system.kill("postgres", signal.SIGHUP)
