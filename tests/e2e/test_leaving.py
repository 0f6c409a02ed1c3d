"""What the services keep of a user: no secret, and once the account is deleted nothing, also on the bus."""

import base64
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from auth_service.app import create_app as create_auth
from auth_service.settings import Settings as AuthSettings
from notifications_service.app import create_app as create_notifications
from notifications_service.settings import Settings as NotificationsSettings
from service_common.mail import folder
from service_common.tokens.verifier import Verifier
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.tokens import FixedKeys
from service_testing.waiting import wait_until
from stats_service.app import create_app as create_stats
from stats_service.settings import Settings as StatsSettings
from todos_service.app import create_app as create_todos
from todos_service.settings import Settings as TodosSettings

SERVICES = ("auth", "todos", "stats", "notifications")
PASSWORD = "correct horse battery"


class System:
    """The services, each with its database, on one bus, with one folder of mails."""

    def __init__(self, mails: Path) -> None:
        self.mails = mails
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.rows: dict[str, asyncpg.Connection] = {}

    async def call(self, service: str, method: str, path: str, token: str = "", **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.clients[service].request(method, path, json=body or None, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def log_in(self, email: str) -> str:
        tokens = await self.call("auth", "POST", "/api/auth/login", email=email, password=PASSWORD)
        return tokens["access_token"]

    async def tables(self, service: str) -> list[str]:
        found = await self.rows[service].fetch("select tablename from pg_tables where schemaname = 'public'")
        return [row["tablename"] for row in found]

    async def holding(self, *needles: str) -> list[str]:
        """The mails, and every table of any service with a row, in which one of `needles` stands."""
        texts = [path.read_text() for path in folder.newest_first(self.mails)]
        found = ["mails" for text in texts if any(needle in text for needle in needles)]
        for service in SERVICES:
            for table in await self.tables(service):
                query = f'select count(*) from "{table}" t where t::text ilike any ($1)'  # noqa: S608
                if await self.rows[service].fetchval(query, [f"%{needle}%" for needle in needles]):
                    found.append(f"{service}.{table}")
        return found


@pytest.fixture
async def services(database: Databases, nats: NatsServer, tmp_path: Path) -> AsyncIterator[System]:
    key = tmp_path / "key"
    key.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
    system = System(tmp_path / "mail")
    async with AsyncExitStack() as stack:

        async def start(service: str, create: Any, settings: Any, **own: Any) -> FastAPI:
            url = await database(service)
            common = {"port": 0, "admin_port": 0, "jwks_url": "http://127.0.0.1:1/unused", "nats_url": nats.url}
            login = {"nats_user": service, "nats_password": nats.passwords[service]}
            app = create(settings(database_url=url, **common, **login, **own))
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            system.clients[service] = await stack.enter_async_context(client)
            system.rows[service] = await asyncpg.connect(url)
            stack.push_async_callback(system.rows[service].close)
            return app

        auth = await start("auth", create_auth, AuthSettings, key_encryption_key_file=key, mail_folder=system.mails)
        await wait_until(lambda: auth.state.context.keyring._keys)
        keys = FixedKeys(await system.call("auth", "GET", "/.well-known/jwks.json"))
        of_notifications = {
            "notifications_key_file": key,
            "webhook_allow": "127.0.0.0/8",
            "mail_folder": system.mails,
        }
        for service, create, settings, own in (
            ("todos", create_todos, TodosSettings, {}),
            ("stats", create_stats, StatsSettings, {}),
            ("notifications", create_notifications, NotificationsSettings, of_notifications),
        ):
            app = await start(service, create, settings, **own)
            app.state.verifier = Verifier(keys, "todobus", "todobus")
        yield system


async def test_no_service_keeps_anything_of_a_user_who_left(services: System, nats: NatsServer):
    system = services
    email, title = f"{uuid.uuid4().hex}@example.com", f"call {uuid.uuid4().hex}"
    stays = await system.call("auth", "POST", "/api/auth/register", email="stays@example.com", password=PASSWORD)
    user = await system.call("auth", "POST", "/api/auth/register", email=email, password=PASSWORD)
    token, other = await system.log_in(email), await system.log_in("stays@example.com")
    for number in range(5):
        todo = await system.call("todos", "POST", "/api/todos", token, title=f"{title} {number}", tags=["home"])
        await system.call("todos", "POST", f"/api/todos/{todo['id']}/complete", token)
    await system.call("todos", "POST", "/api/todos", other, title="stays")
    await system.call("notifications", "POST", "/api/webhooks", token, url="http://127.0.0.1:9/")
    needles = (user["id"], email, title)
    await wait_until(lambda: _projected(system, user["id"], 10))
    await wait_until(lambda: len(folder.newest_first(system.mails)) == 2)
    held = await system.holding(*needles)
    assert {"auth.users", "auth.sessions", "stats.progress", "stats.users", "notifications.webhooks"} <= set(held)
    assert held.count("mails") == 1
    assert any(table.startswith("todos.") for table in held)

    await system.call("auth", "DELETE", "/api/users/me", token, password=PASSWORD)
    await wait_until(lambda: _confirmed_once(system, user["id"]))
    await system.rows["auth"].execute("update erasures set next_at = now()")

    async def nothing_is_left() -> bool:
        return await system.holding(*needles) == []

    await wait_until(nothing_is_left, 20)
    assert await _events_of(nats, user["id"]) == {"user.deleted.v1"}
    assert len(await system.holding(stays["id"])) > 3
    assert "mails" in await system.holding("stays@example.com")
    again = await system.call("auth", "POST", "/api/auth/register", email=email, password=PASSWORD)
    assert again["id"] != user["id"]


async def test_no_service_keeps_a_secret_of_a_user(services: System):
    system = services
    account = {"email": f"{uuid.uuid4().hex}@example.com", "password": f"correct {uuid.uuid4().hex}"}
    user = await system.call("auth", "POST", "/api/auth/register", **account)
    tokens = await system.call("auth", "POST", "/api/auth/login", **account)
    token = tokens["access_token"]
    script = await system.call("auth", "POST", "/api/tokens", token, name="Script", scopes=["todos:write"])
    await system.call("todos", "POST", "/api/todos", token, title="written")
    webhook = await system.call("notifications", "POST", "/api/webhooks", token, url="http://127.0.0.1:9/")
    await wait_until(lambda: _projected(system, user["id"], 1))
    secrets = [account["password"], tokens["refresh_token"], *token.split("."), script["token"], webhook["secret"]]
    assert all(secrets)
    assert await system.holding(*secrets, *(secret.encode().hex() for secret in secrets)) == []


async def _projected(system: System, user_id: str, sequence: int) -> bool:
    query = "select as_of_sequence from progress where user_id = $1"
    return await system.rows["stats"].fetchval(query, uuid.UUID(user_id)) == sequence


async def _confirmed_once(system: System, user_id: str) -> bool:
    query = "select bool_and(confirmations = 1) from erasures where user_id = $1"
    return await system.rows["auth"].fetchval(query, uuid.UUID(user_id))


async def _events_of(nats: NatsServer, user_id: str) -> set[str]:
    """The types of what the streams still hold of the user."""
    stream = (await nats.connect()).jetstream()
    found = set()
    for name, prefix in (("TODOS", "todos.events.v1"), ("USERS", "users.events.v1")):
        info = await stream.stream_info(name, subjects_filter=f"{prefix}.{user_id}.>")
        kind = prefix.partition("s.")[0]
        found |= {f"{kind}.{subject.rpartition('.')[2]}.v1" for subject in info.state.subjects or {}}
    return found
