import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from service_common.broker import Broker
from service_common.database import create_pool
from service_testing.change_log import append
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import change_log, topology
from todobus_events.bus import Bus
from todobus_events.models import NIL_UUID
from todos_service.service.changes import REPLY_BYTES
from todos_service.subscribers import create_router


@pytest.fixture
async def pool(database: Databases) -> AsyncIterator[asyncpg.Pool]:
    async with create_pool(await database("todos"), 4, "test") as opened:
        yield opened


@asynccontextmanager
async def responding(pool: asyncpg.Pool, nats: NatsServer) -> AsyncIterator[Broker]:
    bus = Bus(nats.url, user="todos", password=nats.passwords["todos"], name="test")
    broker = Broker(bus, create_router(pool, bus), unavailable="the change log cannot be read now")
    await bus.start()
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
        await bus.stop()


async def write(pool: asyncpg.Pool, user: uuid.UUID, count: int, **data: Any) -> None:
    for number in range(count):
        await append(pool, user, json.dumps({"number": number} | data))


async def ask(nats: NatsServer, subject: str, request: dict[str, Any]) -> Any:
    """As a subscriber would, once the service answers."""
    client = await nats.connect("subscriber")

    async def answer() -> Any:
        try:
            return await client.request(subject, json.dumps(request).encode(), timeout=5)
        except Exception as error:
            if type(error).__name__ != "NoRespondersError":
                raise
            return None

    return json.loads((await wait_until(answer)).data)


class TestChangesOfAUser:
    async def test_gives_what_happened_since_and_where_the_user_stands(
        self, pool: asyncpg.Pool, nats: NatsServer
    ) -> None:
        user = uuid.uuid4()
        await write(pool, user, 5)
        await write(pool, uuid.uuid4(), 1)
        async with responding(pool, nats):
            answer = await ask(nats, "todos.rpc.changes", {"user_id": str(user), "since": 1, "limit": 3})
            rest = await ask(nats, "todos.rpc.changes", {"user_id": str(user), "since": 4})
        assert answer == {"changes": [{"number": n} for n in (1, 2, 3)], "sequence": 5, "has_more": True}
        assert rest == {"changes": [{"number": 4}], "sequence": 5, "has_more": False}

    async def test_an_unknown_user_stands_at_zero(self, pool: asyncpg.Pool, nats: NatsServer) -> None:
        async with responding(pool, nats):
            answer = await ask(nats, "todos.rpc.changes", {"user_id": str(uuid.uuid4()), "since": 0})
        assert answer == {"changes": [], "sequence": 0, "has_more": False}

    async def test_a_long_answer_is_cut_below_what_a_message_holds(self, pool: asyncpg.Pool, nats: NatsServer) -> None:
        user = uuid.uuid4()
        await write(pool, user, 30, text="x" * 60_000)
        async with responding(pool, nats):
            await ask(nats, topology.RPC_HEADS, {})
            client = await nats.connect("stats")
            first = await change_log.page(client, str(user), 0)
            everything = [event async for event in change_log.events_of(client, str(user), 0)]
        assert first.has_more
        assert sum(len(event.raw) for event in first.events) <= REPLY_BYTES
        assert [event.sequence for event in everything] == list(range(1, 31))
        assert all(event.user_id == str(user) and event.type == "todo.updated.v1" for event in everything)


class TestAllUsers:
    async def test_every_change_comes_once_user_by_user(self, pool: asyncpg.Pool, nats: NatsServer) -> None:
        users = [uuid.uuid4() for _ in range(4)]
        for user in users:
            await write(pool, user, 3)
        seen: list[tuple[str, int]] = []
        async with responding(pool, nats):
            answer = {"has_more": True, "position": ""}
            while answer["has_more"]:
                request = {"after": answer["position"], "limit": 5, "events": True}
                answer = await ask(nats, topology.RPC_CHANGES, request)
                seen += [(event["userid"], event["sequence"]) for event in answer["events"]]
            pages = [page async for page in change_log.all_changes(await nats.connect("subscriber"))]
        assert seen == [(str(user), number) for user in sorted(users) for number in (1, 2, 3)]
        everything = [(str(user), {"number": number}) for user in sorted(users) for number in (0, 1, 2)]
        assert pages == [(everything, f"{max(users)}:3")]

    async def test_heads_say_where_each_user_stands(self, pool: asyncpg.Pool, nats: NatsServer) -> None:
        users = {str(uuid.uuid4()): count for count in (1, 2, 3)}
        for user, count in users.items():
            await write(pool, uuid.UUID(user), count)
        async with responding(pool, nats):
            first = await ask(nats, topology.RPC_HEADS, {"limit": 2})
            rest = await ask(nats, topology.RPC_HEADS, {"limit": 2, "after": first["position"]})
            found = [page async for page in change_log.heads(await nats.connect("stats"))]
        assert (len(first["heads"]), first["has_more"]) == (2, True)
        assert (first["heads"] | rest["heads"], rest["has_more"]) == (users, False)
        assert found == [users]


class TestWrongRequests:
    @pytest.mark.parametrize("request_", [{"since": -1}, {"user_id": "x"}, {"after": "x"}, {"limits": 1}])
    async def test_get_an_answer_that_says_so(
        self, pool: asyncpg.Pool, nats: NatsServer, request_: dict[str, Any]
    ) -> None:
        async with responding(pool, nats):
            answer = await ask(nats, topology.RPC_CHANGES, request_)
        assert answer["error"]["code"] == "invalid_request"


class TestOutages:
    async def test_it_starts_before_the_bus_and_outlives_it(self, pool: asyncpg.Pool, nats: NatsServer) -> None:
        nats.kill()
        async with responding(pool, nats):
            await nats.start()
            assert await ask(nats, topology.RPC_HEADS, {}) == {
                "heads": {},
                "position": str(NIL_UUID),
                "has_more": False,
            }
            nats.kill()

    async def test_a_database_that_is_away_is_said_to_be(self, nats: NatsServer) -> None:
        nowhere = create_pool("postgresql://nobody:x@127.0.0.1:1/none", 1, "test")
        async with nowhere, responding(nowhere, nats):
            answer = await ask(nats, topology.RPC_HEADS, {})
        assert answer["error"]["code"] == "unavailable"
