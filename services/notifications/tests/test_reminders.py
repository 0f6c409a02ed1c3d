"""Reminders: scheduled from the events of todos, fired once, moved and dropped with their todos."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import orjson
import pytest

from notifications_service.domain import instant, remindable
from service_common.mail import folder
from service_testing.event_examples import example
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.registry import EVENTS

SOON = timedelta(minutes=10, seconds=1)  # the default reminder of what is due then fires in a second


def text(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
def feed(feed):
    feed.now = datetime.now(UTC)
    return feed


@pytest.fixture
def now(feed):
    return feed.now


@pytest.fixture
def scheduled(app, feed):
    """The instants of the user's schedule, in seconds from now on."""

    async def read():
        rows = await app.state.pool.fetch("select fire_at from reminders where user_id = $1 order by 1", feed.user_id)
        return [round((row["fire_at"] - feed.now.replace(microsecond=0)).total_seconds()) for row in rows]

    return read


@pytest.fixture
async def heard(nats):
    """The events of notifications that are published from now on."""
    found = []

    async def hear(message):
        found.append(orjson.loads(message.data))

    client = await nats.connect()
    await client.subscribe(f"{topology.NOTIFICATION_EVENTS}.>", cb=hear)
    await client.flush()
    return found


def own(**given):
    return {"id": str(uuid.uuid4()), **given}


class TestSchedule:
    async def test_follows_the_todo(self, feed, applied, scheduled, now):
        hour = text(now + timedelta(hours=1))
        todo = feed.create(due_at=hour, due_time="12:00")
        await applied()
        assert await scheduled() == [3000]
        feed.update(todo, due_at=text(now + timedelta(hours=2)))
        await applied()
        assert await scheduled() == [6600]
        feed.complete(todo)
        await applied()
        assert await scheduled() == []
        feed.reopen(todo)
        await applied()
        assert await scheduled() == [6600]
        feed.delete(todo)
        await applied()
        assert await scheduled() == []
        feed.restore(todo)
        feed.update(todo, title="moved", due_at=hour)
        await applied()
        assert await scheduled() == [3000]
        feed.update(todo, due_at=None, due_time=None)
        await applied()
        assert await scheduled() == []

    async def test_reminders_of_its_own_take_the_place_of_the_default(self, feed, applied, scheduled, now):
        reminders = [own(minutes_before_due=30), own(at=text(now + timedelta(minutes=5)))]
        todo = feed.create(due_at=text(now + timedelta(hours=1)), due_time="12:00", reminders=reminders)
        await applied()
        assert await scheduled() == [300, 1800]
        feed.update(todo, reminders=reminders[:1])
        await applied()
        assert await scheduled() == [1800]

    async def test_a_day_without_a_time_has_no_default(self, feed, applied, scheduled, now):
        feed.create(due_at=text(now + timedelta(hours=1)))
        feed.create(reminders=[own(at=text(now + timedelta(minutes=5)))])
        await applied()
        assert await scheduled() == [300]

    async def test_what_is_past_when_it_is_set_does_not_fire(self, feed, applied, scheduled, now):
        feed.create(due_at=text(now + timedelta(minutes=5)), due_time="12:00")
        feed.create(reminders=[own(at=text(now - timedelta(minutes=5)))])
        await applied()
        assert await scheduled() == []

    async def test_the_default_is_a_setting(self, client, feed, applied, scheduled, now):
        assert (await client.get("/api/notifications/settings")).json()["default_minutes_before"] == 10
        feed.create(due_at=text(now + timedelta(hours=1)), due_time="12:00")
        await applied()
        for minutes, expected in ((45, [900]), (None, []), (0, [3600])):
            answer = await client.patch("/api/notifications/settings", json={"default_minutes_before": minutes})
            assert answer.json()["default_minutes_before"] == minutes
            assert await scheduled() == expected
        for wrong in ({"default_minutes_before": -1}, {"default_minutes_before": "soon"}, {"other": 1}):
            assert (await client.patch("/api/notifications/settings", json=wrong)).status_code == 422

    async def test_what_the_bus_has_lost_is_scheduled(self, feed, publish, scheduled, now):
        for hours in (1, 2, 3):
            feed.create(due_at=text(now + timedelta(hours=hours)), due_time="12:00")
        await publish(feed.changes[2:])

        async def complete():
            return await scheduled() == [3000, 6600, 10200]

        await wait_until(complete)


