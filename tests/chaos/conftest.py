"""The system under test: fifty users who write, relays, and a subscriber that records the events it gets."""

import asyncio
import os
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from service_testing.waiting import wait_until
from todobus_events.envelope import Event
from todobus_events.subscriber import OrderedConsumer, SqliteCheckpoint
from todos_service.repository.outbox import Outbox

USERS = 50
WRITES = 6  # of each user
DEADLINE = 90.0
RELAY = Path(__file__).with_name("foreign_relay.py")


class World:
    """Fifty users who write, relays, and a subscriber that records the events it gets."""

    def __init__(self, publisher: Any) -> None:
        self.publisher = publisher
        self.nats = publisher.nats
        self.users = [str(uuid.uuid4()) for _ in range(USERS)]
        self.ordered: dict[str, list[int]] = {user: [] for user in self.users}
        self.halfway = asyncio.Event()

    @property
    def truth(self) -> list[tuple[str, int]]:
        return [(user, number) for user in sorted(self.users) for number in range(1, WRITES + 1)]

    async def handle(self, event: Event, _: Any) -> None:
        if event.user_id in self.ordered:  # a database may hold events of other tests
            self.ordered[event.user_id].append(event.sequence)

    async def write(self) -> None:
        """Write all todos; a bus that is down fails none."""
        for number in range(WRITES):
            await asyncio.gather(*(self.publisher.write(user) for user in self.users))
            if number == WRITES // 2:
                self.halfway.set()

    async def complete(self) -> None:
        await wait_until(lambda: sum(map(len, self.ordered.values())) >= USERS * WRITES, DEADLINE)
        assert [(user, number) for user in sorted(self.ordered) for number in self.ordered[user]] == self.truth

    @asynccontextmanager
    async def following(self, positions: Path) -> AsyncIterator[None]:
        checkpoint = SqliteCheckpoint(positions)
        async with self.publisher.bus("subscriber") as bus:
            consumer = OrderedConsumer(bus, "follower", self.handle, checkpoint, compare_seconds=1)
            await consumer.start()
            try:
                yield
            finally:
                await consumer.stop()
                checkpoint.close()

    @asynccontextmanager
    async def foreign_relay(self, *orders: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """A relay in a process of its own, which can be frozen or killed, or ends itself between publish and delete.

        With `new-ids` it lacks a safeguard: what it publishes again looks new to the stream.
        """
        login = {
            "TODOBUS_NATS_URL": self.nats.url,
            "TODOBUS_NATS_USER": "todos",
            "TODOBUS_NATS_PASSWORD": self.nats.passwords["todos"],
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, RELAY, self.publisher.url, *orders),
            env=os.environ | login,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await wait_until(self.has_leader, 30)
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def has_leader(self) -> bool:
        return await self.publisher.pool.fetchval(
            "select exists (select from pg_locks where locktype = 'advisory' and granted and database ="
            " (select oid from pg_database where datname = current_database())"
            " and ((classid::bigint << 32) | objid::bigint) = $1)",
            Outbox.lock,
        )


@pytest.fixture
def world(publisher: Any) -> World:
    return World(publisher)


@pytest.fixture
def world_of() -> type[World]:
    return World


@pytest.fixture(scope="module")
def folder(session_folder: Path) -> Iterator[Path]:
    made = session_folder / f"faults-{uuid.uuid4().hex}"  # each worker of a run removes its own
    yield made
    shutil.rmtree(made, ignore_errors=True)
