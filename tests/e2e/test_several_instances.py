"""Several instances of a service behind the gateway: they share the work, and one that dies is not missed."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from service_common.testing.system import Person, System, person
from service_common.testing.waiting import wait_until

PEOPLE = 20
READERS = WRITERS = 4


@pytest.fixture
async def scaled(tmp_path: Path) -> AsyncIterator[System]:
    """Three of the todo service, two of stats."""
    options = ("--no-web", "--no-rate-limits", "--scale", "todos=3", "--scale", "stats=2")
    system = System(tmp_path / "data", *options)
    await system.start()
    try:
        yield system
    finally:
        code = system.stop()
    assert code == 0, system.output()


@pytest.mark.parametrize("seconds", [5, pytest.param(20, marks=pytest.mark.slow)])
async def test_they_share_the_work_of_many_people_and_none_is_missed(scaled: System, seconds: float) -> None:
    """People who write at once get good answers and right numbers; then each instance of todos is killed in turn."""
    await asyncio.gather(*(_write_and_compare(scaled.url, seconds) for _ in range(PEOPLE)))
    async with person(scaled.url) as reader, person(scaled.url) as writer:
        await _kill_each(scaled, reader, writer)


async def _write_and_compare(url: str, seconds: float) -> None:
    async with person(url) as somebody:
        sequence = await _write_for(somebody, seconds)
        todos = await somebody.todos()
        stats = await somebody.stats(min_sequence=sequence)
        if stats["stale"]:
            stats = await _fresh_stats(somebody, sequence)
        assert stats["total"] == len(todos)
        assert stats["completed"] == sum(todo["completed"] for todo in todos)
        assert stats["as_of_sequence"] == sequence


async def _write_for(somebody: Person, seconds: float) -> int:
    end, sequence = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        todo = await somebody.create("one more")
        answers = [await somebody.http.post(f"/api/todos/{todo['id']}/complete")]
        if sequence % 3 == 0:
            answers.append(await somebody.http.delete(f"/api/todos/{todo['id']}"))
        assert all(answer.is_success for answer in answers)
        sequence = int(answers[-1].headers["Todo-Sequence"])
    return sequence


async def _fresh_stats(somebody: Person, sequence: int) -> dict[str, object]:
    async def fresh() -> dict[str, object] | None:
        stats = await somebody.stats(min_sequence=sequence)
        return None if stats["stale"] else stats

    found: dict[str, object] = await wait_until(fresh, 20)
    return found


async def _kill_each(scaled: System, reader: Person, writer: Person) -> None:
    """No read fails, and no write happens twice: whatever became of its answer, a title is there once at most."""
    done = asyncio.Event()
    statuses: list[int] = []
    acknowledged: set[str] = set()
    titles = (f"todo {number}" for number in count())

    async def read() -> None:
        while not done.is_set():
            statuses.append((await reader.http.get("/api/todos")).status_code)

    async def write() -> None:
        while not done.is_set():
            title = next(titles)
            answer = await writer.http.post("/api/todos", json={"title": title})
            if answer.status_code == httpx.codes.CREATED:
                acknowledged.add(title)

    clients = [asyncio.create_task(work()) for work in [read] * READERS + [write] * WRITERS]
    for name in ("todos-1", "todos-2", "todos-3"):
        seen = len(acknowledged)
        await wait_until(lambda seen=seen: len(acknowledged) > seen + 20, 30)
        await scaled.back(name, instead_of=scaled.kill(name))
    done.set()
    await asyncio.gather(*clients)
    found = [todo["title"] for todo in await writer.todos()]
    assert set(statuses) == {200}
    assert len(found) == len(set(found))
    assert acknowledged <= set(found)
