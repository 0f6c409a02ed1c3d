"""What becomes of a reminder, case by case: the todo moves, ends, comes back, and the clocks change meanwhile."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service_testing.waiting import wait_until

# Clocks in Helsinki go from 03:00 to 04:00 on 28 March 2027, and from 04:00 back to 03:00 on 31 October.
HELSINKI, NEW_YORK = "Europe/Helsinki", "America/New_York"


def due(clock, zone=HELSINKI):
    """The fields of a todo that is due then, as the todo service writes them: what is skipped is shifted."""
    local = datetime.fromisoformat(clock)
    at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return {
        "due_date": f"{local:%Y-%m-%d}",
        "due_time": f"{local:%H:%M}",
        "due_time_zone": zone,
        "due_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
    }


def before(*minutes):
    return {"reminders": [{"id": str(uuid.uuid4()), "minutes_before_due": one} for one in minutes]}


NOON = due("2027-06-01T12:00")
CLOCKS = {
    "an ordinary day": ("2027-06-01T12:00", HELSINKI, 60, "2027-06-01T08:00Z"),
    "after the skipped hour": ("2027-03-28T04:30", HELSINKI, 60, "2027-03-28T00:30Z"),  # 02:30 on the wall
    "in the skipped hour": ("2027-03-28T03:30", HELSINKI, 10, "2027-03-28T01:20Z"),  # due at 04:30
    "a day before, over the skipped hour": ("2027-03-28T12:00", HELSINKI, 1440, "2027-03-27T09:00Z"),
    "in the repeated hour": ("2027-10-31T03:30", HELSINKI, 10, "2027-10-31T00:20Z"),  # the first of the two
    "after the repeated hour": ("2027-10-31T04:30", HELSINKI, 120, "2027-10-31T00:30Z"),
    "elsewhere": ("2027-11-07T01:30", NEW_YORK, 30, "2027-11-07T05:00Z"),
    "at the moment": ("2027-03-28T04:00", HELSINKI, 0, "2027-03-28T01:00Z"),
}
HISTORIES = {
    "moved": ([("update", due("2027-06-02T12:00"))], ["2027-06-02T08:00Z"]),
    "moved into the skipped hour": ([("update", due("2027-03-28T03:30"))], ["2027-03-28T00:30Z"]),
    "another zone": ([("update", due("2027-06-01T12:00", NEW_YORK))], ["2027-06-01T15:00Z"]),
    "another title": ([("update", {"title": "other"})], ["2027-06-01T08:00Z"]),
    "no day any more": ([("update", dict.fromkeys(NOON))], []),
    "completed": ([("complete",)], []),
    "completed and moved": ([("complete",), ("update", due("2027-06-02T12:00"))], []),
    "reopened": ([("complete",), ("reopen",)], ["2027-06-01T08:00Z"]),
    "moved and reopened": ([("complete",), ("update", due("2027-06-02T12:00")), ("reopen",)], ["2027-06-02T08:00Z"]),
    "deleted": ([("delete",)], []),
    "restored": ([("delete",), ("restore",)], ["2027-06-01T08:00Z"]),
    "completed, deleted, restored": ([("complete",), ("delete",), ("restore",)], []),
    "purged": ([("delete",), ("purge",)], []),
    "more reminders": ([("update", before(0, 30))], ["2027-06-01T08:30Z", "2027-06-01T09:00Z"]),
    "none of its own": ([("update", {"reminders": []})], ["2027-06-01T08:50Z"]),
    "a successor": ([("complete",), ("create", due("2027-06-08T12:00") | before(60))], ["2027-06-08T08:00Z"]),
    "a successor taken away": (
        [("complete",), ("create", due("2027-06-08T12:00") | before(60)), ("purge",), ("reopen",)],
        ["2027-06-01T08:00Z"],
    ),
}


@pytest.fixture
def scheduled(app, feed):
    async def read():
        rows = await app.state.pool.fetch("select fire_at from reminders where user_id = $1 order by 1", feed.user_id)
        return [f"{row['fire_at']:%Y-%m-%dT%H:%MZ}" for row in rows]

    return read


@pytest.fixture
def feed(feed):
    feed.now = datetime.now(UTC)
    return feed


async def test_by_the_clock(feed, applied, scheduled):
    for clock, zone, minutes, _ in CLOCKS.values():
        feed.create(**due(clock, zone), **before(minutes))
    await applied()
    assert await scheduled() == sorted(fire_at for *_, fire_at in CLOCKS.values())


async def test_histories(app, new_feed, change_log, publish):
    feeds = {name: new_feed(now=datetime.now(UTC)) for name in HISTORIES}
    change_log.add(*feeds.values())
    for name, feed in feeds.items():
        stack = [feed.create(**NOON, **before(60))]
        for verb, *fields in HISTORIES[name][0]:
            feed.now += timedelta(seconds=1)
            if verb == "create":
                stack.append(feed.create(**fields[0]))
            else:
                getattr(feed, verb)(stack.pop() if verb == "purge" else stack[-1], **(fields[0] if fields else {}))
    changes = [change for feed in feeds.values() for change in feed.changes]
    await publish(changes)

    async def schedules():
        rows = await app.state.pool.fetch("select user_id, fire_at from reminders order by fire_at")
        return {
            name: [f"{row['fire_at']:%Y-%m-%dT%H:%MZ}" for row in rows if row["user_id"] == feed.user_id]
            for name, feed in feeds.items()
        }

    async def positions():
        return await app.state.pool.fetchval("select coalesce(sum(position), 0) from feeds") == len(changes)

    await wait_until(positions)
    assert await schedules() == {name: expected for name, (_, expected) in HISTORIES.items()}
