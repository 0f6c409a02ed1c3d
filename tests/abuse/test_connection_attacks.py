"""Attacks on connections and on the address by which a client is counted; requests that a server may stumble over."""

import asyncio
import itertools
import json
import resource
from collections.abc import AsyncIterator

import pytest

from service_testing.system import System

from .conftest import Start
from .harness import LONG, head, siege

DESCRIPTORS = 1024
SMALL_BUFFER = 4096
ACCOUNTS = 6 if LONG else 4
UNKNOWN_FIELDS = b"{" + b",".join(b'"k%x":0' % number for number in range(80_000)) + b"}"


@pytest.mark.slow
async def test_4_answers_that_are_never_read(system: System) -> None:
    async with siege(system) as it:
        attackers = [await it.account() for _ in range(ACCOUNTS)]
        for attacker in attackers:
            await it.fill(attacker, 300, description="a" * 9_900)
        turns, sockets = itertools.cycle(attackers), []

        async def attack() -> None:
            connection = await it.connect(receive_buffer=SMALL_BUFFER)
            token = next(turns).http.headers["Authorization"]
            connection.send(head("GET", "/api/todos?limit=300", f"authorization: {token}"))
            sockets.append(connection)

        await it.endure(attack, per_second=150)
        for each in sockets:
            it.read(each)
        assert it.told("429 too_many_requests_in_flight"), it.answers


@pytest.mark.slow
async def test_4_answers_that_are_never_read_by_strangers(system: System) -> None:
    async with siege(system) as it:
        request = head(
            "POST", "/api/auth/login", "content-type: application/json", f"content-length: {len(UNKNOWN_FIELDS)}"
        )

        async def attack() -> None:
            connection = await it.connect(receive_buffer=SMALL_BUFFER)
            await asyncio.get_running_loop().sock_sendall(connection, request + UNKNOWN_FIELDS)

        await it.endure(attack, per_second=2)


@pytest.fixture
async def narrow_system(start: Start) -> AsyncIterator[System]:
    """Its gateway has few descriptors."""
    async with start() as made:
        assert made.launcher
        resource.prlimit(made.launcher.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        await made.back("gateway", instead_of=made.kill("gateway"))
        yield made


@pytest.mark.slow
async def test_9_idle_connections(narrow_system: System) -> None:
    admin = json.loads((narrow_system.data_dir / "ports.json").read_text())["gateway admin"]
    async with siege(narrow_system) as it:

        async def attack() -> None:
            connection = await it.connect("127.0.0.1")
            connection.send(b"GET / HTTP/1.1\r\n")

        await it.endure(attack, per_second=300)
        stranger = await it.anonymous()
        assert (await stranger.get("/healthz")).status_code == 200
        assert (await stranger.get(f"http://127.0.0.1:{admin}/healthz")).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("form", ["203.0.113.{}:4711", "::ffff:203.0.113.{}", "[::ffff:203.0.113.{}]:4711"])
async def test_10_strangers_behind_the_same_proxy(start: Start, form: str) -> None:
    async with start(trusted_proxies="127.0.0.0/8") as system:
        proxied = [{"x-forwarded-for": form.format(number)} for number in range(2, 6)]
        async with siege(system, proxied) as it:
            stranger = await it.anonymous(source="127.0.0.1", headers={"x-forwarded-for": form.format(99)})
            attempt = {"refresh_token": "x"}
            await it.endure(lambda: it.ask(stranger, "POST", "/api/auth/refresh", json=attempt), per_second=30)
            assert it.told("429 rate_limited", "429 too_many_requests"), it.answers


async def test_13_requests_that_a_server_may_stumble_over(system: System) -> None:
    async with siege(system) as it:
        attacker = await it.account()
        requests = itertools.cycle(
            [
                ("GET", "/docs", {"headers": {"range": "bytes=0-" + "9" * 5_000}}),
                ("GET", "/api/events/stream/x", {}),
                ("GET", "/api/todos?limit=" + "9" * 5_000, {}),
                ("GET", "/api/todos?cursor=" + "A" * 5_000, {}),
                ("GET", "/api/changes?since=" + "9" * 30, {}),
                ("POST", "/api/todos", {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}),
                (
                    "POST",
                    "/api/todos",
                    {"json": {"title": "x", "due_date": "2026-12-01", "due_time_zone": "localtime"}},
                ),
                ("POST", "/api/todos", {"json": {"title": "x", "tags": ["x"] * 10_000}}),
                ("PATCH", "/api/users/me", {"json": {"time_zone": "Factory"}}),
                ("PATCH", "/api/users/me", {"json": {"daily_goal": 2**63}}),
            ]
        )

        async def attack() -> None:
            method, path, options = next(requests)
            await it.ask(attacker.http, method, path, **options)

        await it.endure(attack)
        assert it.told("404 not_found"), it.answers
