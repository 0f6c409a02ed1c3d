"""Verify and rebuild of the schedule, against a service that runs."""

import asyncio
import sys
import uuid
from datetime import UTC, datetime, timedelta

import asyncpg
import orjson
import pytest

from notifications_service.schedule.replay import Replay
from service_testing.event_examples import example
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.registry import EVENTS


def text(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
async def todos(feed, applied):
    """Open todos with reminders, and todos of every other kind."""
    feed.now = now = datetime.now(UTC)
    due = [text(now + timedelta(hours=hours)) for hours in (1, 2, 3)]
    kept = [feed.create(title=at, due_at=at, due_time="12:00") for at in due]
    own = [{"id": str(uuid.uuid4()), "at": text(now + timedelta(days=1))}]
    kept.append(feed.create(reminders=own))
    done, gone, plain = (feed.create(due_at=due[0], due_time="12:00") for _ in range(3))
    feed.complete(done)
    feed.delete(gone)
    feed.update(plain, due_at=None, due_time=None)
    feed.other("project.created.v1")
    await applied()
    return kept


@pytest.fixture
async def auth(nats):
    """Publishes what it is given when it is asked for the profiles."""
    client, events = await nats.connect("auth"), []

    async def answer(message):
        for event in events:
            await client.jetstream().publish(topology.user_event(event["userid"], "updated"), orjson.dumps(event))
        await message.respond(b"{}")

    await client.subscribe(topology.RPC_PROFILES, cb=answer)
    return events


@pytest.fixture
async def replay(app, auth, nats, url):
    client = await nats.connect("notifications")
    connection = await asyncpg.connect(url)

    async def run(what):
        return await getattr(Replay(client, connection), what)()

    yield run
    await connection.close()


@pytest.fixture
def schedule(app):
    async def read():
        return await app.state.pool.fetch("select todo_id, reminder_id, fire_at from reminders order by 1, 2")

    return read


DAMAGE = [
    "update todos set title = 'another' where title <> ''",
    "delete from todos",
    "update todos set due_at = due_at + interval '1 hour'",
    "update todos set armed_at = now() - interval '1 year'",
    "insert into todos select user_id, uuidv7(), title, due_at, has_time, reminders, armed_at from todos limit 1",
    "delete from reminders",
    "update reminders set fire_at = fire_at + interval '1 hour'",
    "insert into reminders select user_id, todo_id, uuidv7(), fire_at from reminders limit 1",
]


class TestReplay:
    async def test_what_is_right_has_no_differences(self, todos, feed, replay):
        report = await replay("verify")
        assert (report.users, report.changes, report.differences) == (1, len(feed.changes), [])

    @pytest.mark.parametrize("damage", DAMAGE)
    async def test_damage_is_named_and_mended(self, app, todos, replay, schedule, damage):
        right = await schedule()
        assert len(right) == len(todos)
        await app.state.pool.execute(damage)
        found = await replay("verify")
        assert found.differences
        assert str(found.differences[0]).startswith("user ")
        assert len((await replay("rebuild")).differences) == len(found.differences)
        assert await schedule() == right
        assert (await replay("verify")).differences == []

    async def test_what_has_fired_does_not_fire_again(self, app, client, feed, applied, replay):
        soon = datetime.now(UTC) + timedelta(minutes=10, seconds=1)
        feed.create(due_at=text(soon), due_time="12:00")
        await applied()

        async def fired():
            return (await client.get("/api/notifications")).json()

        await wait_until(fired)
        await replay("rebuild")
        assert (await replay("verify")).differences == []
        assert not await app.state.pool.fetchval("select count(*) from reminders")
        assert len(await fired()) == 1

    async def test_an_account_older_than_the_service_gets_its_zone_and_address(self, app, auth, feed, replay):
        event = example(EVENTS["user.updated.v1"])
        auth.append(event | {"userid": str(feed.user_id), "subject": str(feed.user_id)})
        await replay("verify")
        assert await app.state.pool.fetchval("select count(*) from profiles") == 0
        await replay("rebuild")

        async def known():
            return await app.state.pool.fetchrow(
                "select email, time_zone from profiles where user_id = $1", feed.user_id
            )

        user = event["data"]["user"]
        assert await wait_until(known) == (user["email"], user["time_zone"])

    async def test_a_user_without_changes_in_the_log_is_forgotten(self, todos, change_log, feed, replay, schedule):
        del change_log.feeds[str(feed.user_id)]
        assert len((await replay("verify")).differences) == len(todos)
        await replay("rebuild")
        assert await schedule() == []

    async def test_a_change_that_cannot_be_read_is_named(self, todos, feed, replay):
        feed.changes[1] = feed.changes[1] | {"todo": feed.changes[1]["todo"] | {"due_at": "soon"}}
        report = await replay("verify")
        assert len(report.unreadable) == 1
        assert f"user {feed.user_id}: change 2" in report.unreadable[0]

    async def test_the_exit_code_says_whether_all_is_right(self, app, auth, todos, nats, url):
        settings = {
            "TODOBUS_DATABASE_URL": url,
            "TODOBUS_NATS_URL": nats.url,
            "TODOBUS_NATS_USER": "notifications",
            "TODOBUS_NATS_PASSWORD": nats.passwords["notifications"],
        }

        async def run(name):
            command = (sys.executable, "-m", "notifications_service", name)
            pipe = asyncio.subprocess.PIPE
            child = await asyncio.create_subprocess_exec(*command, env=settings, stdout=pipe, stderr=pipe)
            out, _ = await asyncio.wait_for(child.communicate(), 60)
            return child.returncode, out.decode()

        await app.state.pool.execute("delete from reminders where true")
        code, out = await run("verify")
        assert (code, "4 differences in 1 users" in out) == (1, True), out
        assert (await run("rebuild"))[0] == 0
        code, out = await run("verify")
        assert (code, "0 differences in 1 users" in out) == (0, True), out
