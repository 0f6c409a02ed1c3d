"""Parts of the system are killed while people write: nothing that was acknowledged is ever missing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from service_testing.system import Person, System
from service_testing.waiting import wait_until

USUAL_SECONDS = 2.0


class Writer:
    """Creates todos one after the other until `stop` is set; remembers those that were acknowledged."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.acknowledged: list[str] = []
        self.stopping = False

    async def write(self) -> None:
        while not self.stopping:
            try:
                answer = await self.person.http.post("/api/todos", json={"title": f"todo {len(self.acknowledged)}"})
            except httpx.TransportError:
                continue
            if answer.status_code == 201:
                self.acknowledged.append(answer.json()["id"])

    async def acknowledges_more(self) -> None:
        goal = len(self.acknowledged) + 5
        await wait_until(lambda: len(self.acknowledged) >= goal, 30)


@asynccontextmanager
async def writing(person: Person) -> AsyncIterator[Writer]:
    writer = Writer(person)
    task = asyncio.create_task(writer.write())
    try:
        yield writer
    finally:
        writer.stopping = True
        await task


async def assert_nothing_is_missing(person: Person, acknowledged: list[str]) -> None:
    """Todos, changes and stats agree, and hold every write that was answered with 201."""
    todos = {todo["id"] for todo in await person.todos()}
    assert set(acknowledged) <= todos
    changes = await person.changes()
    assert [change["sequence"] for change in changes] == list(range(1, len(changes) + 1))
    assert {change["todo"]["id"] for change in changes} == todos

    async def stats_agree() -> bool:
        answer = await person.http.get("/api/stats", params={"min_sequence": len(changes)})
        return answer.status_code == 200 and answer.json()["as_of_sequence"] == len(changes)

    await wait_until(stats_agree, 30)
    assert (await person.stats())["total"] == len(todos)


@pytest.mark.parametrize("name", ["auth", "todos", "stats", "notifications", "gateway", "nats", "postgres"])
async def test_a_killed_part_comes_back_and_no_acknowledged_write_is_missing(
    system: System, ann: Person, name: str
) -> None:
    port = system.processes()[name]["port"]
    async with writing(ann) as writer:
        await writer.acknowledges_more()
        killed = system.kill(name)
        await system.back(name, instead_of=killed)
        await writer.acknowledges_more()
    await assert_nothing_is_missing(ann, writer.acknowledged)
    assert system.processes()[name]["port"] == port


async def test_while_the_bus_is_down_writes_are_answered_as_usual(system: System, ann: Person) -> None:
    await ann.create("before")
    with system.frozen("nats"):
        acknowledged = []
        for number in range(10):
            began = time.monotonic()
            acknowledged.append((await ann.create(f"meanwhile {number}"))["id"])
            assert time.monotonic() - began < USUAL_SECONDS
    await assert_nothing_is_missing(ann, acknowledged)


async def test_while_stats_are_down_todos_work_and_stats_are_right_afterwards(system: System, ann: Person) -> None:
    with system.frozen("stats"):
        acknowledged = [(await ann.create(f"meanwhile {number}"))["id"] for number in range(10)]
        assert len(await ann.todos()) == len(acknowledged)
    await assert_nothing_is_missing(ann, acknowledged)
