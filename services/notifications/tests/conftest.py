"""The running service, the change log it reads, and receivers of webhooks that behave as a test wants."""

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from notifications_service.app import create_app
from notifications_service.settings import Settings
from service_testing.databases import Databases
from service_testing.event_examples import example
from service_testing.feeds import ChangeLog, Feed, publisher
from service_testing.mail_server import MailServer, mail_server
from service_testing.nats import NatsServer
from service_testing.servers import serving
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.registry import EVENTS

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Request:
    """What a receiver got: names of headers are in lower case."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers, self.body = headers, body

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Receiver:
    """An HTTP server: `answer` writes what it answers, by default 204; `at_once` is the most requests it had open."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Answer = answers(OK)
        self.open = self.at_once = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def sequences(self) -> list[int]:
        return [request.event["sequence"] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._exchange(await self._read(reader), writer)

    async def _read(self, reader: asyncio.StreamReader) -> Request:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        return Request(headers, await reader.readexactly(int(headers["content-length"])))

    async def _exchange(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        self.open += 1
        self.at_once = max(self.at_once, self.open)
        try:
            await self.answer(request, writer)
            await writer.drain()
        finally:
            self.open -= 1


def answers(*raw: bytes) -> Answer:
    """One answer after the other, the last of them for ever."""
    left = list(raw)

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return answer


def status(code: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {code} X", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with serving(receiver.serve) as receiver.port:
        yield receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def receivers() -> Callable[[], AbstractAsyncContextManager[Receiver]]:
    return receiving


@pytest.fixture
def answering() -> Callable[..., Answer]:
    return answers


@pytest.fixture
def http_answer() -> Callable[..., bytes]:
    return status


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def new_feed() -> type[Feed]:
    return Feed


@pytest.fixture
async def change_log(nats: NatsServer, feed: Feed) -> ChangeLog:
    log = ChangeLog(await nats.connect("todos"))
    log.add(feed)
    await log.start()
    return log


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "notifications_key"
    file.write_text(base64.urlsafe_b64encode(bytes(range(32))).decode())
    return file


@pytest.fixture
async def url(database: Databases) -> str:
    return await database("notifications")


@pytest.fixture
def run(url: str, nats: NatsServer, issuer: TokenIssuer, key_file: Path) -> Callable[..., Any]:
    """Runs the service, once or in several instances, as `python -m notifications_service serve` would."""

    @asynccontextmanager
    async def started(allow: str = "127.0.0.0/8", **given: Any) -> AsyncIterator[FastAPI]:
        async with issuer.serve() as jwks_url:
            settings = Settings(
                port=0,
                admin_port=0,
                nats_url=nats.url,
                nats_user="notifications",
                nats_password=nats.passwords["notifications"],
                jwks_url=jwks_url,
                database_url=url,
                notifications_key_file=key_file,
                webhook_allow=allow,
                **given,
            )
            app = create_app(settings)

            async def ready() -> bool:
                states = (await app.state.readiness.state())[1]
                return set(states.values()) == {"ok"}

            async with app.router.lifespan_context(app):
                await wait_until(ready)
                yield app

    return started


@pytest.fixture
async def mails() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def mail_folder(tmp_path: Path) -> Path:
    """The way out of before there was a mail server."""
    return tmp_path / "mail"


@pytest.fixture
async def app(
    run: Callable[..., Any], change_log: ChangeLog, mails: MailServer, mail_folder: Path
) -> AsyncIterator[FastAPI]:
    async with run(smtp_url=mails.url, mail_folder=mail_folder) as app:
        yield app


@pytest.fixture
def client_of(app: FastAPI, issuer: TokenIssuer) -> Callable[[Any], httpx.AsyncClient]:
    def make(user_id: Any) -> httpx.AsyncClient:
        transport, headers = httpx.ASGITransport(app), issuer.headers(user_id)
        return httpx.AsyncClient(transport=transport, base_url="http://notifications", headers=headers)

    return make


@pytest.fixture
async def client(client_of: Callable[[Any], httpx.AsyncClient], feed: Feed) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(feed.user_id) as client:
        yield client


@pytest.fixture
async def publish(nats: NatsServer) -> Callable[[Iterable[dict[str, Any]]], Awaitable[None]]:
    return publisher(await nats.connect("todos"))


@pytest.fixture
async def known(app: FastAPI, nats: NatsServer, feed: Feed) -> Callable[..., Awaitable[None]]:
    """Publishes what auth says of the user of `feed`, and waits until the service knows it."""
    client = await nats.connect("auth")
    sequence = 0

    async def publish(**user: Any) -> None:
        nonlocal sequence
        sequence += 1
        event = example(EVENTS["user.updated.v1"])
        event |= {"id": str(uuid.uuid4()), "subject": str(feed.user_id), "userid": str(feed.user_id)}
        event["sequence"] = event["data"]["sequence"] = sequence
        event["data"]["user"] |= {"id": str(feed.user_id)} | user
        await client.jetstream().publish(topology.user_event(feed.user_id, "updated"), orjson.dumps(event))

        async def there() -> bool:
            query = "select sequence from profiles where user_id = $1"
            return bool(await app.state.pool.fetchval(query, feed.user_id) == sequence)

        await wait_until(there)

    return publish


@pytest.fixture
def applied(app: FastAPI, publish: Callable[..., Awaitable[None]], feed: Feed) -> Callable[[], Awaitable[None]]:
    """Publishes the changes that are new, and waits until they are applied."""
    published = 0

    async def apply() -> None:
        nonlocal published
        await publish(feed.changes[published:])
        published = len(feed.changes)

        async def there() -> bool:
            query = "select position from feeds where user_id = $1"
            return bool(await app.state.pool.fetchval(query, feed.user_id) == published)

        await wait_until(there)

    return apply
