"""Several instances of a service behind the gateway: they share the work, and one that dies is not missed."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from random import getrandbits

import httpx
import jwt
import pytest

from local_cluster.launcher.engines.process import free_port
from service_testing.collector import collecting
from service_testing.system import PASSWORD, Person, System, person
from service_testing.waiting import wait_until

pytestmark = pytest.mark.xdist_group("scaled")
PEOPLE = 8
READERS = WRITERS = 4
INSTANCES = ("todos-1", "todos-2", "todos-3")


@pytest.fixture(scope="module")
def collector_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def scaled_system(session_folder: Path, collector_port: int) -> Iterator[System]:
    """Three instances of the todo service, two of stats; spans go to a collector that need not be there."""
    options = ("--no-web", "--no-rate-limits", "--scale", "todos=3", "--scale", "stats=2")
    tracing = {"TODOBUS_OTLP_ENDPOINT": f"http://127.0.0.1:{collector_port}", "TODOBUS_TRACE_RATIO": "0"}
    system = System(session_folder / "scaled" / "data", *options, environment=tracing)
    yield system
    assert system.stop() == 0, system.output()


@pytest.fixture
async def scaled(scaled_system: System) -> System:
    if scaled_system.launcher is None:
        await scaled_system.start()
    return scaled_system


@pytest.mark.parametrize("seconds", [1, pytest.param(20, marks=pytest.mark.slow)])
async def test_they_share_the_work_of_many_people(scaled: System, seconds: float) -> None:
    """People who write at once: every answer is good, and the numbers are right."""
    await asyncio.gather(*(_write_and_compare(scaled.url, seconds) for _ in range(PEOPLE)))


@pytest.mark.parametrize("killed", [INSTANCES[:1], pytest.param(INSTANCES, marks=pytest.mark.slow)])
async def test_a_killed_one_is_not_missed(scaled: System, killed: tuple[str, ...]) -> None:
    async with person(scaled.url) as reader, person(scaled.url) as writer:
        await _kill(scaled, killed, reader, writer)


@pytest.mark.slow  # a key is published for longer than a verifier waits between two looks for an unknown one
async def test_a_new_signing_key_refuses_no_token(scaled: System) -> None:
    async with _rotating_keys(scaled), person(scaled.url) as reader, person(scaled.url) as writer:
        await _kill(scaled, INSTANCES, reader, writer)


async def test_a_trace_leads_from_the_gateway_over_the_bus_to_stats(scaled: System, collector_port: int) -> None:
    trace_id, client = f"{getrandbits(128):032x}", f"{getrandbits(64):016x}"
    async with collecting(collector_port) as collector, person(scaled.url) as owner:
        owner.http.headers["traceparent"] = f"00-{trace_id}-{client}-01"
        await owner.create("Buy milk")

        def whole() -> bool:
            """Each process sends its spans when it likes: a parent may come after its child."""
            spans = [span for span in collector.spans if span["traceId"] == trace_id]
            known = {client, *(span["spanId"] for span in spans)}
            services = collector.services(trace_id)
            return services >= {"gateway", "todos", "stats"} and {span["parentSpanId"] for span in spans} <= known

        await wait_until(whole, 20)
    roots = [span["name"] for span in collector.spans if span["parentSpanId"] == client]
    assert roots == ["POST /api/todos"]


async def _write_and_compare(url: str, seconds: float) -> None:
    async with person(url) as owner:
        sequence = await _write_for(owner, seconds)
        todos = await owner.todos()
        stats = await owner.stats(min_sequence=sequence)
        if stats["stale"]:
            stats = await _fresh_stats(owner, sequence)
        assert stats["total"] == len(todos)
        assert stats["completed"] == sum(todo["completed"] for todo in todos)
        assert stats["as_of_sequence"] == sequence


async def _write_for(owner: Person, seconds: float) -> int:
    end, sequence = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        todo = await owner.create("one more")
        answers = [await owner.http.post(f"/api/todos/{todo['id']}/complete")]
        if sequence % 3 == 0:
            answers.append(await owner.http.delete(f"/api/todos/{todo['id']}"))
        assert all(answer.is_success for answer in answers)
        sequence = int(answers[-1].headers["Todo-Sequence"])
    return sequence


async def _fresh_stats(owner: Person, sequence: int) -> dict[str, object]:
    async def fresh() -> dict[str, object] | None:
        stats = await owner.stats(min_sequence=sequence)
        return None if stats["stale"] else stats

    found: dict[str, object] = await wait_until(fresh, 20)
    return found


async def _kill(scaled: System, names: Sequence[str], reader: Person, writer: Person) -> None:
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
    for name in names:
        seen = len(acknowledged)
        await wait_until(lambda seen=seen: len(acknowledged) > seen + 20, 30)
        await scaled.back(name, instead_of=scaled.kill(name))
    done.set()
    await asyncio.gather(*clients)
    found = [todo["title"] for todo in await writer.todos()]
    assert set(statuses) == {200}
    assert len(found) == len(set(found))
    assert acknowledged <= set(found)


@asynccontextmanager
async def _rotating_keys(system: System) -> AsyncIterator[None]:
    """Meanwhile the signing key changes, and a user who renews the tokens all the time is never refused."""
    done = asyncio.Event()
    statuses: set[int] = set()
    keys: set[str] = set()

    async def renew() -> None:
        async with person(system.url) as owner:
            http, account = owner.http, {"email": owner.email, "password": PASSWORD}
            answer = await http.post("/api/auth/login", json=account)
            while not done.is_set():
                tokens = answer.json()
                keys.add(jwt.get_unverified_header(tokens["access_token"])["kid"])
                headers = {"Authorization": f"Bearer {tokens['access_token']}"}
                statuses.add((await http.get("/api/stats", headers=headers)).status_code)
                answer = await http.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
                statuses.add(answer.status_code)

    renewing = asyncio.create_task(renew())
    try:
        await wait_until(lambda: keys or renewing.done())
        assert system.command("keys", "rotate", "--lead", "45").returncode == 0
        yield
        await wait_until(lambda: len(keys) > 1 or renewing.done(), 80)
    finally:
        done.set()
        await renewing
    assert statuses == {200}
