"""What the tests of the projection share: histories as the todo service would write them, and their plain replay."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from nats.aio.msg import Msg

from service_common.database import create_pool
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from stats_service.app import create_app
from stats_service.domain import fact
from stats_service.projection import apply
from stats_service.projection.apply import Position
from stats_service.settings import Settings
from todobus_events import topology

VERBS = ("created", "updated", "completed", "reopened", "deleted", "restored", "purged")
TAGS = ("home", "work", 'a "quoted" one', "back\\slash", "{curly,comma}", "null", "日本", " ")


def stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class Feed:
    """One user's feed: what `todos_service` would have recorded."""

    user_id: UUID = field(default_factory=uuid4)
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    todos: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def create(self, **fields: Any) -> str:
        todo_id = fields.pop("id", str(uuid4()))
        self.todos[todo_id] = {
            "id": todo_id,
            "user_id": str(self.user_id),
            "title": "a todo",
            "description": "",
            "completed": False,
            "priority": "none",
            "tags": [],
            "due_date": None,
            "due_time": None,
            "due_time_zone": None,
            "due_at": None,
            "completed_at": None,
            "created_at": stamp(self.now),
            "deleted_at": None,
        }
        self._record("created", todo_id, fields)
        return str(todo_id)

    def update(self, todo_id: str, **fields: Any) -> None:
        self._record("updated", todo_id, fields)

    def complete(self, todo_id: str) -> None:
        self._record("completed", todo_id, {"completed": True, "completed_at": stamp(self.now)})

    def reopen(self, todo_id: str) -> None:
        self._record("reopened", todo_id, {"completed": False, "completed_at": None})

    def delete(self, todo_id: str) -> None:
        self._record("deleted", todo_id, {"deleted_at": stamp(self.now)})

    def restore(self, todo_id: str) -> None:
        self._record("restored", todo_id, {"deleted_at": None})

    def purge(self, todo_id: str) -> None:
        self._record("purged", todo_id, {})
        del self.todos[todo_id]

    def other(self, event_type: str) -> None:
        """A change of a type that stats does not know."""
        sequence, project = len(self.changes) + 1, {"id": str(uuid4()), "user_id": str(self.user_id)}
        change = {"sequence": sequence, "type": event_type, "project": project, "occurred_at": stamp(self.now)}
        self.changes.append(change)

    def live(self) -> list[str]:
        return [key for key, todo in self.todos.items() if not todo["deleted_at"]]

    def _record(self, verb: str, todo_id: str, fields: dict[str, Any]) -> None:
        sequence = len(self.changes) + 1
        todo = self.todos[todo_id] | fields | {"version": sequence, "updated_at": stamp(self.now)}
        self.todos[todo_id] = todo
        self.changes.append(
            {
                "sequence": sequence,
                "type": f"todo.{verb}.v1",
                "todo": todo,
                "changed": sorted(fields),
                "previous": {},
                "occurred_at": stamp(self.now),
            }
        )

    def live_for_a_while(self, source: random.Random, writes: int) -> None:
        """Random writes, each of which the todo service would accept, over some days."""
        for _ in range(writes):
            self.now += timedelta(minutes=source.choice((0, 1, 14, 15, 90, 1500)))
            self._any_write(source)

    def _any_write(self, source: random.Random) -> None:
        todo_id = source.choice(list(self.todos)) if self.todos and source.random() < 0.75 else None
        if todo_id is None:
            self.create(priority=source.choice(("none", "high")), tags=source.sample(TAGS, source.randint(0, 3)))
        elif self.todos[todo_id]["deleted_at"]:
            source.choice((self.restore, self.purge))(todo_id)
        else:
            source.choice((self._toggle, self._toggle, self.delete, self.purge, self._retag))(todo_id)

    def _toggle(self, todo_id: str) -> None:
        (self.reopen if self.todos[todo_id]["completed"] else self.complete)(todo_id)

    def _retag(self, todo_id: str) -> None:
        self.update(todo_id, tags=[f"tag {len(self.changes) % 5}"], due_at="2026-12-01T15:30:00Z", priority="low")


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


