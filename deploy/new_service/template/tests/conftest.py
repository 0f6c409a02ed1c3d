"""The running service, on a PostgreSQL database and a NATS server of each test's own."""

import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from example_service.app import create_app
from example_service.settings import Settings
from service_testing.databases import Databases
from service_testing.events import Publisher
from service_testing.nats import NatsServer
from service_testing.tokens import TokenIssuer


@pytest.fixture
def user() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
async def app(database: Databases, nats: NatsServer, issuer: TokenIssuer) -> AsyncIterator[FastAPI]:
    async with issuer.serve() as jwks_url:
        settings = Settings(
            port=0,
            admin_port=0,
            nats_url=nats.url,
            nats_user="example",
            nats_password=nats.passwords["example"],
            jwks_url=jwks_url,
            database_url=await database("example"),
        )
        made = create_app(settings)
        async with made.router.lifespan_context(made):
            yield made


@pytest.fixture
async def client(app: FastAPI, issuer: TokenIssuer, user: str) -> AsyncIterator[httpx.AsyncClient]:
    transport, headers = httpx.ASGITransport(app), issuer.headers(user)
    async with httpx.AsyncClient(transport=transport, base_url="http://example", headers=headers) as client:
        yield client


@pytest.fixture
async def publisher(nats: NatsServer) -> Publisher:
    return await Publisher.connected(nats)
