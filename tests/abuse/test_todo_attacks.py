"""Attacks of an account on todos, search, import and statistics."""

import asyncio
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from service_testing.system import System

from .conftest import Start
from .harness import LONG, SECONDS, head, siege

LONG_TEXT, NOT_IN_IT = "a" * 9_900, "a" * 198 + "b"
MANY = 3_000 if LONG else 800
JSON = {"content-type": "application/json"}


async def test_one_user_asks_all_the_time(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()
        await it.fill(attacker, 500, description="a" * 5_000)
        await it.endure(lambda: it.fetch(attacker, "/api/todos?limit=500"), per_second=100, at_once=200)
        assert it.told("429 rate_limited")


@pytest.mark.slow
async def test_users_ask_without_limits(start: Start) -> None:
    """The control of the test above: a few accounts take all places at the service, of which one alone has a few."""
    async with start("--no-rate-limits") as system, siege(system) as it:
        attackers = [await it.account() for _ in range(6)]
        for attacker in attackers:
            await it.fill(attacker, 500, description="a" * 5_000)
        turns = itertools.cycle(attackers)
        await it.suffer(lambda: it.fetch(next(turns), "/api/todos?limit=500"), per_second=1000, at_once=1000)


@pytest.mark.slow
async def test_2_searches_for_what_is_nearly_everywhere(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()
        await it.fill(attacker, MANY, description=LONG_TEXT)
        await it.endure(lambda: it.ask(attacker.http, "GET", f"/api/todos?q={NOT_IN_IT}"), per_second=5)
        assert [answer for answer in it.answers if answer[:3] in {"422", "429"}], it.answers


@pytest.mark.slow
async def test_3_searches_that_are_given_up(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()
        await it.fill(attacker, MANY, description=LONG_TEXT)
        token = attacker.http.headers["Authorization"]
        request = head("GET", f"/api/todos?q={NOT_IN_IT}", f"authorization: {token}")

        async def attack() -> None:
            connection = await it.connect()
            connection.send(request)
            await asyncio.sleep(0.1)
            connection.close()

        await it.endure(attack, per_second=5)


@pytest.mark.slow
async def test_5_imports_of_nothing_but_errors(system: System) -> None:
    body = b"[" + b",".join([b"0"] * 500_000) + b"]"
    async with siege(system) as it:
        attacker = await it.account()
        await it.endure(
            lambda: it.ask(attacker.http, "POST", "/api/import", content=body, headers=JSON), per_second=2, at_once=8
        )


@pytest.mark.slow
async def test_6_statistics_of_completions_in_thousands_of_quarter_hours(system: System) -> None:
    first = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        {"title": "x", "completed": True, "completed_at": f"{first + number * timedelta(minutes=15):%FT%TZ}"}
        for number in range(9_000)
    ]
    async with siege(system) as it:
        attacker = await it.account()
        for begin in range(0, len(rows), 3_000):
            part = json.dumps(rows[begin : begin + 3_000])
            (await attacker.http.post("/api/import", content=part, headers=JSON)).raise_for_status()
        await it.endure(lambda: it.fetch(attacker, "/api/stats"))


@pytest.mark.slow
async def test_6_statistics_of_thousands_of_tags(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()
        for number in range(5_000 // 100 if LONG else 10):
            todos = [{"title": "x", "tags": [f"{number}-{each}-{tag}" for tag in range(20)]} for each in range(100)]
            body = {"operations": [{"op": "create", "todo": todo} for todo in todos]}
            (await attacker.http.post("/api/todos/bulk", json=body)).raise_for_status()
        await it.endure(lambda: it.fetch(attacker, "/api/stats"))


@pytest.mark.slow
async def test_12_one_user_writes_all_the_time(system: System) -> None:
    body = {"operations": [{"op": "create", "todo": {"title": "x"}}] * 100}
    async with siege(system) as it:
        attacker = await it.account()
        await it.endure(lambda: it.ask(attacker.http, "POST", "/api/todos/bulk", json=body))


@pytest.mark.slow
async def test_12_one_user_opens_streams_all_the_time(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()

        async def attack() -> None:
            async with attacker.http.stream("GET", "/api/events/stream", timeout=SECONDS) as stream:
                it.note(stream.status_code, "" if stream.is_success else json.loads(await stream.aread())["code"])
                if stream.is_success:
                    await asyncio.Event().wait()

        await it.endure(attack)
        assert [answer for answer in it.answers if answer[:3] == "429"], it.answers
