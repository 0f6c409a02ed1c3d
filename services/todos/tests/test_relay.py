import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from service_common.drain import SMALLEST_BATCH
from service_common.outbox import LowWatermark
from service_common.relay import Relay, Timing
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import read
from todobus_events.publishing import Message, Refused, publish_batch, publish_one
from todos_service.domain import Content
from todos_service.repository import writes
from todos_service.repository.outbox import Outbox
from todos_service.service import commands

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
END_LEADER = """
select bool_and(pg_terminate_backend(pid)) from pg_locks
where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
  and ((classid::bigint << 32) | objid::bigint) = $1
"""


async def write(connection: Any, user: uuid.UUID, description: str = "") -> None:
    await writes.create(
        connection, str(user), None, Content("Buy milk", description), commands.of_system("test"), TRACE
    )


@asynccontextmanager
async def running_relay(url: str, nats: NatsServer, **options: Any) -> AsyncIterator[Relay]:
    bus = Bus(nats.url, user="todos", password=nats.passwords["todos"], name="test")
    await bus.start()
    relay = Relay(url, bus, Outbox(), **options)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()
        await bus.stop()


@pytest.fixture
async def url(database: Databases) -> str:
    return await database("todos")


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(url)
    yield opened
    await opened.close()


async def emptied(connection: Any) -> None:
    async def empty() -> bool:
        return await connection.fetchval("select count(*) = 0 from outbox")

    await wait_until(empty, 20)


async def stored(nats: NatsServer) -> list[Any]:
    """All messages of the stream, in its order."""
    stream = (await nats.connect()).jetstream()
    state = (await stream.stream_info(topology.TODOS)).state
    return [await stream.get_msg(topology.TODOS, number) for number in range(1, state.last_seq + 1)]


async def sequences(nats: NatsServer) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for message in await stored(nats):
        event = read(message.data)
        found.setdefault(event.user_id, []).append(event.sequence)
    return found


