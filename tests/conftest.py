"""The todo service's half of the bus, without its HTTP: a change log that is written, relayed and asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from service_common.broker import Broker
from service_common.bus import create_bus
from service_common.database import create_pool
from service_common.relay import Relay
from service_common.settings import BusSettings
from service_testing.databases import Databases
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import read
from todos_service.domain import Content
from todos_service.repository import writes
from todos_service.repository.outbox import Outbox
from todos_service.service import commands
from todos_service.subscribers import create_router


def settings(nats: NatsServer, user: str) -> BusSettings:
    return BusSettings(nats_url=nats.url, nats_user=user, nats_password=nats.passwords[user])


class Publisher:
    """Writes changes, relays them and answers for them."""

    def __init__(self, url: str, pool: asyncpg.Pool, nats: NatsServer) -> None:
        self.url, self.pool, self.nats = url, pool, nats
        self.relay: Relay | None = None

    async def write(
        self, user_id: str, count: int = 1, event_type: str = "todo.updated.v1", title: str = "Buy milk"
    ) -> int:
        """The user's sequence after so many todos, whose changes are published as events of that type."""
        sequence = 0
        for _ in range(count):
            async with self.pool.acquire() as connection, connection.transaction():
                sequence = (
                    await writes.create(connection, user_id, None, Content(title), commands.of_system("test"), "")
                )["version"]
                retype = (
                    "update changes set type = $3, data = jsonb_set(data::jsonb, '{type}', to_jsonb($3::text))"
                    " where user_id = $1 and sequence = $2"
                )
                await connection.execute(retype, user_id, sequence, event_type)
        if self.relay:
            self.relay.wake()
        return sequence

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[Relay]:
        async with self.bus("todos") as bus:
            relay = self.relay = Relay(self.url, bus, Outbox())
            await relay.start()
            try:
                yield relay
            finally:
                await relay.stop()
                self.relay = None

    @asynccontextmanager
    async def bus(self, user: str) -> AsyncIterator[Bus]:
        bus = create_bus(settings(self.nats, user), "test")
        await bus.start()
        try:
            yield bus
        finally:
            await bus.stop()

    async def published(self) -> None:
        """Until the outbox is empty."""

        async def empty() -> bool:
            return await self.pool.fetchval("select count(*) = 0 from outbox")

        await wait_until(empty, 30)

    async def stored(self) -> list[tuple[str, int]]:
        """User and sequence of each event in the stream, in its order."""
        stream = (await self.nats.connect()).jetstream()
        state = (await stream.stream_info(topology.TODOS)).state
        numbers = range(state.first_seq, state.last_seq + 1) if state.messages else ()
        events = [read((await stream.get_msg(topology.TODOS, number)).data) for number in numbers]
        return [(event.user_id, event.sequence) for event in events]


@asynccontextmanager
async def publishing(url: str, nats: Any) -> AsyncIterator[Publisher]:
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(create_pool(url, 6, "test"))
        bus = create_bus(settings(nats, "todos"), "test")
        for part in (bus, Broker(bus, create_router(pool, bus))):
            await part.start()
            stack.push_async_callback(part.stop)
        yield Publisher(url, pool, nats)


@pytest.fixture
async def publisher(database: Databases, nats: NatsServer) -> AsyncIterator[Publisher]:
    """A change log that others can ask; nothing is relayed before the test says so."""
    async with publishing(await database("todos"), nats) as made:
        yield made


@pytest.fixture
def publishing_on(database: Databases) -> Callable[[Any], Any]:
    """The same on another server, or on several."""

    @asynccontextmanager
    async def make(nats: Any) -> AsyncIterator[Publisher]:
        async with publishing(await database("todos"), nats) as made:
            yield made

    return make
