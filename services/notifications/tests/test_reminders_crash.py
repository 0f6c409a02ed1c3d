"""An instance is killed while reminders fire: each fires once."""

import random
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import orjson
import pytest

from notifications_service.domain import instant
from service_testing.processes import ServiceProcess
from service_testing.waiting import wait_until
from todobus_events import topology

USERS, EACH, SECONDS, INSTANCES = 10, 20, 3, 2


@pytest.fixture
async def instances(url, nats, issuer, key_file, change_log, tmp_path):
    """Starts so many; `kill` ends one at once and starts another in its place."""
    running = []
    async with issuer.serve() as jwks_url, httpx.AsyncClient() as http:
        settings = {
            "TODOBUS_NATS_URL": nats.url,
            "TODOBUS_NATS_USER": "notifications",
            "TODOBUS_NATS_PASSWORD": nats.passwords["notifications"],
            "TODOBUS_JWKS_URL": jwks_url,
            "TODOBUS_DATABASE_URL": url,
            "TODOBUS_NOTIFICATIONS_KEY_FILE": str(key_file),
        }

        def new():
            return ServiceProcess("notifications_service", settings, tmp_path / "log")

        async def start(count):
            running.extend(new() for _ in range(count))
            for one in running:
                await wait_until(lambda one=one: one.ready(http), 90)

        def kill():
            number = random.randrange(len(running))
            running[number].child.kill()
            running[number].child.wait()
            running[number] = new()

        start.kill = kill
        yield start
        for one in running:
            one.stop()


class Reminders:
    """So many of each user, spread over some seconds from `begin` on; what has to fire, and what has."""

    def __init__(self, feeds, each, begin, seconds):
        self.expected = {}
        for feed in feeds:
            for number in range(each):
                fire_at = begin + timedelta(seconds=seconds * number // each)
                own = {"id": str(uuid.uuid4()), "at": instant(fire_at)}
                feed.create(reminders=[own])
                self.expected[str(uuid.uuid5(uuid.UUID(own["id"]), instant(fire_at)))] = fire_at

    def check(self, events, numbered):
        """`numbered` events have been made."""
        assert numbered == len(events) == len(self.expected)
        assert len(events) == len({event["id"] for event in events})
        assert {event["id"] for event in events} == self.expected.keys()
        numbers = defaultdict(list)
        for event in events:
            numbers[event["userid"]].append(event["sequence"])
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


async def stored(nats):
    """The events in the stream."""
    client = await nats.connect()
    jetstream = client.jetstream()
    info = await jetstream.stream_info(topology.NOTIFICATIONS)
    messages = [await jetstream.get_msg(topology.NOTIFICATIONS, seq=n) for n in range(1, info.state.messages + 1)]
    await client.close()
    return [orjson.loads(message.data) for message in messages]


async def numbered(url, count):
    """How many events have been made, once so many have and all are published."""
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return None
    try:
        made = await connection.fetchval("select sum(fired) from feeds where not exists (select from outbox)")
        return made if made and made >= count else None
    finally:
        await connection.close()


async def test_each_fires_once(instances, new_feed, change_log, url, nats):
    feeds = [new_feed(now=datetime.now(UTC)) for _ in range(USERS)]
    reminders = Reminders(feeds, EACH, datetime.now(UTC) + timedelta(seconds=SECONDS), SECONDS)
    change_log.add(*feeds)
    await instances(INSTANCES)
    await wait_until(lambda: numbered(url, 0), 60)
    instances.kill()
    made = await wait_until(lambda: numbered(url, USERS * EACH), 120)
    reminders.check(await stored(nats), made)


async def test_the_check_notices_a_reminder_that_fires_twice(app, feed, applied, url, nats):
    """The control: what has fired is put back into the schedule, as a service would that forgets it."""
    feed.now = datetime.now(UTC)
    reminders = Reminders([feed], 5, datetime.now(UTC) + timedelta(seconds=1), 1)
    await applied()
    made = await wait_until(lambda: numbered(url, 5), 60)
    reminders.check(await stored(nats), made)
    again = "insert into reminders select user_id, todo_id, reminder_id, fire_at from fired limit 1"
    await app.state.pool.execute(again)
    made = await wait_until(lambda: numbered(url, 6), 60)
    with pytest.raises(AssertionError):
        reminders.check(await stored(nats), made)
