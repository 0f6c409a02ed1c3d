"""Limits of the machine and of its processes while fifty users write: descriptors, memory, and a second launcher.

Each fault happens RUNS times to one crowd; afterwards all parts agree.
"""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from local_cluster.launcher.engines.process import Program
from service_testing.system import TODOBUS, System
from service_testing.waiting import wait_until

from . import crowd as people
from .crowd import Crowd
from .faults import ANY, RUNS, Fault, kill, passed, repeat, settled

DESCRIPTORS = 64
LIMIT_SECONDS = 10.0
START_SECONDS = 90.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120 + 150 * RUNS)]


@asynccontextmanager
async def limited(system: System, name: str, kind: int, most: int) -> AsyncIterator[psutil.Process]:
    process = psutil.Process(system.processes()[name]["pid"])
    usual = process.rlimit(kind)
    process.rlimit(kind, (most, usual[1]))
    try:
        yield process
    finally:
        if process.is_running():
            process.rlimit(kind, usual)


async def run_out_of_descriptors(name: str, crowd: Crowd, _run: int) -> None:
    """A process that has 64 descriptors may open none beyond them."""
    async with limited(crowd.system, name, resource.RLIMIT_NOFILE, DESCRIPTORS):
        await passed(LIMIT_SECONDS)


async def run_out_of_memory(name: str, crowd: Crowd, run: int) -> None:
    """A process gets no more memory than it has; then the kernel ends it, as it does where memory is short."""
    size = psutil.Process(crowd.system.processes()[name]["pid"]).memory_info().vms
    async with limited(crowd.system, name, resource.RLIMIT_AS, size):
        await passed(LIMIT_SECONDS)
        await kill(name, crowd, run)


async def start_a_second_launcher(crowd: Crowd, _run: int) -> None:
    """It is refused, and the system that runs is not touched."""
    before = {name: process["pid"] for name, process in crowd.system.processes().items()}
    second = await asyncio.to_thread(crowd.system.command, "up", "--port", str(crowd.system.port), "--no-web")
    assert second.returncode == 1
    assert "is in use: todobus runs there as pid" in second.stderr
    assert {name: process["pid"] for name, process in crowd.system.processes().items()} == before


FAULTS: dict[str, Fault] = {
    "no-descriptors-gateway": partial(run_out_of_descriptors, "gateway"),
    "no-descriptors-todos": partial(run_out_of_descriptors, "todos"),
    "no-descriptors-stats": partial(run_out_of_descriptors, "stats"),
    "no-memory-stats": partial(run_out_of_memory, "stats"),
    "second-launcher": start_a_second_launcher,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_all_parts_agree_afterwards(folder: Path, fault: str) -> None:
    await repeat(folder, fault, FAULTS[fault], ANY)


async def test_of_two_launchers_that_follow_a_killed_one_a_single_one_runs(folder: Path) -> None:
    async with people.broken_system(folder) as system, people.gathered(system) as crowd:
        for run in range(RUNS):
            await crowd.log_in()
            await crowd.write()
            assert system.launcher
            system.launcher.kill()
            system.launcher.wait()
            assert "is in use: todobus runs there as pid" in await race(system)
            await crowd.write()
            await settled(crowd, "two-launchers", run, ANY)


async def race(system: System) -> str:
    """Start two launchers at once; what they say. `system` is that of the one that runs from then on."""
    argv = (TODOBUS, "up", "--port", str(system.port), "--data-dir", str(system.data_dir), *system.options)
    seen = len(system.output())
    with system.data_dir.with_name(system.data_dir.name + ".output").open("ab") as output:
        both = [Program(argv, system.environment).start(output.fileno()) for _ in range(2)]
    await wait_until(lambda: any(launcher.poll() is not None for launcher in both), START_SECONDS)
    [system.launcher] = [launcher for launcher in both if launcher.poll() is None]
    await wait_until(lambda: "is ready at" in system.output()[seen:], START_SECONDS)
    return system.output()[seen:]
