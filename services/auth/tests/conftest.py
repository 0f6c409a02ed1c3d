"""An auth service on a database and a bus of the test's own, and accounts in it."""

import asyncio
import base64
import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx
import jwt
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from auth_service.__main__ import app as command_line
from auth_service.app import create_app
from auth_service.domain import User, email_key
from auth_service.passwords import PARAMETERS, Passwords
from auth_service.repository import users
from auth_service.service import mailing
from auth_service.settings import Settings
from service_common.mail import folder
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until

PASSWORD = "correct horse battery"
NEW_PASSWORD = "staple battery horse"


class Service:
    """One running instance; `client` calls it as the gateway would."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self.context = app.state.context

    async def register(self, **fields: Any) -> dict[str, Any]:
        body = {"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD, **fields}
        answer = await self.client.post("/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def login(self, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        body = {"email": email, "password": password}
        return await self.client.post("/api/auth/login", json=body, headers=headers)

    async def session(self, email: str | None = None) -> dict[str, Any]:
        """The tokens of a fresh log-in, with `headers` for calls that need them."""
        answer = await self.login(email or (await self.register())["email"])
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        return tokens | {"headers": {"Authorization": f"Bearer {tokens['access_token']}"}}

    async def context_user(self, email: str) -> User:
        """The account as the service itself sees it."""
        user = await users.with_email(self.context.pool, email_key(email))
        assert user
        return user

    async def refresh(self, token: str) -> httpx.Response:
        return await self.client.post("/api/auth/refresh", json={"refresh_token": token})

    async def call(self, path: str, session: dict[str, Any] | None = None, **body: Any) -> httpx.Response:
        headers = session["headers"] if session else {}
        return await self.client.post(f"/api/auth/{path}", json=body, headers=headers)

    async def mailed(self, email: str, subject: str) -> EmailMessage:
        """Wait for a mail to an address whose subject begins so; the newest one, which is taken out of the folder."""
        directory = self.context.settings.mail_folder

        async def arrived() -> EmailMessage | None:
            await mailing.deliver(self.context)
            for path in folder.newest_first(directory):
                message = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
                if message["To"] == email and message["Subject"].startswith(subject):
                    path.unlink()
                    return message
            return None

        return await wait_until(arrived)

    async def token(self, email: str, subject: str) -> str:
        """The token of the link in such a mail."""
        body = (await self.mailed(email, subject)).get_body(("plain",))
        [line] = [line for line in body.get_content().splitlines() if line.startswith("https://todo.example/")]
        return line.partition("#token=")[2]

    def auth_time(self, token: str) -> int:
        return jwt.decode(token, options={"verify_signature": False})["auth_time"]

    async def me(self, headers: dict[str, str]) -> int:
        return (await self.client.get("/api/users/me", headers=headers)).status_code


@pytest.fixture
async def auth_url(database: Databases) -> str:
    return await database("auth")


@pytest.fixture
async def rows(auth_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The service's own database, to look at what it holds."""
    connection = await asyncpg.connect(auth_url)
    yield connection
    await connection.close()


@pytest.fixture
def settings(auth_url: str, nats: NatsServer, tmp_path: Path) -> Settings:
    key = tmp_path / "key"
    key.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
    return Settings(
        port=0,
        admin_port=0,
        database_url=auth_url,
        nats_url=nats.url,
        nats_user="auth",
        nats_password=nats.passwords["auth"],
        jwks_url="http://127.0.0.1:1/unused",
        key_encryption_key_file=key,
        mail_folder=tmp_path / "mail",
        public_url="https://todo.example",
    )


Start = Callable[[], Any]


@pytest.fixture
def hasher() -> PasswordHasher:
    """A cheap one; what concerns hashing itself is tested with the service's own."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def start(settings: Settings, hasher: PasswordHasher) -> AsyncIterator[Start]:
    """Starts an instance of the service; all end with the test."""
    async with AsyncExitStack() as stack:

        async def _start(
            nats_url: str = settings.nats_url, smtp_url: str = "", update: dict[str, Any] | None = None, **timing: Any
        ) -> Service:
            changed = settings.model_copy(
                update={"nats_url": nats_url, "smtp_url": SecretStr(smtp_url)} | (update or {})
            )
            return await stack.enter_async_context(running(changed, hasher, **timing))

        yield _start


@pytest.fixture
async def service(start: Start) -> Service:
    return await start()


@asynccontextmanager
async def running(settings: Settings, hasher: PasswordHasher = PARAMETERS, **timing: Any) -> AsyncIterator[Service]:
    with patch("auth_service.app.Passwords", partial(Passwords, hasher)):
        app = create_app(settings, **timing)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://todobus.test") as client,
    ):
        context = app.state.context
        await wait_until(lambda: context.bus.connected and context.keyring._keys)
        yield Service(app, client)


class Command:
    """`python -m auth_service …`, run in a thread of this process."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setenv("TODOBUS_DATABASE_URL", settings.database_url)
        monkeypatch.setenv("TODOBUS_KEY_ENCRYPTION_KEY_FILE", str(settings.key_encryption_key_file))
        monkeypatch.setenv("TODOBUS_PUBLIC_URL", settings.public_url)
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.warned = ""

    async def __call__(self, *arguments: str, **environment: str) -> str:
        """What it writes; SystemExit when it fails."""
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
        self._capsys.readouterr()
        await asyncio.to_thread(command_line, list(arguments))
        out, self.warned = self._capsys.readouterr()
        return out


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(settings, monkeypatch, capsys)
