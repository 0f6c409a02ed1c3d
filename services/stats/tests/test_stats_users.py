"""What the service knows of users, and how it forgets them."""

import asyncpg
import orjson
import pytest

from service_testing.waiting import wait_until
from todobus_events import topology

PROFILE = {"time_zone": "Europe/Helsinki", "week_start": "sunday", "day_start_hour": 4, "daily_goal": 7}


@pytest.fixture
async def account(nats, feed):
    """Publishes events of the feed's owner as auth does."""
    client = await nats.connect("auth")

    async def publish(verb: str, sequence: int, **profile) -> None:
        event = {
            "specversion": "1.0",
            "id": str(feed.user_id),
            "source": "/services/auth",
            "type": f"user.{verb}.v1",
            "subject": str(feed.user_id),
            "time": "2026-11-22T21:20:00Z",
            "sequence": sequence,
            "userid": str(feed.user_id),
            "data": {"user": {"id": str(feed.user_id)} | PROFILE | profile},
        }
        await client.jetstream().publish(topology.user_event(feed.user_id, verb), orjson.dumps(event))

    return publish


@pytest.fixture
def stored(pool, feed):
    async def read() -> dict[str, object] | None:
        row = await pool.fetchrow("select * from users where user_id = $1", feed.user_id)
        return dict(row) if row else None

    return read


async def test_the_users_preferences_are_used(app, account, client, issuer, feed, stored) -> None:
    await account("registered", 1)
    await wait_until(stored)
    answer = (await client.get("/api/stats", headers=issuer.headers(feed.user_id))).json()
    assert (answer["time_zone"], answer["goal"]["daily"]) == ("Europe/Helsinki", 7)


async def test_the_newest_version_wins(app, account, feed, stored) -> None:
    await account("updated", 3, daily_goal=3)
    await account("registered", 1, daily_goal=1)
    await account("updated", 2, daily_goal=2)
    await account("updated", 4, time_zone="Asia/Tokyo")

    async def last():
        row = await stored()
        return row if row and row["version"] == 4 else None

    assert await wait_until(last) == {"user_id": feed.user_id, "version": 4} | PROFILE | {"time_zone": "Asia/Tokyo"}


async def test_a_zone_that_is_none_is_set_aside(app, account, nats, stored) -> None:
    await account("registered", 1, time_zone="Mars/Olympus")
    await account("updated", 2)
    await wait_until(stored)
    stream = (await nats.connect()).jetstream()
    letter = await stream.get_msg(topology.DEAD_LETTERS, 1)
    assert letter.subject == "dlq.v1.stats.user.registered.v1"


class TestErasure:
    @pytest.fixture
    async def confirmations(self, nats, feed):
        heard = []

        async def hear(message) -> None:
            heard.append(message.subject)

        auth = await nats.connect("auth")
        await auth.subscribe("users.erased.v1.*.*", cb=hear)
        await auth.flush()
        return heard

    async def test_no_table_holds_a_row_of_the_user(
        self, app, account, publish, feed, new_feed, reached, confirmations, pool, source
    ) -> None:
        other = new_feed()
        for each in (feed, other):
            each.live_for_a_while(source, 30)
            await publish(each.changes)
            await reached(each)
        await account("registered", 1)
        await account("deleted", 2)
        await wait_until(lambda: confirmations == [f"users.erased.v1.{feed.user_id}.stats"])
        assert not [table async for table in tables_naming(pool, feed.user_id)]
        assert [table async for table in tables_naming(pool, other.user_id)]

    async def test_it_is_confirmed_each_time_it_is_told(self, app, account, confirmations) -> None:
        await account("deleted", 2)
        await account("deleted", 2)
        await wait_until(lambda: len(confirmations) == 2)

    async def test_what_comes_late_brings_nothing_back(
        self, app, account, publish, feed, new_feed, reached, confirmations, pool
    ) -> None:
        feed.create()
        await account("deleted", 2)
        await wait_until(lambda: confirmations)
        other = new_feed()
        other.create()
        await publish(feed.changes + other.changes)
        await reached(other)
        await account("updated", 1)
        await account("deleted", 2)
        await wait_until(lambda: len(confirmations) == 2)
        assert not [table async for table in tables_naming(pool, feed.user_id)]


async def tables_naming(pool: asyncpg.Pool, user_id):
    """The tables that have the id anywhere in a row."""
    for row in await pool.fetch("select tablename from pg_tables where schemaname = 'public'"):
        query = f'select count(*) from "{row["tablename"]}" t where t::text like $1'  # noqa: S608 - a table's own name
        if await pool.fetchval(query, f"%{user_id}%"):
            yield row["tablename"]


async def test_the_gateway_can_ask_for_a_summary(app, feed, applied, nats) -> None:
    feed.create()
    await applied(feed.changes)
    gateway = await nats.connect("gateway")

    async def ask(question: bytes):
        return orjson.loads((await gateway.request("stats.rpc.summary", question, timeout=5)).data)

    found = await ask(orjson.dumps({"user_id": str(feed.user_id), "time_zone": "Asia/Tokyo"}))
    assert (found["total"], found["time_zone"], found["as_of_sequence"]) == (1, "Asia/Tokyo", 1)
    assert found["as_of"].endswith("Z")
    assert (await ask(b"{}"))["error"]["code"] == "invalid_request"
