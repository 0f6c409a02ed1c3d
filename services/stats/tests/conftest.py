"""What the tests of the projection share: histories as the todo service would write them, and their plain replay."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from service_common.database import create_pool
from service_testing.databases import Databases
from service_testing.feeds import ChangeLog, Feed, as_event, publisher
from service_testing.nats import NatsServer
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from stats_service.app import create_app
from stats_service.domain import fact
from stats_service.projection import apply
from stats_service.projection.apply import Position
from stats_service.settings import Settings

VERBS = ("created", "updated", "completed", "reopened", "deleted", "restored", "purged")


def quarter(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)


def replay(changes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The projection of one user's changes in their order, the plain way: the last state of each todo, counted."""
    last: dict[str, dict[str, Any]] = {}
    seen = 0
    for change in changes:
        seen = change["sequence"]
        if "todo" not in change:
            continue
        gone = change["todo"]["deleted_at"] or (change["occurred_at"] if change["type"] == "todo.purged.v1" else None)
        last[change["todo"]["id"]] = change["todo"] | {"gone": gone}
    there = [todo for todo in last.values() if not todo["gone"]]
    labels = [(("priority", todo["priority"]), todo["completed"]) for todo in there]
    labels += [(("tag", tag), todo["completed"]) for todo in there for tag in todo["tags"]]
    labels += [(("project", todo.get("project_id") or ""), todo["completed"]) for todo in there]
    return {
        "sequence": seen,
        "total": len(there),
        "completed": sum(todo["completed"] for todo in there),
        "labels": Counter(label for label, _ in labels),
        "labels_completed": Counter(label for label, done in labels if done),
        "created_at": Counter(quarter(todo["created_at"]) for todo in last.values()),
        "completed_at": Counter(quarter(todo["completed_at"]) for todo in last.values() if todo["completed"]),
        "removed_at": Counter(
            quarter(todo["gone"]) for todo in last.values() if todo["gone"] and not todo["completed"]
        ),
    }


async def projected(pool: asyncpg.Pool, user_id: UUID) -> dict[str, Any]:
    """The projection of a user as it stands in the tables, in the shape of `replay`."""
    progress = await pool.fetchrow("select * from progress where user_id = $1", user_id)
    activity = await pool.fetch("select * from activity where user_id = $1", user_id)
    labels = await pool.fetch("select * from breakdown where user_id = $1", user_id)
    assert progress is not None

    def counted(rows: list[asyncpg.Record], column: str, *keys: str) -> Counter[Any]:
        named = {(row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)): row[column] for row in rows}
        return Counter({key: count for key, count in named.items() if count})

    return {
        "sequence": progress["as_of_sequence"],
        "total": progress["total"],
        "completed": progress["completed"],
        "labels": counted(labels, "total", "kind", "value"),
        "labels_completed": counted(labels, "completed", "kind", "value"),
        "created_at": counted(activity, "created", "bucket"),
        "completed_at": counted(activity, "completed", "bucket"),
        "removed_at": counted(activity, "removed", "bucket"),
    }


@pytest.fixture
async def stats_url(database: Databases) -> str:
    return await database("stats")


@pytest.fixture
async def pool(stats_url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = create_pool(stats_url, 6, "test")
    async with pool:
        yield pool


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def new_feed() -> type[Feed]:
    return Feed


@pytest.fixture
def plain_replay() -> Any:
    return replay


@pytest.fixture
def projection_of(pool: asyncpg.Pool) -> Any:
    async def read(user_id: UUID) -> dict[str, Any]:
        return await projected(pool, user_id)

    return read


async def _apply(pool: asyncpg.Pool, changes: Iterable[dict[str, Any]]) -> list[Position]:
    async with pool.acquire() as connection, connection.transaction():
        return await apply.apply(connection, [fact(change) for change in changes])


@pytest.fixture
def applied(pool: asyncpg.Pool) -> Callable[[Iterable[dict[str, Any]]], Awaitable[list[Position]]]:
    """Applies changes in a transaction of their own, gives the positions."""
    return lambda changes: _apply(pool, changes)


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
def source() -> random.Random:
    return random.Random(20261122)


@pytest.fixture
def app_again(stats_url: str, nats: NatsServer, issuer: TokenIssuer) -> Callable[[], Any]:
    """Runs the service, once or in several instances, as `python -m stats_service serve` would."""
    settings = Settings(
        port=0,
        admin_port=0,
        nats_url=nats.url,
        nats_user="stats",
        nats_password=nats.passwords["stats"],
        jwks_url="http://127.0.0.1:1/none",
        database_url=stats_url,
    )

    @asynccontextmanager
    async def run() -> AsyncIterator[FastAPI]:
        async with issuer.serve() as jwks_url:
            app = create_app(settings.model_copy(update={"jwks_url": jwks_url}))

            async def ready() -> bool:
                return (await app.state.readiness.state())[0] and app.state.projector.bus.connected

            async with app.router.lifespan_context(app):
                await wait_until(ready)
                yield app

    return run


@pytest.fixture
async def app(app_again: Callable[[], Any]) -> AsyncIterator[FastAPI]:
    async with app_again() as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://stats") as client:
        yield client


@pytest.fixture
def event_of() -> Callable[[dict[str, Any]], dict[str, Any]]:
    return as_event


@pytest.fixture
async def publish(nats: NatsServer) -> Callable[[Iterable[dict[str, Any]]], Awaitable[None]]:
    return publisher(await nats.connect("todos"))


@pytest.fixture
def reached(pool: asyncpg.Pool) -> Callable[[Feed], Awaitable[None]]:
    """Waits until the projection of a feed is complete."""

    async def wait(feed: Feed) -> None:
        async def complete() -> bool:
            query = "select as_of_sequence from progress where user_id = $1"
            return bool(await pool.fetchval(query, feed.user_id) == len(feed.changes))

        await wait_until(complete)

    return wait


@pytest.fixture
async def change_log(nats: NatsServer) -> ChangeLog:
    log = ChangeLog(await nats.connect("todos"))
    await log.start()
    return log