def as_event(change: dict[str, Any]) -> dict[str, Any]:
    """The event that the relay publishes for a change."""
    about = change.get("todo") or change["project"]
    return {
        "specversion": "1.0",
        "id": str(uuid5(UUID(about["user_id"]), str(change["sequence"]))),
        "source": "/services/todos",
        "type": change["type"],
        "subject": about["id"],
        "time": change["occurred_at"],
        "sequence": change["sequence"],
        "userid": about["user_id"],
        "data": change,
    }


@pytest.fixture
def event_of() -> Callable[[dict[str, Any]], dict[str, Any]]:
    return as_event


@pytest.fixture
async def publish(nats: NatsServer) -> Callable[[Iterable[dict[str, Any]]], Awaitable[None]]:
    """Publishes changes as the relay does, but without ids, so that the stream keeps every copy."""
    client = await nats.connect("todos")

    async def send(changes: Iterable[dict[str, Any]]) -> None:
        for change in changes:
            event = as_event(change)
            await client.jetstream().publish(topology.feed_event(event["userid"], event["type"]), orjson.dumps(event))

    return send


@pytest.fixture
def reached(pool: asyncpg.Pool) -> Callable[[Feed], Awaitable[None]]:
    """Waits until the projection of a feed is complete."""

    async def wait(feed: Feed) -> None:
        async def complete() -> bool:
            query = "select as_of_sequence from progress where user_id = $1"
            return bool(await pool.fetchval(query, feed.user_id) == len(feed.changes))

        await wait_until(complete)

    return wait


class ChangeLog:
    """Answers `todos.rpc.changes` and `todos.rpc.heads` from feeds, in pages of 7 changes."""

    PAGE = 7

    def __init__(self, client: Client) -> None:
        self.client = client
        self.feeds: dict[str, Feed] = {}

    async def start(self) -> None:
        await self.client.subscribe(topology.RPC_CHANGES, cb=self._changes)
        await self.client.subscribe(topology.RPC_HEADS, cb=self._heads)
        await self.client.flush()

    def add(self, *feeds: Feed) -> None:
        self.feeds |= {str(feed.user_id): feed for feed in feeds}

    async def _changes(self, message: Msg) -> None:
        asked = orjson.loads(message.data)
        await message.respond(orjson.dumps(self._of_user(asked) if "user_id" in asked else self._of_all(asked)))

    def _of_user(self, asked: dict[str, Any]) -> dict[str, Any]:
        changes = self.feeds[asked["user_id"]].changes if asked["user_id"] in self.feeds else []
        found = changes[asked["since"] :][: self.PAGE]
        more = bool(found) and found[-1]["sequence"] < len(changes)
        return {"events": [as_event(change) for change in found], "sequence": len(changes), "has_more": more}

    def _of_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        user_id, _, sequence = asked["after"].partition(":")
        after = (user_id, int(sequence or 0))
        everything = [(user, change) for user in sorted(self.feeds) for change in self.feeds[user].changes]
        rest = [(user, change) for user, change in everything if (user, change["sequence"]) > after]
        found = rest[: self.PAGE]
        position = f"{found[-1][0]}:{found[-1][1]['sequence']}" if found else asked["after"]
        events = [as_event(change) for _, change in found]
        return {"events": events, "position": position, "has_more": len(rest) > len(found)}

    async def _heads(self, message: Msg) -> None:
        heads = {user_id: len(feed.changes) for user_id, feed in self.feeds.items()}
        await message.respond(orjson.dumps({"heads": heads, "position": max(heads, default=""), "has_more": False}))


@pytest.fixture
async def change_log(nats: NatsServer) -> ChangeLog:
    log = ChangeLog(await nats.connect("todos"))
    await log.start()
    return log
