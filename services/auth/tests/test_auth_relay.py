"""The outbox of accounts on its way to the bus: what a failure leaves, and what a slow bus holds up."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import pytest
from prometheus_client import REGISTRY

from auth_service.repository import outbox
from service_testing.nats import NatsServer
from service_testing.servers import serving
from service_testing.waiting import wait_until
from todobus_events import topology

from .conftest import Service, Start

DELAY_SECONDS = 0.4
FULL = "refused_10077"
IDLE_IN_TRANSACTION = """
select max(extract(epoch from clock_timestamp() - state_change)) from pg_stat_activity
where datname = current_database() and state like 'idle in transaction%'
"""

LEADERS = """
select count(*) from pg_locks where locktype = 'advisory' and granted
and database = (select oid from pg_database where datname = current_database())
"""


async def write(rows: asyncpg.Connection, count: int, user: uuid.UUID | None = None, data: str = "{}") -> None:
    """Events of one user, before the service starts."""
    user = user or uuid.uuid4()
    for sequence in range(1, count + 1):
        await outbox.insert(rows, user, "updated", sequence, data, datetime.now(UTC), "")


async def stored(nats: NatsServer) -> list[int]:
    """The sequences of the stream's events, in its order."""
    stream = (await nats.connect()).jetstream()
    state = (await stream.stream_info(topology.USERS)).state
    found = [
        await stream.get_msg(topology.USERS, number) for number in range(max(state.first_seq, 1), state.last_seq + 1)
    ]
    return [orjson.loads(message.data)["sequence"] for message in found]


async def limit(nats: NatsServer, **limits: Any) -> None:
    manager = (await nats.connect()).jetstream()
    config = (await manager.stream_info(topology.USERS)).config
    await manager.update_stream(config.evolve(**limits))


async def waiting(rows: asyncpg.Connection) -> int:
    return await rows.fetchval("select count(*) from outbox")


async def emptied(rows: asyncpg.Connection) -> None:
    async def is_empty() -> bool:
        return await waiting(rows) == 0

    await wait_until(is_empty)


class TestFailures:
    async def test_what_was_stored_before_a_failure_is_not_published_again(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection
    ):
        await limit(nats, max_msgs=2)
        await write(rows, 5)
        await start()

        async def two_are_gone() -> bool:
            return await waiting(rows) == 3

        await wait_until(two_are_gone)
        assert await stored(nats) == [1, 2]
        await limit(nats, max_msgs=-1)
        await emptied(rows)
        assert await stored(nats) == [1, 2, 3, 4, 5]

    async def test_what_can_never_be_published_is_set_aside_and_the_rest_flows(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection
    ):
        one, other = uuid.uuid4(), uuid.uuid4()
        await write(rows, 1, one, '"' + "x" * topology.MAX_MESSAGE + '"')
        await write(rows, 3, other)
        await start()
        await emptied(rows)
        dead = await rows.fetchrow("select * from outbox_dead")
        assert (dead["user_id"], dead["sequence"], dead["attempts"]) == (one, 1, 5)
        assert await stored(nats) == [1, 2, 3]

    async def test_a_purge_that_cannot_be_mended_at_once_adds_every_profile_once(
        self, service: Service, nats: NatsServer, rows: asyncpg.Connection
    ):
        await service.register()
        await emptied(rows)
        await (await nats.connect()).jetstream().purge_stream(topology.USERS)
        await limit(nats, max_bytes=1)
        before = refusals()
        await service.register()
        await wait_until(lambda: refusals() >= before + 3)
        assert await waiting(rows) == 3


async def test_who_has_no_profiles_asks_for_all(service: Service, nats: NatsServer, rows: asyncpg.Connection):
    users = {(await service.register())["id"] for _ in range(2)}
    await emptied(rows)
    answer = await (await nats.connect("notifications")).request(topology.RPC_PROFILES, b"{}", timeout=5)
    assert orjson.loads(answer.data) == {"users": 2}
    await emptied(rows)
    stream = (await nats.connect()).jetstream()
    for user_id in users:
        message = await stream.get_last_msg(topology.USERS, topology.user_event(user_id, "updated"))
        assert orjson.loads(message.data)["data"]["user"]["id"] == user_id


def refusals() -> float:
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == "relay_errors_total" and sample.labels["kind"].startswith("refused")
    )


@asynccontextmanager
async def slow(port: int) -> AsyncIterator[str]:
    """The address of a NATS server whose answers take DELAY_SECONDS."""
    loop = asyncio.get_running_loop()

    async def forward(source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds: float) -> None:
        while data := await source.read(65536):
            loop.call_later(seconds, target.write, data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(forward(reader, upstream_writer, 0), forward(upstream_reader, writer, DELAY_SECONDS))
        finally:
            upstream_writer.close()

    async with serving(serve) as own:
        yield f"nats://127.0.0.1:{own}"


class TestTransactions:
    @pytest.mark.parametrize("refused", [0, 1], ids=["as a batch", "one by one"])
    async def test_none_is_open_while_the_bus_answers_slowly(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection, refused: int
    ):
        await write(rows, 3)
        if refused:
            await limit(nats, max_msgs=3 - refused)
        seen = []

        async def published() -> bool:
            seen.append(await rows.fetchval(IDLE_IN_TRANSACTION) or 0)
            return await waiting(rows) == refused

        async with slow(nats.port) as url:
            await start(nats_url=url)
            await wait_until(published, 20)
        assert max(seen) < DELAY_SECONDS / 2


class TestLeading:
    async def test_one_of_two_instances_publishes_and_both_are_heard(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection
    ):
        one, other = await start(), await start()
        for service in (one, other, one, other):
            await service.register()
        await emptied(rows)
        assert await rows.fetchval(LEADERS) == 1
        assert await stored(nats) == [1, 1, 1, 1]