class TestFiring:
    async def test_once_with_the_id_of_reminder_and_instant(self, client, feed, applied, heard, now):
        due = now.replace(microsecond=0) + SOON
        todo = feed.create(title="Buy milk", due_at=text(due), due_time="12:00")
        await applied()
        await wait_until(lambda: heard)
        [event] = heard
        fire_at = due - timedelta(minutes=10)
        assert event["id"] == str(uuid.uuid5(uuid.UUID(todo), instant(fire_at)))
        assert (event["type"], event["subject"], event["sequence"]) == ("reminder.fired.v1", todo, 1)
        EVENTS["reminder.fired.v1"].model.model_validate(event)
        assert event["data"]["reminder"]["title"] == "Buy milk"
        assert datetime.fromisoformat(event["time"]) - fire_at < timedelta(seconds=2)
        [fired] = (await client.get("/api/notifications")).json()
        assert (fired["id"], fired["todo_id"], fired["is_late"]) == (event["id"], todo, False)

    async def test_also_in_the_second_in_which_it_was_set(self, feed, applied, heard, now):
        feed.now = now.replace(microsecond=999_999)
        todo = feed.create(reminders=[own(at=text(now))])
        await applied()
        await wait_until(lambda: heard)
        assert [event["subject"] for event in heard] == [todo]

    async def test_not_again_after_a_change_of_something_else(self, app, feed, applied, heard, now, scheduled):
        todo = feed.create(due_at=text(now + SOON), due_time="12:00")
        await applied()
        await wait_until(lambda: heard)
        feed.update(todo, title="another")
        await applied()
        assert await scheduled() == []
        feed.update(todo, due_at=text(now + SOON + timedelta(hours=1)))
        await applied()
        assert len(await scheduled()) == 1

    async def test_late_ones_are_sent_and_older_ones_are_one_digest(self, app, client, feed, applied, heard, now):
        for hours in (1, 2, 3):
            feed.create(due_at=text(now + timedelta(hours=hours)), due_time="12:00")
        await applied()
        shift = (
            "update reminders set fire_at = case when fire_at = (select min(fire_at) from reminders)"
            " then now() - interval '23 hours' else fire_at - interval '2 days' end"
        )
        await app.state.pool.execute(shift)
        await wait_until(lambda: len(heard) == 2)
        digest, fired = sorted(heard, key=lambda event: event["type"])
        assert (digest["type"], digest["data"]["count"]) == ("reminder.digest.v1", 2)
        EVENTS["reminder.digest.v1"].model.model_validate(digest)
        assert fired["type"] == "reminder.fired.v1"
        assert sorted(event["sequence"] for event in heard) == [1, 2]
        assert sum(one["is_late"] for one in (await client.get("/api/notifications")).json()) == 2

    async def test_several_instances_fire_each_once(self, run, app, change_log, new_feed, publish, heard, nats, now):
        feeds = [new_feed(now=now) for _ in range(20)]
        change_log.add(*feeds)
        for feed in feeds:
            for _ in range(20):
                feed.create(due_at=text(now + SOON + timedelta(seconds=2)), due_time="12:00")
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(run())
            await asyncio.gather(*(publish(feed.changes) for feed in feeds))
            await wait_until(lambda: len(heard) >= 400, 30)
        assert len({event["id"] for event in heard}) == len(heard) == 400
        for feed in feeds:
            mine = [event["sequence"] for event in heard if event["userid"] == str(feed.user_id)]
            assert mine == list(range(1, 21))
        stream = await (await nats.connect()).jetstream().stream_info(topology.NOTIFICATIONS)
        assert stream.state.messages == 400

    async def test_a_deleted_user_is_erased_for_good(self, app, feed, applied, publish, heard, nats, now, mail_folder):
        message = EmailMessage()
        message["Message-ID"] = "<1@todo.example>"
        await folder.write(mail_folder, message, feed.user_id)
        feed.create(due_at=text(now + SOON), due_time="12:00")
        feed.create(due_at=text(now + timedelta(hours=1)), due_time="12:00")
        await applied()
        await wait_until(lambda: heard)
        auth = await nats.connect("auth")
        event = example(EVENTS["user.deleted.v1"]) | {"userid": str(feed.user_id)}
        await auth.jetstream().publish(topology.user_event(feed.user_id, "deleted"), orjson.dumps(event))
        left = (
            "select (select count(*) from feeds) + (select count(*) from todos) + (select count(*) from reminders)"
            " + (select count(*) from fired) + (select count(*) from outbox)"
        )

        async def erased():
            stream = await (await nats.connect()).jetstream().stream_info(topology.NOTIFICATIONS)
            rows_left, mails_left = await app.state.pool.fetchval(left), folder.newest_first(mail_folder)
            return rows_left == stream.state.messages == len(mails_left) == 0

        await wait_until(erased)
        feed.create(due_at=text(now + timedelta(hours=1)), due_time="12:00")
        await publish(feed.changes[2:])

        async def acknowledged():
            info = await (await nats.connect()).jetstream().consumer_info(topology.TODOS, "notifications")
            return info.num_pending == info.num_ack_pending == 0

        await wait_until(acknowledged)
        assert await app.state.pool.fetchval(left) == 0


@pytest.mark.parametrize(
    ("verb", "changed", "arms"),
    [
        ("created", [], True),
        ("updated", ["title"], False),
        ("updated", ["due_at"], True),
        ("updated", ["reminders"], True),
        ("reopened", ["completed"], True),
        ("restored", ["deleted_at"], True),
    ],
)
def test_what_begins_reminders_anew(verb, changed, arms):
    change = example(EVENTS[f"todo.{verb}.v1"])["data"] | {"changed": changed}
    assert (remindable(uuid.uuid4(), change).armed_at is not None) is arms
