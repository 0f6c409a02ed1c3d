"""What 200,000 writes leave behind: memory and descriptors of each process, and disk, per million changes.

`python -m benchmarks.growth`: it starts a system of its own on a throwaway folder. Writes are bulk requests of 100 new
todos, of several users in turn; before the first sample some are made, so that caches and pools are filled.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import psutil

from service_testing.system import Person, System, person
from service_testing.waiting import wait_until

BULK = 100
WARM_UP = 10_000
COUNTED_SECONDS = 300.0
MIB = 1024**2
MILLION = 1_000_000


class Sample(NamedTuple):
    """Of one moment: memory in bytes and descriptors by process, disk in bytes by engine."""

    memory: dict[str, int]
    descriptors: dict[str, int]
    disk: dict[str, int]


def sample(system: System) -> Sample:
    pids = {name: process["pid"] for name, process in system.processes().items()}
    families = {
        name: [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)] for name, pid in pids.items()
    }
    return Sample(
        {name: sum(process.memory_full_info().pss for process in family) for name, family in families.items()},
        {name: sum(process.num_fds() for process in family) for name, family in families.items()},
        {engine: size(system.data_dir / engine) for engine in ("postgres", "nats")},
    )


def size(folder: Path) -> int:
    """Bytes on disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def write(people: Sequence[Person], count: int) -> None:
    """So many todos, each user's requests one after another."""
    body = {"operations": [{"op": "create", "todo": {"title": "A todo of the usual length", "tags": ["home"]}}] * BULK}

    async def one(owner: Person) -> None:
        for _ in range(count // BULK // len(people)):
            answer = await owner.http.post("/api/todos/bulk", json=body)
            answer.raise_for_status()
        sequence = int(answer.headers["Todo-Sequence"])

        async def counted() -> bool:
            return (await owner.stats())["as_of_sequence"] >= sequence

        await wait_until(counted, COUNTED_SECONDS)

    await asyncio.gather(*(one(owner) for owner in people))


async def measure(writes: int, users: int) -> None:
    with tempfile.TemporaryDirectory(prefix="todobus-bench-") as folder:
        Path(folder).chmod(0o711)  # noqa: ASYNC240 - nothing runs yet
        system = System(Path(folder) / "data", "--no-web", "--no-rate-limits")
        await system.start()
        try:
            async with AsyncExitStack() as stack:
                people = [await stack.enter_async_context(person(system.url)) for _ in range(users)]
                await write(people, WARM_UP)
                before = sample(system)
                await write(people, writes)
                show(before, sample(system), writes)
        finally:
            await asyncio.to_thread(system.stop)


def show(before: Sample, after: Sample, writes: int) -> None:
    print(f"{'':9}  {'MiB':>7} {'after':>7} {'per million changes':>20}   descriptors, after")
    for name, memory in after.memory.items():
        grown = memory - before.memory[name]
        print(
            f"{name:9}  {before.memory[name] / MIB:7.1f} {memory / MIB:7.1f} {grown / MIB * MILLION / writes:20.1f}"
            f"   {before.descriptors[name]:11} {after.descriptors[name]:6}"
        )
    for engine, size in after.disk.items():
        grown = size - before.disk[engine]
        print(f"{engine:9}  {grown / MIB:.0f} MiB of disk, {grown / MIB * MILLION / writes:,.0f} per million changes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=200_000)
    parser.add_argument("--users", type=int, default=20)
    options = parser.parse_args()
    asyncio.run(measure(options.writes, options.users))


if __name__ == "__main__":
    main()
