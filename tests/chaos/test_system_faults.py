"""Faults of the whole system while people write: every write that was acknowledged is in the todos, the changes, the
statistics and each open stream of events, once and in order, and `todobus stats verify` finds no difference.

While only the bus is at fault, no answer is above 499.
"""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest

from service_common import topology
from service_common.testing.system import Person, System, person
from service_common.testing.waiting import wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("system-faults")]

RUNS = int(os.environ.get("RUNS", "20"))
PEOPLE = 20
WRITES = 10  # of each person
DEADLINE = 90.0
PARTS = ("nats", "postgres", "auth", "todos", "stats", "gateway")


class Watcher:
    """A browser: it follows the stream of events and comes back with the last number it has seen."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.seen: list[int] = []

    async def watch(self) -> None:
        while True:
            headers = {"Last-Event-ID": str(self.seen[-1] if self.seen else 0)}
            try:
                async with self.owner.http.stream("GET", "/api/events/stream", headers=headers) as stream:
                    async for line in stream.aiter_lines():
                        if line.startswith("id: "):
                            self.seen.append(int(line.removeprefix("id: ")))
            except httpx.TransportError:
                continue


class Crowd:
    """People who write at once; each remembers what was acknowledged and every other answer."""

    def __init__(self, system: System, people: list[Person]) -> None:
        self.system, self.people = system, people
        self.acknowledged: dict[str, set[str]] = {owner.id: set() for owner in people}
        self.failures: list[int] = []
        self.halfway = asyncio.Event()

    async def write(self) -> None:
        for number in range(WRITES):
            await asyncio.gather(*(self._create(owner, number) for owner in self.people))
            if number == WRITES // 2:
                self.halfway.set()

    async def _create(self, owner: Person, number: int) -> None:
        try:
            answer = await owner.http.post("/api/todos", json={"title": f"todo {number}"})
        except httpx.TransportError:
            return
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged[owner.id].add(answer.json()["id"])
        else:
            self.failures.append(answer.status_code)


@asynccontextmanager
async def operator(system: System) -> AsyncIterator[Any]:
    password = json.loads((system.data_dir / "credentials.json").read_text())["bus"]["operator"]
    port = system.processes()["nats"]["port"]
    client = await nats.connect(
        f"nats://127.0.0.1:{port}", user="operator", password=password, inbox_prefix="_INBOX_operator"
    )
    try:
        yield client
    finally:
        await client.close()


async def kill(system: System, name: str) -> None:
    await system.back(name, instead_of=system.kill(name))


async def freeze(system: System, name: str) -> None:
    """Until somebody notices, or three seconds have gone by: nobody may have to notice."""
    pid = system.kill(name, signal.SIGSTOP)
    loop = asyncio.get_running_loop()
    end = loop.time() + 3
    await wait_until(lambda: loop.time() > end)
    os.kill(pid, signal.SIGCONT)


async def lose_the_store(system: System) -> None:
    pid = system.kill("nats", signal.SIGSTOP)
    shutil.rmtree(system.data_dir / "nats" / "jetstream")
    os.kill(pid, signal.SIGKILL)
    await system.back("nats", instead_of=pid)


async def purge_the_stream(system: System) -> None:
    async with operator(system) as client:
        await client.jetstream().purge_stream(topology.TODOS)


async def delete_the_consumer(system: System) -> None:
    async with operator(system) as client:
        await client.jetstream().delete_consumer(topology.TODOS, "stats")


Fault = Callable[[System], Awaitable[None]]
BUS_FAULTS: dict[str, Fault] = {
    "kill-nats": lambda system: kill(system, "nats"),
    "freeze-nats": lambda system: freeze(system, "nats"),
    "lose-the-store": lose_the_store,
    "purge-the-stream": purge_the_stream,
    "delete-the-consumer": delete_the_consumer,
    "kill-stats": lambda system: kill(system, "stats"),
}


def _part_faults() -> Iterator[tuple[str, Fault]]:
    for name in PARTS:
        yield f"kill-{name}", lambda system, name=name: kill(system, name)  # type: ignore[misc]
        yield f"freeze-{name}", lambda system, name=name: freeze(system, name)  # type: ignore[misc]


FAULTS = dict(_part_faults()) | BUS_FAULTS


@pytest.fixture(scope="module")
def running(session_folder: Path) -> Iterator[System]:
    system = System(session_folder / "faults" / "data", "--no-web", "--no-rate-limits")
    yield system
    system.stop()


@pytest.fixture
async def crowd(running: System) -> AsyncIterator[Crowd]:
    if running.launcher is None:
        await running.start()
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(person(running.url)) for _ in range(PEOPLE)]
        yield Crowd(running, people)


@asynccontextmanager
async def watching(people: list[Person]) -> AsyncIterator[list[Watcher]]:
    watchers = [Watcher(owner) for owner in people]
    tasks = [asyncio.create_task(watcher.watch()) for watcher in watchers]
    try:
        yield watchers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def agree(owner: Person, acknowledged: set[str], watcher: Watcher) -> None:
    todos = {todo["id"] for todo in await owner.todos()}
    changes = await owner.changes()
    numbers = list(range(1, len(changes) + 1))
    assert acknowledged <= todos == {change["todo"]["id"] for change in changes}
    assert [change["sequence"] for change in changes] == numbers

    async def counted() -> bool:
        answer = await owner.http.get("/api/stats")
        return answer.status_code == httpx.codes.OK and answer.json()["as_of_sequence"] == len(changes)

    await wait_until(counted, DEADLINE)
    assert (await owner.stats())["total"] == len(todos)
    await wait_until(lambda: len(watcher.seen) >= len(numbers), DEADLINE)
    assert watcher.seen == numbers


@pytest.mark.parametrize("_run", range(RUNS))
@pytest.mark.parametrize("fault", FAULTS)
async def test_everybody_agrees_afterwards(crowd: Crowd, fault: str, _run: int) -> None:
    async with watching(crowd.people) as watchers:
        writing = asyncio.create_task(crowd.write())
        await crowd.halfway.wait()
        await FAULTS[fault](crowd.system)
        await writing
        for owner, watcher in zip(crowd.people, watchers, strict=True):
            await agree(owner, crowd.acknowledged[owner.id], watcher)
    verified = await asyncio.to_thread(crowd.system.command, "stats", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    if fault in BUS_FAULTS:
        assert crowd.failures == []