class TestPublishing:
    async def test_an_event_carries_the_change_byte_for_byte(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        user = uuid.uuid4()
        await write(connection, user)
        await connection.execute("update changes set data = $1", '{"a":  "é"}')
        async with running_relay(url, nats):
            await emptied(connection)
        (message,) = await stored(nats)
        change = await connection.fetchrow("select * from changes")
        event = json.loads(message.data)
        assert message.data.endswith(b',"data":{"a":  "\xc3\xa9"}}')
        assert message.subject == f"todos.events.v1.{user}.created"
        assert message.headers["Nats-Msg-Id"] == event["id"] == str(change["id"])
        assert message.headers["content-type"] == "application/cloudevents+json"
        assert message.headers["traceparent"] == event["traceparent"] == TRACE
        assert event["time"] == change["occurred_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert (event["specversion"], event["source"], event["type"]) == ("1.0", "/services/todos", "todo.created.v1")
        assert (event["subject"], event["userid"], event["sequence"]) == (str(change["todo_id"]), str(user), 1)

    async def test_many_writers_lose_and_reorder_nothing(self, url: str, nats: NatsServer) -> None:
        users = [uuid.uuid4() for _ in range(5)]
        async with asyncpg.create_pool(url, min_size=8, max_size=8) as pool, running_relay(url, nats) as relay:

            async def writer() -> None:
                for number in range(60):
                    async with pool.acquire() as own, own.transaction():
                        await write(own, users[number % 5])
                    relay.wake()

            await asyncio.gather(*(writer() for _ in range(8)))
            await emptied(pool)
        assert await sequences(nats) == {str(user): list(range(1, 97)) for user in users}

    async def test_many_rows_are_a_batch_and_a_few_are_not(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        few, many = SMALLEST_BATCH - 1, SMALLEST_BATCH
        for rows in (few, many):
            user = uuid.uuid4()
            for _ in range(rows):
                await write(connection, user)
            async with running_relay(url, nats):
                await emptied(connection)
        batched = ["Nats-Batch-Id" in message.headers for message in await stored(nats)]
        assert batched == [False] * few + [True] * many

    async def test_what_is_larger_than_the_stream_takes_is_set_aside_and_the_rest_flows(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        one, other = uuid.uuid4(), uuid.uuid4()
        await write(connection, one)
        await write(connection, one, "x" * topology.MAX_MESSAGE)
        large = await connection.fetchval("select max(id) from outbox")
        await write(connection, one)
        await write(connection, other)
        async with running_relay(url, nats):
            await emptied(connection)
        dead = await connection.fetchrow("select * from outbox_dead")
        assert await sequences(nats) == {str(one): [1, 3], str(other): [1]}
        assert (dead["id"], dead["sequence"], dead["attempts"]) == (large, 2, 5)
        assert "maximum" in dead["reason"]

    async def test_a_stop_in_the_middle_leaves_no_event_half_done(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        user = uuid.uuid4()
        for _ in range(200):
            await write(connection, user)

        async def under_way() -> bool:
            return await connection.fetchval("select count(*) < 200 from outbox")

        async with running_relay(url, nats, batch_rows=20):
            await wait_until(under_way)
        waiting = await connection.fetch("select sequence from outbox order by id")
        published = (await sequences(nats))[str(user)]
        assert [*published, *(row["sequence"] for row in waiting)] == list(range(1, 201))

    async def test_the_row_of_an_erased_change_is_dropped(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        await write(connection, uuid.uuid4())
        await connection.execute("delete from changes")
        async with running_relay(url, nats):
            await emptied(connection)
        assert await stored(nats) == []


class TestDuplicates:
    async def test_a_crash_between_publish_and_delete_stores_each_event_once(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        user = uuid.uuid4()
        for _ in range(3):
            await write(connection, user)
        await connection.execute("create temporary table kept as select user_id, sequence from outbox")
        async with running_relay(url, nats):
            await emptied(connection)
        await connection.execute("insert into outbox (user_id, sequence) select * from kept order by sequence")
        for _ in range(2):
            await write(connection, user)
        async with running_relay(url, nats):
            await emptied(connection)
        assert await sequences(nats) == {str(user): [1, 2, 3, 4, 5]}

    async def test_the_server_refuses_a_batch_that_holds_a_duplicate(self, nats: NatsServer) -> None:
        """What the fallback, row by row, is there for."""
        client = await nats.connect()
        subject = topology.todo_event(uuid.uuid4(), "created")
        first, second = (Message(name, subject, b"{}", {}) for name in ("first", "second"))
        assert not (await publish_one(client, first)).is_duplicate
        with pytest.raises(Refused, match="10201"):
            await publish_batch(client, [first, second])
        assert (await publish_one(client, first)).is_duplicate


class TestLeading:
    async def test_one_leads_and_the_other_takes_over(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        async with running_relay(url, nats) as one, running_relay(url, nats) as other:
            await wait_until(lambda: one.leading or other.leading)
            assert one.leading != other.leading
            leader, heir = (one, other) if one.leading else (other, one)
            await leader.stop()
            await wait_until(lambda: heir.leading)
            await write(connection, uuid.uuid4())
            await emptied(connection)

    async def test_a_write_beside_a_stand_by_reaches_the_leader_at_once(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        timing = Timing(poll_seconds=60)
        async with running_relay(url, nats, timing=timing) as one, running_relay(url, nats, timing=timing) as other:
            await wait_until(lambda: one.leading or other.leading)
            await write(connection, uuid.uuid4())

            async def published() -> bool:
                (other if one.leading else one).wake()
                return await connection.fetchval("select count(*) = 0 from outbox")

            await wait_until(published, 5)  # sooner than a silent leader's session would end

    async def test_a_leader_that_led_before_the_bus_was_connected_publishes_at_once(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        bus = Bus(nats.url, user="todos", password=nats.passwords["todos"], name="test")
        relay = Relay(url, bus, Outbox(), timing=Timing(poll_seconds=60))
        await relay.start()
        try:
            await wait_until(lambda: relay.leading)
            await write(connection, uuid.uuid4())
            await bus.start()
            await emptied(connection)
        finally:
            await relay.stop()
            await bus.stop()

    async def test_a_leader_whose_session_ended_leads_again(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        async with running_relay(url, nats) as relay:
            await wait_until(lambda: relay.leading)
            assert await connection.fetchval(END_LEADER, Outbox.lock)
            await write(connection, uuid.uuid4())
            await emptied(connection)
        assert len(await stored(nats)) == 1


class TestOutages:
    async def test_rows_wait_while_the_bus_is_down(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        user = uuid.uuid4()
        async with running_relay(url, nats) as relay:
            await wait_until(lambda: relay.leading)
            nats.kill()
            for _ in range(5):
                await write(connection, user)
                relay.wake()
            await nats.start()
            await emptied(connection)
        assert await sequences(nats) == {str(user): [1, 2, 3, 4, 5]}

    async def test_a_server_that_lost_its_store_gets_its_stream_back(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        async with running_relay(url, nats) as relay:
            await wait_until(lambda: relay.leading)
            nats.kill()
            nats.wipe()
            await nats.start()
            await write(connection, uuid.uuid4())
            relay.wake()
            await emptied(connection)
        assert len(await stored(nats)) == 1

    async def test_a_deleted_stream_is_created_again(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        async with running_relay(url, nats) as relay:
            await wait_until(lambda: relay.leading)
            await write(connection, uuid.uuid4())
            await emptied(connection)
            await (await nats.connect()).jetstream().delete_stream(topology.TODOS)
            await write(connection, uuid.uuid4())
            await emptied(connection)
        assert len(await stored(nats)) == 1

    async def test_a_full_stream_loses_nothing(
        self, connection: asyncpg.Connection, url: str, nats: NatsServer
    ) -> None:
        manager = (await nats.connect()).jetstream()
        config = (await manager.stream_info(topology.TODOS)).config
        await manager.update_stream(config.evolve(max_msgs=2))
        user = uuid.uuid4()
        for _ in range(5):
            await write(connection, user)

        async def full() -> bool:
            return (await manager.stream_info(topology.TODOS)).state.messages == 2

        async with running_relay(url, nats):
            await wait_until(full)
            assert await connection.fetchval("select count(*) from outbox") >= 3
            await manager.update_stream(config)
            await emptied(connection)
        assert await sequences(nats) == {str(user): [1, 2, 3, 4, 5]}


class TestLowWatermark:
    def test_it_trails_what_was_deleted_and_begins_at_zero_once_a_second(self) -> None:
        watermark = LowWatermark()
        assert watermark.next(100.0) == 0
        watermark.passed(7)
        assert watermark.next(100.5) == 0
        assert watermark.next(101.1) == 0
        watermark.passed(9)
        assert watermark.next(101.2) == 0
        assert watermark.next(102.2) == 0
        assert watermark.next(102.3) == 7
