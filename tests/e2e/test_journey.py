"""What a person, and a program that listens, see of the running system."""

import contextlib
import json

import httpx
import nats
import pytest

from service_testing.system import Person, System, unknown_id
from service_testing.waiting import wait_until
from todobus_events import topology


async def test_a_person_keeps_todos_and_sees_right_numbers(ann: Person) -> None:
    milk = await ann.create("Buy milk", tags=["home"])
    bread = await ann.create("Buy bread")
    done = await ann.http.post(f"/api/todos/{milk['id']}/complete")
    assert done.status_code == 200
    assert [todo["title"] for todo in await ann.todos()] == ["Buy bread", "Buy milk"]
    active = await ann.http.get("/api/todos", params={"status_filter": "active"})
    assert [todo["id"] for todo in active.json()] == [bread["id"]]
    stats = await ann.stats(min_sequence=int(done.headers["Todo-Sequence"]))
    assert {name: stats[name] for name in ("total", "completed", "active", "stale")} == {
        "total": 2,
        "completed": 1,
        "active": 1,
        "stale": False,
    }
    assert stats["as_of_sequence"] == 3


async def test_another_program_reads_the_events_from_the_bus(system: System, ann: Person) -> None:
    """With the credentials for outsiders, a durable of its own, and what happened before it came."""
    todo = await ann.create("Buy milk")
    await ann.http.post(f"/api/todos/{todo['id']}/complete")
    settings = dict(line.split("=", 1) for line in (system.data_dir / "subscriber.env").read_text().splitlines())
    client = await nats.connect(settings["NATS_URL"], inbox_prefix="_INBOX_subscriber")
    received = []
    mine = topology.todo_events_of(ann.id)
    subscription = await client.jetstream().pull_subscribe(mine, durable=f"test-{ann.id}", stream=topology.TODOS)

    async def both() -> bool:
        with contextlib.suppress(nats.errors.TimeoutError):  # nothing came in this second
            for message in await subscription.fetch(10, timeout=1):
                received.append(json.loads(message.data))
                await message.ack()
        return len(received) >= 2

    await wait_until(both)
    await client.close()
    assert [event["type"] for event in received] == ["todo.created.v1", "todo.completed.v1"]
    assert [event["sequence"] for event in received] == [1, 2]
    assert {event["subject"] for event in received} == {todo["id"]}


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"title": "mine now"}),
        ("PATCH", "", {"title": "mine now"}),
        ("DELETE", "", None),
        ("POST", "/complete", None),
        ("POST", "/reopen", None),
        ("POST", "/restore", None),
        ("GET", "/history", None),
    ],
)
async def test_what_is_anothers_does_not_exist(
    ann: Person, ben: Person, method: str, suffix: str, body: dict[str, str] | None
) -> None:
    todo = await ann.create("Ann's own")
    foreign = await ben.http.request(method, f"/api/todos/{todo['id']}{suffix}", json=body)
    unknown = await ben.http.request(method, f"/api/todos/{unknown_id()}{suffix}", json=body)
    assert foreign.status_code == unknown.status_code == 404
    assert _without_request_id(foreign) == _without_request_id(unknown)
    assert (await ann.http.get(f"/api/todos/{todo['id']}")).json()["title"] == "Ann's own"


def _without_request_id(answer: httpx.Response) -> tuple[dict[str, str], list[str]]:
    problem = answer.json()
    del problem["request_id"]
    return problem, sorted(answer.headers)


class TestTheFrontDoor:
    async def test_it_says_that_it_is_ready(self, system: System) -> None:
        async with httpx.AsyncClient(base_url=system.url) as http:
            assert (await http.get("/healthz")).status_code == 200
            ready = await http.get("/readyz")
            assert ready.status_code == 200, ready.text

    async def test_no_token_no_todos(self, system: System) -> None:
        async with httpx.AsyncClient(base_url=system.url) as http:
            refused = await http.get("/api/todos")
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")

    async def test_the_api_is_described(self, system: System) -> None:
        async with httpx.AsyncClient(base_url=system.url) as http:
            document = (await http.get("/openapi.json")).json()
            assert (await http.get("/docs")).status_code == 200
        for path in ("/api/auth/login", "/api/todos", "/api/stats"):
            assert path in document["paths"]
