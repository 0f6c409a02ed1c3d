"""The relay and the consumer, events/s with every acknowledgement on disk; beside them what they replace.

The relay drains an outbox of changes of 1 KiB as atomic batches, then the same row by row. The consumer reads the
stream with its open pull requests, then the client library's `fetch` reads it. PostgreSQL, NATS and Python share the
machine; Python runs on uvloop, as the services do.
"""

import argparse
import json
import secrets
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import nats
import uvloop

from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import Postgres, create_database
from local_cluster.launcher.engines.process import free_port
from service_common import migrations
from service_common.bus import create_bus
from service_common.provisioning import provision
from service_common.relay import Relay
from service_common.settings import BusSettings
from service_testing.waiting import wait_until
from todobus_events import permissions, topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import Consumer
from todos_service.repository.outbox import Outbox

USERS = 1000
FETCH = 500
DEADLINE = 600.0


class Bench:
    """PostgreSQL and NATS with the settings of an installation, on a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.passwords = {name: secrets.token_hex(8) for name in ("operator", "todos", "stats")}
        self.postgres = Postgres(folder / "postgres", free_port(), secrets.token_hex(8))
        self.nats = Nats(folder / "nats", free_port(), permissions.accounts(self.passwords))
        self.database = self.postgres.url("todos", "todos")
        self.owner = self.postgres.url("todos", "todos_owner")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        for engine in (self.postgres, self.nats):
            engine.initialise()
        programs = [engine.program() for engine in (self.postgres, self.nats)]
        children = [program.start(subprocess.DEVNULL) for program in programs]
        try:
            await wait_until(self.postgres.ready, 60)
            await wait_until(self.nats.ready, 60)
            await create_database(self.postgres, "todos", self.postgres.password, self.postgres.password)
            await migrations.upgrade("todos_service", self.owner)
            yield
        finally:
            for program, child in zip(programs, children, strict=True):
                child.send_signal(program.stop_signal)
                child.wait(30)

    async def fresh_streams(self, *, takes_batches: bool = True) -> None:
        client = await self.client("operator")
        for stream in topology.streams():
            with suppress(nats.js.errors.NotFoundError):
                await client.jetstream().delete_stream(stream["name"])
        await provision(client)
        config = (await client.jetstream().stream_info(topology.TODOS)).config
        await client.jetstream().update_stream(config.evolve(allow_atomic=takes_batches))
        await client.close()

    async def client(self, user: str) -> Any:
        return await nats.connect(
            self.nats.url(), user=user, password=self.passwords[user], inbox_prefix=f"_INBOX_{user}"
        )

    def bus(self, user: str) -> Bus:
        login = BusSettings(nats_url=self.nats.url(), nats_user=user, nats_password=self.passwords[user])
        return create_bus(login, "bench")

    async def fill_the_outbox(self, count: int) -> None:
        connection = await asyncpg.connect(self.owner)
        await connection.execute("truncate changes, outbox, feeds")
        users, filler, now = [uuid.uuid4() for _ in range(USERS)], "x" * 900, datetime.now(UTC)
        pointers = [(users[number % USERS], number // USERS + 1) for number in range(count)]
        data = json.dumps({"todo": {"title": filler}})
        changes = [(*pointer, "todo.updated.v1", uuid.uuid4(), data, now) for pointer in pointers]
        columns = ("user_id", "sequence", "type", "todo_id", "data", "occurred_at")
        await connection.copy_records_to_table("changes", records=changes, columns=columns)
        await connection.copy_records_to_table("outbox", records=pointers, columns=("user_id", "sequence"))
        await connection.execute("analyze changes, outbox")
        await connection.close()


async def relayed(bench: Bench, count: int, *, takes_batches: bool = True) -> float:
    """Without `takes_batches` the stream refuses batches, and the relay publishes row by row."""
    await bench.fresh_streams(takes_batches=takes_batches)
    await bench.fill_the_outbox(count)
    bus, watching = bench.bus("todos"), await asyncpg.connect(bench.database)
    await bus.start()
    await wait_until(lambda: bus.connected)
    relay = Relay(bench.database, bus, Outbox())

    async def empty() -> bool:
        return not await watching.fetchval("select exists (select from outbox)")

    began = time.perf_counter()
    await relay.start()
    await wait_until(empty, DEADLINE)
    seconds = time.perf_counter() - began
    for part in (relay, bus):
        await part.stop()
    await watching.close()
    return count / seconds


async def consumed(bench: Bench, count: int) -> float:
    bus, seen = bench.bus("stats"), 0

    async def handle(events: Sequence[Event]) -> None:
        nonlocal seen
        seen += len(events)

    consumer = Consumer(bus, topology.TODOS, "stats", handle, batch=FETCH)
    await bus.start()
    await wait_until(lambda: bus.connected)
    began = time.perf_counter()
    await consumer.start()
    await wait_until(lambda: seen >= count, DEADLINE)
    seconds = time.perf_counter() - began
    for part in (consumer, bus):
        await part.stop()
    return count / seconds


async def fetched(bench: Bench, count: int) -> float:
    client = await bench.client("operator")
    subscription = await client.jetstream().pull_subscribe(f"{topology.TODO_EVENTS}.>", "fetching", topology.TODOS)
    seen, began = 0, time.perf_counter()
    while seen < count:
        messages = await subscription.fetch(FETCH)
        for message in messages:
            json.loads(message.data)
            await message.ack()
        seen += len(messages)
    seconds = time.perf_counter() - began
    await client.jetstream().delete_consumer(topology.TODOS, "fetching")
    await client.close()
    return count / seconds


async def run(folder: Path, count: int, slow: int, rounds: int) -> None:
    bench, figures = Bench(folder), dict[str, list[float]]()
    async with bench.running():
        for _ in range(rounds):
            figures.setdefault("relay, row by row", []).append(await relayed(bench, slow, takes_batches=False))
            figures.setdefault("relay, atomic batches", []).append(await relayed(bench, count))
            figures.setdefault("fetch of the client library", []).append(await fetched(bench, count))
            figures.setdefault("consumer", []).append(await consumed(bench, count))
    for label, rates in figures.items():
        print(f"{label:30} {statistics.median(rates):>9,.0f}/s   {min(rates):,.0f} to {max(rates):,.0f}")
    median = {label: statistics.median(rates) for label, rates in figures.items()}
    print(f"batches to rows: {median['relay, atomic batches'] / median['relay, row by row']:.1f}x")
    print(f"consumer to fetch: {median['consumer'] / median['fetch of the client library']:.1f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--slow-events", type=int, default=4_000, help="for the variant that takes long")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todobus-bench-") as name:
        Path(name).chmod(0o711)
        uvloop.run(run(Path(name), chosen.events, chosen.slow_events, chosen.rounds))


if __name__ == "__main__":
    main()
