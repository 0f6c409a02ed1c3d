"""The service as its clients see it, on a real PostgreSQL; its bus is dead unless a test brings one."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from local_cluster.launcher.engines.postgres import Postgres
from service_testing.databases import Databases
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from todos_service.app import create_app
from todos_service.settings import Settings

DEAD_BUS = "nats://127.0.0.1:1"


class Client(httpx.AsyncClient):
    """One user's client, with the user's id."""

    def __init__(self, app: FastAPI, issuer: TokenIssuer, user_id: str, **claims: Any) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        super().__init__(transport=transport, base_url="http://todos", headers=issuer.headers(user_id, **claims))
        self.user_id = user_id

    async def create(self, title: str = "Buy milk", **fields: Any) -> Any:
        answer = await self.post("/api/todos", json={"title": title, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def changes(self, since: int = 0) -> list[Any]:
        return (await self.get("/api/changes", params={"since": since, "limit": 1000})).json()["changes"]


async def timed(call: Awaitable[httpx.Response]) -> tuple[httpx.Response, float]:
    """The answer, a good one, and the seconds that it took."""
    started = time.perf_counter()
    answer = await call
    assert answer.is_success, answer.text
    return answer, time.perf_counter() - started


def settings(database_url: str, nats_url: str = DEAD_BUS, nats_password: str = "") -> Settings:
    return Settings(
        port=0,
        admin_port=0,
        nats_url=nats_url,
        nats_user="todos",
        nats_password=nats_password,
        jwks_url="http://127.0.0.1:1/jwks.json",
        database_url=database_url,
    )


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture(scope="session")
def shared_database(postgres: Postgres) -> Iterator[str]:
    """One database for all tests of a worker whose users keep to themselves."""
    databases = Databases(postgres)
    yield asyncio.run(_make(postgres, databases))
    asyncio.run(databases.drop())


async def _make(postgres: Postgres, databases: Databases) -> str:
    await wait_until(postgres.ready, 30)
    return await databases("todos")


@pytest.fixture
async def app(shared_database: str, issuer: TokenIssuer) -> AsyncIterator[FastAPI]:
    made = create_app(settings(shared_database))
    made.state.verifier = issuer.verifier()
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
def sign_in(app: FastAPI, issuer: TokenIssuer) -> Callable[..., Client]:
    """Makes a client of a new user; claims such as `zoneinfo` can be given."""
    return lambda user_id=None, **claims: Client(app, issuer, user_id or str(uuid.uuid4()), **claims)


@pytest.fixture
def ann(sign_in: Callable[..., Client]) -> Client:
    return sign_in(zoneinfo="Europe/Helsinki")


@pytest.fixture
def ben(sign_in: Callable[..., Client]) -> Client:
    return sign_in()
