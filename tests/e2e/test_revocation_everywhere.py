"""Once a logout has been answered, no gateway takes the session's tokens any more."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from auth_service.derived_keys import Secrets
from auth_service.repository import sessions as session_rows
from auth_service.repository import users as user_rows
from auth_service.settings import KeySettings
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.processes import ServiceProcess as Process
from service_testing.waiting import wait_until

from .fleet import Fleet, fleet

GATEWAYS = 3
AT_ONCE = 8
P99_SECONDS = 0.05  # the promise, held to by the long form, which has the machine to itself
BUSY_P99_SECONDS = 2.0


@pytest.fixture
async def auth_url(database: Databases) -> str:
    return await database("auth")


@pytest.fixture
async def gateways(auth_url: str, nats: NatsServer, tmp_path: Path) -> AsyncIterator[tuple[Fleet, list[Process]]]:
    async with fleet(auth_url, nats, tmp_path) as one:
        await one.start_auth()
        yield one, await asyncio.gather(*(one.start_gateway() for _ in range(GATEWAYS)))


async def sessions(url: str, key_file: Path, count: int) -> list[str]:
    """Refresh tokens of so many sessions of one new user, as logging in would have made them."""
    settings = KeySettings(database_url=url, key_encryption_key_file=key_file)
    secrets = Secrets(settings.key_encryption_key())
    rows = await asyncpg.connect(url)
    email = f"{uuid.uuid4().hex}@example.com"
    user = await user_rows.insert(rows, email, email, "-", "Ann", "UTC")
    made = [await session_rows.insert(rows, user.id, "-", "", "") for _ in range(count)]
    await rows.close()
    return [secrets.refresh_token(session.id, 0) for session in made]


class Caller:
    """A logged-in user who calls every gateway."""

    def __init__(self, one: Fleet, gateways: list[Process]) -> None:
        self._client, self._gateways = one.client, gateways

    async def log_in(self, refresh_token: str) -> dict[str, str]:
        body = {"refresh_token": refresh_token}
        answer = await self._client.post(f"{self._gateways[0].url}/api/auth/refresh", json=body)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def statuses(self, headers: dict[str, str]) -> list[int]:
        calls = (self._client.get(f"{one.url}/api/todos", headers=headers) for one in self._gateways)
        return [answer.status_code for answer in await asyncio.gather(*calls)]

    async def log_out(self, headers: dict[str, str], number: int, path: str = "logout") -> float:
        """How long after the 204 a gateway still began to serve the token."""
        gateway = self._gateways[number % len(self._gateways)]
        answer = await self._client.post(f"{gateway.url}/api/auth/{path}", headers=headers)
        answered = asked = time.perf_counter()
        assert answer.status_code == 204
        delay = 0.0
        while await self.statuses(headers) != [401] * len(self._gateways):
            delay = time.perf_counter() - answered
            assert asked - answered < 5
            asked = time.perf_counter()
        return delay


@pytest.mark.parametrize(
    ("logouts", "users", "limit"),
    [(60, 2, BUSY_P99_SECONDS), pytest.param(1000, 20, P99_SECONDS, marks=pytest.mark.slow)],
)
async def test_logouts_are_known_to_every_gateway(
    gateways: tuple[Fleet, list[Process]], auth_url: str, publisher: object, logouts: int, users: int, limit: float
):
    one, running = gateways
    caller = Caller(one, running)
    await _streams_end(caller, one, running, await caller.log_in((await sessions(auth_url, one.key_file, 1))[0]))
    others = [await caller.log_in(token) for token in await sessions(auth_url, one.key_file, 2)]
    ended = await _end_one_by_one(caller, await sessions(auth_url, one.key_file, logouts), limit)
    ended += await _end_20_000_of_a_user(caller, one, auth_url, users, limit)
    assert [await caller.statuses(headers) for headers in others] == [[200] * GATEWAYS] * len(others)
    await _a_restarted_gateway_knows(one, ended, others)


async def _end_one_by_one(caller: Caller, tokens: list[str], limit: float) -> list[dict[str, str]]:
    """The headers of the last of them."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def in_and_out(number: int, token: str) -> tuple[dict[str, str], float]:
        async with gate:
            headers = await caller.log_in(token)
            assert await caller.statuses(headers) == [200] * GATEWAYS
            return headers, await caller.log_out(headers, number)

    done = await asyncio.gather(*(in_and_out(number, token) for number, token in enumerate(tokens)))
    delays = sorted(delay for _, delay in done)
    assert delays[int(len(delays) * 0.99) - 1] <= limit
    return [headers for headers, _ in done[-20:]]


async def _end_20_000_of_a_user(
    caller: Caller, one: Fleet, auth_url: str, users: int, limit: float
) -> list[dict[str, str]]:
    """The headers of two sessions of the last of the users."""
    for number in range(users):
        here, there = [await caller.log_in(token) for token in await sessions(auth_url, one.key_file, 2)]
        assert await caller.statuses(there) == [200] * GATEWAYS
        await _add_sessions(auth_url, 20_000)
        assert await caller.log_out(here, number, "logout-all") <= limit
        assert await caller.statuses(there) == [401] * GATEWAYS
    return [here, there]


async def _add_sessions(url: str, count: int) -> None:
    """To the newest user."""
    rows = await asyncpg.connect(url)
    await rows.execute(
        "insert into sessions (user_id, user_agent, ip)"
        " select (select id from users order by created_at desc limit 1), '', '' from generate_series(1, $1)",
        count,
    )
    await rows.close()


async def _a_restarted_gateway_knows(one: Fleet, ended: list[dict[str, str]], others: list[dict[str, str]]) -> None:
    """From its first request on; `start_gateway` returns when it says that it is ready."""
    caller = Caller(one, [await one.start_gateway()])
    assert [await caller.statuses(headers) for headers in ended] == [[401]] * len(ended)
    assert [await caller.statuses(headers) for headers in others] == [[200]] * len(others)


async def _streams_end(caller: Caller, one: Fleet, gateways: list[Process], headers: dict[str, str]) -> None:
    """An open stream of events at each gateway gets `revoked`, and is closed, within a second of the logout."""
    opened: list[Process] = []
    streams = [asyncio.create_task(_listen(one, gateway, headers, opened)) for gateway in gateways]
    await wait_until(lambda: len(opened) == GATEWAYS or any(stream.done() for stream in streams))
    await caller.log_out(headers, 0)
    async with asyncio.timeout(1):
        assert [lines[-1] for lines in await asyncio.gather(*streams)] == ["event: revoked"] * GATEWAYS


async def _listen(one: Fleet, gateway: Process, headers: dict[str, str], opened: list[Process]) -> list[str]:
    async with one.client.stream("GET", f"{gateway.url}/api/events/stream", headers=headers) as answer:
        assert answer.status_code == 200
        opened.append(gateway)
        return [line async for line in answer.aiter_lines() if line.startswith("event:")]
