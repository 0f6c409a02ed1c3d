"""Ten thousand reminders fall due within a minute while instances are killed, and NATS and PostgreSQL restart.

Each fires once, and in time but for the restarts. RUNS times, each with users of its own.
"""

import asyncio
import random
import uuid
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import orjson
import pytest

from notifications_service.domain import instant
from service_testing.system import Person, System, person
from service_testing.waiting import wait_until
from todobus_events import topology

from . import crowd as people
from .faults import RUNS, passed

USERS, EACH, PART = 50, 200, 100
INSTANCES = 3
LEAD, SPREAD = timedelta(seconds=60), timedelta(seconds=60)  # to write them all, and over which they fall due
KILL_SECONDS = 5.0
RESTARTS = {4: "nats", 8: "postgres"}  # after so many kills
SETTLING = timedelta(seconds=5)  # after a restart
P99 = timedelta(seconds=2)
DEADLINE = 120.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120 + 300 * RUNS)]


class Outage(NamedTuple):
    begin: datetime
    end: datetime


async def test_each_fires_once_and_in_time(folder: Path) -> None:
    options = ("--scale", f"notifications={INSTANCES}")
    async with people.broken_system(folder, options=options) as system:
        for run in range(RUNS):
            late = await a_minute(system, before=USERS * EACH * run)
            slowest = late[int(len(late) * 0.99)]
            print(f"run {run + 1} of {RUNS}: p99 {slowest}, latest {late[-1]}, {len(late)} outside restarts")  # noqa: T201
            assert slowest <= P99


async def a_minute(system: System, before: int) -> list[timedelta]:
    """How late reminders of new users were, behind `before` earlier ones: see `lateness`."""
    async with AsyncExitStack() as stack:
        owners = [await stack.enter_async_context(person(system.url)) for _ in range(USERS)]
        begin = datetime.now(UTC).replace(microsecond=0) + LEAD
        expected = await remind(owners, begin)
    await wait_until(lambda: scheduled(system, len(expected)), LEAD.total_seconds())
    await passed((begin - datetime.now(UTC)).total_seconds())
    outages = await break_for(system, SPREAD)
    await wait_until(lambda: published(system, before + len(expected)), DEADLINE)
    return lateness(await fired(system, before), expected, outages)


async def remind(owners: list[Person], begin: datetime, spread: timedelta = SPREAD) -> dict[str, datetime]:
    """A todo for each reminder; the ids of the events that have to come, and their instants."""
    expected: dict[str, datetime] = {}

    async def one(owner: Person) -> None:
        instants = [(begin + spread * number / EACH).replace(microsecond=0) for number in range(EACH)]
        for first in range(0, EACH, PART):
            operations = [
                {"op": "create", "todo": {"title": "todo", "reminders": [{"at": at.isoformat()}]}}
                for at in instants[first : first + PART]
            ]
            answer = await owner.http.post("/api/todos/bulk", json={"operations": operations})
            assert answer.status_code == httpx.codes.OK, answer.text
            for result in answer.json()["results"]:
                [reminder] = result["todo"]["reminders"]
                at = datetime.fromisoformat(reminder["at"])
                expected[str(uuid.uuid5(uuid.UUID(reminder["id"]), instant(at)))] = at

    await asyncio.gather(*(one(owner) for owner in owners))
    return expected


async def scheduled(system: System, count: int) -> bool:
    return await ask(system, "select count(*) from reminders") == count


async def published(system: System, count: int) -> bool:
    asked = "select count(*) from fired where not exists (select from outbox) and not exists (select from reminders)"
    return (await ask(system, asked) or 0) >= count


async def ask(system: System, query: str) -> Any:
    """None while the database is away."""
    try:
        connection = await asyncpg.connect(people.database(system, "notifications"))
    except (OSError, asyncpg.PostgresError):
        return None
    try:
        return await connection.fetchval(query)
    except asyncpg.PostgresError:
        return None
    finally:
        await connection.close()


async def break_for(system: System, duration: timedelta) -> list[Outage]:
    """Kill an instance every few seconds, and restart what they depend on."""
    outages = []
    for kill in range(1, int(duration.total_seconds() / KILL_SECONDS) + 1):
        await passed(KILL_SECONDS)
        name = f"notifications-{random.randint(1, INSTANCES)}"
        if system.processes()[name]["pid"]:
            system.kill(name)
        if part := RESTARTS.get(kill):
            now = datetime.now(UTC)
            await system.back(part, instead_of=system.kill(part))
            outages.append(Outage(now, datetime.now(UTC) + SETTLING))
    return outages


async def fired(system: System, after: int) -> list[tuple[dict[str, Any], datetime]]:
    """The events of reminders behind so many of the stream, each with the instant at which it was stored."""
    async with people.bus(system) as client:
        stream = client.jetstream()
        last = (await stream.stream_info(topology.NOTIFICATIONS)).state.last_seq
        messages = [await stream.get_msg(topology.NOTIFICATIONS, seq) for seq in range(after + 1, last + 1)]
    return [(orjson.loads(message.data), message.time) for message in messages]


def lateness(
    events: list[tuple[dict[str, Any], datetime]], expected: dict[str, datetime], outages: list[Outage]
) -> list[timedelta]:
    """Fails unless each fired once, in its user's order; how late those were that no outage concerned, sorted."""
    ids = [event["id"] for event, _ in events]
    assert len(ids) == len(set(ids))
    assert set(ids) == expected.keys()
    numbers = defaultdict(list)
    for event, _ in events:
        numbers[event["userid"]].append(event["sequence"])
    assert all(found == list(range(1, EACH + 1)) for found in numbers.values())
    return sorted(
        stored - expected[event["id"]]
        for event, stored in events
        if not any(outage.begin <= stored and expected[event["id"]] <= outage.end for outage in outages)
    )
