"""What the fault runs share: faults of processes, and a fault that happens while fifty users write."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from service_testing.waiting import wait_until

from . import crowd as people
from .crowd import Crowd

RUNS = int(os.environ.get("RUNS", "20"))
FREEZE_SECONDS = 2.0
UNAVAILABLE = ("502", "503", "504")
ANY = ("500", *UNAVAILABLE)

Fault = Callable[[Crowd, int], Awaitable[None]]


async def kill(name: str, crowd: Crowd, _run: int) -> None:
    await crowd.system.back(name, instead_of=crowd.system.kill(name))


async def freeze(name: str, crowd: Crowd, _run: int, seconds: float = FREEZE_SECONDS) -> None:
    """Freeze a process for a fixed time: nothing in the system need react to it."""
    with crowd.system.frozen(name):
        await passed(seconds)


async def passed(seconds: float) -> None:
    """The fault goes on for so long; nothing in the system need react to it."""
    end = asyncio.get_running_loop().time() + seconds
    await wait_until(lambda: asyncio.get_running_loop().time() > end, 2 * seconds)


@asynccontextmanager
async def without_statistics(crowd: Crowd) -> AsyncIterator[None]:
    """Keep the stats process ended while events are published; a frozen one would still receive them."""
    written, launcher = crowd.written, crowd.system.launcher
    assert launcher
    launcher.send_signal(signal.SIGSTOP)  # else it would start stats again
    pid = crowd.system.kill("stats")
    try:
        await wait_until(lambda: crowd.written > written, 30)
        await crowd.published()
        yield
    finally:
        launcher.send_signal(signal.SIGCONT)
    await crowd.system.back("stats", instead_of=pid)


async def restart_with(crowd: Crowd, change: Callable[[Path], Any]) -> None:
    """Kill NATS and change its store, before stats and the gateway have received what is lost."""
    with ExitStack() as frozen_gateway:
        async with without_statistics(crowd):
            pid = crowd.system.kill("nats", signal.SIGSTOP)
            await asyncio.to_thread(change, crowd.system.data_dir / "nats" / "jetstream")
            os.kill(pid, signal.SIGKILL)
            frozen_gateway.enter_context(crowd.system.frozen("gateway"))  # before NATS is back
        await crowd.system.back("nats", instead_of=pid)
        await crowd.published()


async def suffer(crowd: Crowd, fault: Fault, run: int) -> None:
    """The fault while all users write."""
    writing = asyncio.create_task(crowd.write())
    await crowd.halfway.wait()
    await fault(crowd, run)
    await writing


async def repeat(
    folder: Path, name: str, fault: Fault, failures: Collection[str], *orders: str, options: tuple[str, ...] = ()
) -> None:
    """The fault happens RUNS times to one crowd; each time all parts agree afterwards, as `settled` says."""
    async with people.broken_system(folder, *orders, options=options) as system, people.gathered(system) as crowd:
        for run in range(RUNS):
            await crowd.log_in()
            await suffer(crowd, fault, run)
            await settled(crowd, name, run, failures)


async def settled(crowd: Crowd, name: str, run: int, failures: Collection[str]) -> None:
    """All parts of the system agree, and no request failed but with one of the statuses `failures`."""
    try:
        await crowd.agree()
    except AssertionError as error:
        raise AssertionError(f"{name}, run {run + 1}: {error}") from error
    assert await crowd.verified() == [], f"{name}, run {run + 1}"
    assert [failure for failure in crowd.failures if failure[:3] not in failures] == [], f"{name}, run {run + 1}"
    print(f"{name}: run {run + 1} of {RUNS}: {crowd.written} writes")  # noqa: T201 - seen with -s, to count
