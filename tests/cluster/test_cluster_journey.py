"""The system in containers does for a person what the embedded one does."""

from collections.abc import Iterator

import httpx
import pytest

from .compose import Compose
from .people import Person

pytestmark = pytest.mark.containers


@pytest.fixture
def person(cluster: Compose) -> Iterator[Person]:
    with Person(cluster.url) as someone:
        yield someone


def test_a_person_keeps_todos(person: Person) -> None:
    todo = person.client.post("/api/todos", json={"title": "Buy milk", "tags": ["home"]}).raise_for_status().json()
    done = person.client.post(f"/api/todos/{todo['id']}/complete").raise_for_status()
    stats = person.stats(int(done.headers["Todo-Sequence"]))
    assert (stats["total"], stats["completed"], stats["stale"]) == (1, 1, False)
    assert [change["type"] for change in person.changes()] == ["todo.created.v1", "todo.completed.v1"]


def test_events_reach_an_open_stream(person: Person) -> None:
    with person.client.stream("GET", "/api/events/stream", params={"since": 0}) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        for number in range(3):
            person.create(f"01890000-0000-7000-8000-00000000000{number}")
        lines = (line for line in stream.iter_lines() if line.startswith("id:"))
        assert [next(lines) for _ in range(3)] == ["id: 1", "id: 2", "id: 3"]


def test_a_token_ends_with_its_session_at_every_gateway(person: Person) -> None:
    assert person.client.post("/api/auth/logout").status_code == 204
    assert {person.client.get("/api/todos").status_code for _ in range(12)} == {401}


class TestTheFront:
    @pytest.mark.parametrize(
        ("path", "status", "cache"),
        [
            ("/", 200, "no-cache"),
            ("/login", 200, "no-cache"),
            ("/docs", 200, None),
            ("/openapi.json", 200, None),
            ("/.well-known/jwks.json", 200, "public, max-age=300"),
            ("/readyz", 200, None),
            ("/no-such-page", 404, None),
            ("/_next/static/no-such-file.js", 404, None),
            ("/metrics", 404, None),
        ],
    )
    def test_paths(self, cluster: Compose, path: str, status: int, cache: str | None) -> None:
        answer = httpx.get(cluster.url + path)
        assert answer.status_code == status
        assert cache is None or answer.headers["Cache-Control"] == cache

    def test_scripts_of_the_app_are_named_in_its_policy(self, cluster: Compose) -> None:
        policy = httpx.get(cluster.url).headers["Content-Security-Policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "sha256-" in scripts
        assert "unsafe" not in scripts

    def test_what_a_client_says_of_its_address_does_not_count(self, person: Person) -> None:
        headers = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
        login = {"email": person.email, "password": "correct horse battery"}
        person.client.post("/api/auth/login", json=login, headers=headers).raise_for_status()
        addresses = {session["ip"] for session in person.client.get("/api/auth/sessions").json()}
        assert "203.0.113.9" not in addresses
        assert len(addresses) == 1

    def test_its_own_errors_are_problem_details(self, cluster: Compose) -> None:
        answer = httpx.post(f"{cluster.url}/api/todos", content=b"x" * 3_000_000)
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "content_too_large"
