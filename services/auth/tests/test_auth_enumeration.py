"""What anybody may ask of an address takes as long whether it has an account or not: 200 pairs, medians compared."""

import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from auth_service.domain import Client
from auth_service.service import recovery, registration
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Service, Start

pytestmark = pytest.mark.slow  # they have the machine to themselves
PAIRS, ADDRESSES = 200, 50
MOST = 0.1
Ask = Callable[[str, Client], Awaitable[object]]


async def ratio(rows: asyncpg.Connection, service: Service, ask: Ask) -> float:
    """How much longer an address with an account takes, as a part of the time of one without; each is asked in turn."""
    known = [(await service.register())["email"] for _ in range(ADDRESSES)]
    await wait_until(lambda: _nothing_left(rows), 60)
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(PAIRS):
        client = Client(f"198.51.100.{number}", "")
        for email, spent in zip((known[number % ADDRESSES], f"nobody{number}@example.com"), seconds, strict=True):
            started = time.perf_counter()
            await ask(email, client)
            spent.append(time.perf_counter() - started)
    return abs(statistics.median(seconds[0]) / statistics.median(seconds[1]) - 1)


async def _nothing_left(rows: asyncpg.Connection) -> bool:
    return await rows.fetchval("select count(*) from mails") == 0


class TestTime:
    async def test_of_a_forgotten_password(self, service: Service, rows: asyncpg.Connection):
        async def ask(email: str, client: Client) -> None:
            await recovery.forgot_password(service.context, email, client)

        assert await ratio(rows, service, ask) < MOST

    async def test_of_registering_where_addresses_have_to_be_verified(
        self, service: Service, start: Start, rows: asyncpg.Connection
    ):
        context = (await start(update={"verify_email": "required"})).context

        async def ask(email: str, client: Client) -> None:
            await registration.register(context, email, PASSWORD, "Ann", "UTC", None, client)

        assert await ratio(rows, service, ask) < MOST

    async def test_of_asking_for_another_address(
        self, service: Service, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("auth_service.service.mails.OF_ACCOUNT", 2 * PAIRS)
        ann = await service.session()
        claims = await service.app.state.verifier.authenticate(ann["headers"]["Authorization"])

        async def ask(email: str, client: Client) -> None:
            await recovery.ask_for_email(service.context, claims, email, PASSWORD, client)

        assert await ratio(rows, service, ask) < MOST
