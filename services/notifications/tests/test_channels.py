"""E-mail, quiet hours, the daily digest, and what is told of a webhook that is disabled."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications_service.domain import next_digest, quiet_until
from service_testing.waiting import wait_until

HELSINKI = ZoneInfo("Europe/Helsinki")  # clocks go from 03:00 to 04:00 on 29 March 2026, back on 25 October
SOON = timedelta(minutes=10, seconds=1)  # the default reminder of what is due then fires in a second


def text(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def at(clock):
    return datetime.fromisoformat(clock).astimezone(UTC)


@pytest.fixture
def choose(client):
    async def patch(**settings):
        answer = await client.patch("/api/notifications/settings", json=settings)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return patch


@pytest.fixture
def waiting(app):
    async def read():
        return await app.state.pool.fetch("select channel, kind, next_at from notices")

    return read


@pytest.fixture
async def mailed(known, choose):
    await known(email="ann@example.com", email_verified=True, time_zone="Europe/Helsinki")
    await choose(channels={"email": True})


def body(message):
    return message.get_body(("plain",)).get_content()


class TestSettings:
    async def test_are_changed_one_by_one(self, client, choose):
        settings = (await client.get("/api/notifications/settings")).json()
        defaults = {"quiet_hours": None, "channels": {"email": False, "push": True}, "digest_hour": None}
        assert settings == {"default_minutes_before": 10} | defaults
        quiet = {"start": "22:00", "end": "07:30"}
        assert (await choose(quiet_hours=quiet))["quiet_hours"] == quiet
        assert (await choose(channels={"email": True}))["channels"] == {"email": True, "push": True}
        assert (await choose(digest_hour=8))["quiet_hours"] == quiet
        assert await choose() == {
            "default_minutes_before": 10,
            "quiet_hours": quiet,
            "channels": {"email": True, "push": True},
            "digest_hour": 8,
        }
        assert (await choose(quiet_hours=None, digest_hour=None))["quiet_hours"] is None
        assert (await client.get("/api/notifications/settings")).json()["digest_hour"] is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quiet_hours": {"start": "22:00"}},
            {"quiet_hours": {"start": "22:00", "end": "22:00"}},
            {"quiet_hours": {"start": "24:00", "end": "07:00"}},
            {"quiet_hours": {"start": 79200, "end": "07:00:30"}},
            {"digest_hour": 24},
            {"channels": {"pigeon": True}},
            {"channels": None},
        ],
    )
    async def test_refuses_what_is_none(self, client, wrong):
        assert (await client.patch("/api/notifications/settings", json=wrong)).status_code == 422


class TestEmail:
    async def test_reminders_of_one_moment_are_one_message(self, mailed, feed, applied, mails, waiting):
        due = text(datetime.now(UTC) + SOON)
        for title in ("Buy milk", "Call Ben"):
            feed.create(title=title, due_at=due, due_time="12:00")
        await applied()
        await wait_until(lambda: "Call Ben" in "".join(map(body, mails.messages)))
        told = "".join(map(body, mails.to("ann@example.com")))
        clock = datetime.fromisoformat(due).astimezone(HELSINKI).strftime("%H:%M")
        assert told.count("Buy milk (due ") == told.count("Call Ben") == 1
        assert f", {clock})" in told

        async def all_sent():
            return not await waiting()

        await wait_until(all_sent)

    @pytest.mark.parametrize(("verified", "chosen"), [(False, True), (True, False)])
    async def test_not_without_consent_or_to_who_knows_whom(
        self, known, choose, feed, applied, client, waiting, verified, chosen
    ):
        await known(email="ann@example.com", email_verified=verified, time_zone="UTC")
        await choose(channels={"email": chosen})
        feed.create(due_at=text(datetime.now(UTC) + SOON), due_time="12:00")
        await applied()

        async def fired():
            return (await client.get("/api/notifications")).json()

        await wait_until(fired)
        assert await waiting() == []

    async def test_waits_for_a_mail_server_that_is_away(self, mailed, feed, applied, mails, waiting, app):
        mails.answer = "451 not now"
        feed.create(title="Buy milk", due_at=text(datetime.now(UTC) + SOON), due_time="12:00")
        await applied()
        await wait_until(lambda: mails.refused)
        mails.answer = "250 kept"
        await app.state.pool.execute("update notices set next_at = now()")
        await wait_until(lambda: mails.to("ann@example.com"))
        [message] = mails.to("ann@example.com")
        assert message["Subject"] == "Buy milk"

    async def test_quiet_hours_end_with_one_message_of_what_is_still_open(
        self, mailed, choose, feed, applied, mails, waiting, app
    ):
        local = datetime.now(HELSINKI)
        end = local.replace(second=0, microsecond=0) + timedelta(hours=2)
        await choose(quiet_hours={"start": f"{local - timedelta(hours=1):%H:%M}", "end": f"{end:%H:%M}"})
        due = text(datetime.now(UTC) + SOON)
        ids = [feed.create(title=title, due_at=due, due_time="12:00") for title in ("One", "Two", "Three")]
        await applied()

        async def put_off():
            return [row["next_at"] for row in await waiting()] == [end.astimezone(UTC)] * 3

        await wait_until(put_off)
        feed.complete(ids[2])
        await applied()
        await app.state.pool.execute("update notices set next_at = now()")
        await wait_until(lambda: mails.messages)
        [message] = mails.messages
        assert message["Subject"] == "2 reminders"
        assert "Three" not in body(message)

    async def test_a_day_s_outage_is_one_message(self, mailed, feed, applied, mails, app):
        for title in ("One", "Two"):
            feed.create(title=title, due_at=text(datetime.now(UTC) + timedelta(hours=1)), due_time="12:00")
        await applied()
        await app.state.pool.execute("update reminders set fire_at = fire_at - interval '2 days'")
        await wait_until(lambda: mails.messages)
        [message] = mails.messages
        assert message["Subject"] == "2 reminders that could not be sent in time"


class TestDailyDigest:
    async def test_names_what_is_due_or_overdue_once(self, mailed, choose, feed, applied, mails, app):
        await choose(digest_hour=8)
        midnight = (datetime.now(HELSINKI) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        feed.create(title="Today", due_at=text(midnight.astimezone(UTC)))
        feed.create(title="Tomorrow", due_at=text((midnight + timedelta(minutes=1)).astimezone(UTC)), due_time="00:01")
        feed.create(title="Overdue", due_at=text(midnight.astimezone(UTC) - timedelta(days=3)))
        await applied()
        await app.state.pool.execute("update preferences set digest_at = now() - interval '3 days'")
        await wait_until(lambda: mails.messages)
        [message] = mails.messages
        assert message["Subject"] == "2 todos for today"
        assert "Tomorrow" not in body(message)
        again = await app.state.pool.fetchval("select digest_at from preferences")
        assert again.astimezone(HELSINKI).hour == 8
        assert timedelta() < again - datetime.now(UTC) <= timedelta(days=1, hours=1)

    async def test_moves_with_the_zone(self, known, choose, app):
        await choose(digest_hour=8)
        for zone in ("Asia/Tokyo", "America/New_York"):
            await known(email="ann@example.com", time_zone=zone)

            async def moved(zone=zone):
                at = await app.state.pool.fetchval("select digest_at from preferences")
                return at.astimezone(ZoneInfo(zone)).hour == 8

            await wait_until(moved)

    async def test_says_nothing_where_nothing_is_due(self, mailed, choose, app, waiting):
        await choose(digest_hour=8)
        await app.state.pool.execute("update preferences set digest_at = now()")

        async def made():
            return await app.state.pool.fetchval("select digest_at > now() from preferences")

        await wait_until(made)
        assert await waiting() == []


async def test_a_disabled_webhook_is_told(client, known, feed, publish, receiver, answering, http_answer, mails):
    await known(email="ann@example.com", email_verified=True, time_zone="UTC")
    receiver.answer = answering(http_answer(410))
    assert (await client.post("/api/webhooks", json={"url": receiver.url})).status_code == 201
    feed.create()
    await publish(feed.changes)
    await wait_until(lambda: mails.messages)
    [message] = mails.to("ann@example.com")
    assert message["Subject"] == "A webhook of yours in Todobus is disabled"
    assert receiver.url in body(message)


@pytest.mark.parametrize(
    ("now", "start", "end", "until"),
    [
        ("2026-06-01T12:00+03:00", "22:00", "07:00", None),
        ("2026-06-01T22:00+03:00", "22:00", "07:00", "2026-06-02T07:00+03:00"),
        ("2026-06-02T06:59+03:00", "22:00", "07:00", "2026-06-02T07:00+03:00"),
        ("2026-06-02T07:00+03:00", "22:00", "07:00", None),
        ("2026-06-02T13:30+03:00", "13:00", "14:00", "2026-06-02T14:00+03:00"),
        ("2026-03-28T23:00+02:00", "22:00", "03:30", "2026-03-29T04:30+03:00"),  # 03:30 is skipped
        ("2026-10-24T23:00+03:00", "22:00", "03:30", "2026-10-25T03:30+03:00"),  # the first of two
        ("2026-03-28T23:00+02:00", "22:00", "07:00", "2026-03-29T07:00+03:00"),  # a night of an hour less
    ],
)
def test_quiet_hours_by_the_users_clock(now, start, end, until):
    ends = quiet_until(at(now), HELSINKI, time.fromisoformat(start), time.fromisoformat(end))
    assert ends == (until and at(until))


@pytest.mark.parametrize(
    ("now", "hour", "expected"),
    [
        ("2026-06-01T07:59+03:00", 8, "2026-06-01T08:00+03:00"),
        ("2026-06-01T08:00+03:00", 8, "2026-06-02T08:00+03:00"),
        ("2026-03-28T08:00+02:00", 8, "2026-03-29T08:00+03:00"),
        ("2026-03-28T08:00+02:00", 3, "2026-03-29T04:00+03:00"),
        ("2026-10-25T03:00+03:00", 3, "2026-10-26T03:00+02:00"),  # not in the repeated hour again
        ("2026-06-01T08:00+03:00", None, None),
    ],
)
def test_the_digest_comes_at_an_hour_of_the_users_clock(now, hour, expected):
    assert next_digest(at(now), HELSINKI, hour) == (expected and at(expected))
