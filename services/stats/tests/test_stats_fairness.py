"""What the figures of one user cost the others: little, whatever that user has made."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from uuid import uuid4

import asyncpg
import orjson
import pytest

from stats_service.projection.replay import Replay
from stats_service.repository.users import Preferences
from stats_service.service import MOST_TAGS, Statistics
from todobus_events import topology

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HELSINKI = Preferences("Europe/Helsinki", "monday", 4, 5)
TOKYO = HELSINKI._replace(time_zone="Asia/Tokyo")
LONG_TAG = "é" * 44
REQUESTS = 400  # of an innocent user
ATTACKS_A_SECOND = 50  # five times what the gateway lets through
ROUNDS = 3  # the calmest of which counts: other programs share the machine


@pytest.fixture
def feed(new_feed):
    return new_feed(now=NOON)


class CountingDatabase:
    """Counts how often, and how many times at once, figures are computed."""

    def __init__(self, pool) -> None:
        self.pool = pool
        self.computed = self.running = self.at_once = 0

    async def fetchval(self, query, *arguments, **options):
        return await self.pool.fetchval(query, *arguments, **options)

    async def fetchrow(self, query, *arguments, **options):
        self.computed += 1
        self.running += 1
        self.at_once = max(self.at_once, self.running)
        try:
            return await self.pool.fetchrow(query, *arguments, **options)
        finally:
            self.running -= 1


@pytest.fixture
def counting(pool) -> CountingDatabase:
    return CountingDatabase(pool)


@pytest.fixture
def statistics(counting) -> Statistics:
    return Statistics(counting)


class TestKeptFigures:
    async def test_they_are_computed_once_until_a_change(self, feed, applied, counting, statistics) -> None:
        for total in (1, 2):
            feed.create()
            await applied(feed.changes)
            for _ in range(3):
                assert (await statistics.summary(feed.user_id, HELSINKI, NOON))["total"] == total
            assert counting.computed == total

    async def test_another_zone_and_another_day_are_computed(self, feed, applied, counting, statistics) -> None:
        feed.complete(feed.create())
        await applied(feed.changes)
        assert (await statistics.summary(feed.user_id, HELSINKI, NOON))["completed_today"] == 1
        assert (await statistics.summary(feed.user_id, TOKYO, NOON))["time_zone"] == "Asia/Tokyo"
        tomorrow = await statistics.summary(feed.user_id, TOKYO, NOON + timedelta(days=1))
        assert (tomorrow["completed_today"], counting.computed) == (0, 3)

    async def test_they_end_when_a_todo_becomes_overdue(self, feed, applied, counting, statistics) -> None:
        feed.create(due_at="2026-11-18T12:05:00Z")
        await applied(feed.changes)
        found = [
            (await statistics.summary(feed.user_id, HELSINKI, NOON + timedelta(minutes=minutes)))["overdue"]
            for minutes in (0, 4, 5, 6, 7)
        ]
        assert (found, counting.computed) == ([0, 0, 0, 1, 1], 2)

    async def test_they_end_when_a_rebuild_mends_them(
        self, feed, applied, pool, stats_url, statistics, change_log, nats
    ) -> None:
        feed.create()
        await applied(feed.changes)
        await pool.execute("update progress set total = 7")
        assert (await statistics.summary(feed.user_id, HELSINKI, NOON))["total"] == 7
        change_log.add(feed)
        connection = await asyncpg.connect(stats_url)
        await Replay(await nats.connect("stats"), connection).rebuild()
        await connection.close()
        assert (await statistics.summary(feed.user_id, HELSINKI, NOON))["total"] == 1

    async def test_they_are_kept_of_the_last_users_only(self, counting) -> None:
        statistics = Statistics(counting, kept_users=2)
        first, second, third = uuid4(), uuid4(), uuid4()
        for user in (first, second, first, third, first, third, second):
            await statistics.summary(user, HELSINKI, NOON)
        assert counting.computed == 4

    async def test_a_user_is_computed_once_at_a_time_and_users_beside_each_other(
        self, new_feed, counting, statistics
    ) -> None:
        user, others = uuid4(), [uuid4() for _ in range(4)]
        zones = [HELSINKI, TOKYO] * 3
        await asyncio.gather(*(statistics.summary(user, zone, NOON) for zone in zones))
        assert (counting.computed, counting.at_once) == (6, 1)
        await asyncio.gather(*(statistics.summary(other, HELSINKI, NOON) for other in others))
        assert counting.at_once > 1


class TestTags:
    async def test_the_largest_are_named_and_the_rest_summed(self, feed, applied, statistics) -> None:
        for number in range(MOST_TAGS + 20):
            feed.create(tags=["in all", f"tag {number:04}"], completed=number % 2 == 0)
        await applied(feed.changes)
        found = await statistics.summary(feed.user_id, HELSINKI, NOON)
        names = ["in all", *(f"tag {number:04}" for number in range(MOST_TAGS - 1))]
        assert [tag["tag"] for tag in found["by_tag"]] == names
        assert found["other_tags"] == {"count": 21, "total": 21, "completed": 10}

    async def test_with_any_number_of_them_the_summary_fits_on_the_bus(self, feed, applied, app, nats) -> None:
        for number in range(1250):  # without a limit these are 2.7 MB, more than a message may have
            feed.create(tags=[f"{LONG_TAG}{20 * number + one:06}" for one in range(20)])
        await applied(feed.changes)
        gateway = await nats.connect("gateway")
        question = orjson.dumps({"user_id": str(feed.user_id), "time_zone": "UTC"})
        answer = orjson.loads((await gateway.request(topology.RPC_SUMMARY, question, timeout=5)).data)
        assert (len(answer["by_tag"]), answer["other_tags"]["count"]) == (MOST_TAGS, 25_000 - MOST_TAGS)


async def attack(ask, over: asyncio.Event) -> None:
    """Ask for figures that are computed anew each time, until it is over."""
    async with asyncio.TaskGroup() as tasks:
        for zone in cycle(("Asia/Tokyo", "Europe/Helsinki")):
            if over.is_set():
                return
            tasks.create_task(ask(zone))
            await asyncio.sleep(1 / ATTACKS_A_SECOND)


class TestAttack:
    @pytest.mark.slow  # it compares times
    @pytest.mark.parametrize("made", ["completions", "tags"])
    async def test_another_user_hardly_waits(self, made, new_feed, applied, client, issuer) -> None:
        attacker, innocent = new_feed(now=NOON), new_feed(now=NOON)
        if made == "completions":
            for number in range(9000):
                at = (NOON - QUARTER * number).isoformat()
                attacker.create(completed=True, completed_at=at, created_at=at)
        else:
            for number in range(1000):
                attacker.create(tags=[f"{LONG_TAG}{20 * number + one:06}" for one in range(20)])
        innocent.complete(innocent.create(tags=["home"]))
        await applied([*attacker.changes, *innocent.changes])

        async def ask(feed, zone="UTC") -> float:
            started = time.perf_counter()
            answer = await client.get("/api/stats", params={"time_zone": zone}, headers=issuer.headers(feed.user_id))
            assert answer.status_code == 200
            return time.perf_counter() - started

        async def slowest(*, attacked: bool) -> float:
            """But for the slowest tenth, which other programs delay."""
            over = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                if attacked:
                    tasks.create_task(attack(partial(ask, attacker), over))
                seconds = sorted([await ask(innocent) for _ in range(REQUESTS)])
                over.set()
            return seconds[-REQUESTS // 10]

        async def ratio() -> float:
            usual = await slowest(attacked=False)
            return await slowest(attacked=True) / usual

        await slowest(attacked=True)
        assert min([await ratio() for _ in range(ROUNDS)]) < 2
