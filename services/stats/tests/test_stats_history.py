"""Figures of any moment: `GET /api/stats?as_of=`."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_testing.feeds import Feed
from stats_service import service
from stats_service.domain import feed_fact
from stats_service.projection import apply
from stats_service.schemas import Summary
from stats_service.service import DEFAULTS, Statistics

ROWS = "select count(*) from history where user_id = $1"


def instant_of(change) -> datetime:
    return datetime.fromisoformat(change["occurred_at"])


async def recorded(pool, feed):
    """What was served after each change, at its time; before the first one nothing."""
    statistics, found = Statistics(pool), []
    for change in feed.changes:
        async with pool.acquire() as connection, connection.transaction():
            await apply.apply(connection, [feed_fact(str(feed.user_id), change)])
        found.append(await statistics.summary(feed.user_id, DEFAULTS, instant_of(change)))
    return [Summary(**summary).model_dump(mode="json") for summary in found]


@pytest.fixture
def at(client, issuer):
    async def ask(feed, as_of, status=200):
        answer = await client.get("/api/stats", headers=issuer.headers(feed.user_id), params={"as_of": as_of})
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
async def test_every_number_and_instant_equals_what_was_served_then(pool, at, change_log, seed):
    feed, source = Feed(), random.Random(seed)
    for kind in ("project.created.v1", "project.updated.v1"):
        feed.live_for_a_while(source, 12)
        feed.other(kind)
    served = await recorded(pool, feed)
    change_log.add(feed)  # before, the service would catch up with it by itself
    numbers = list(range(1, len(served)))
    for number in source.sample(numbers, len(numbers)):
        assert await at(feed, number) == served[number - 1]
    for change, following in zip(feed.changes, feed.changes[1:], strict=False):
        if change["occurred_at"] < following["occurred_at"]:
            found = await at(feed, change["occurred_at"])
            assert found == served[change["sequence"] - 1]
    assert (await at(feed, 0))["total"] == 0


async def test_what_is_still_to_come_is_now_and_what_came_since_is_fetched(at, feed, change_log):
    change_log.add(feed)
    feed.create(due_at="2026-03-02T00:00:00Z")
    found = await at(feed, 99)
    assert (found["as_of_sequence"], found["total"], found["overdue"]) == (1, 1, 1)
    assert datetime.now(UTC) - datetime.fromisoformat(found["as_of"]) < timedelta(minutes=1)
    feed.create()
    assert (await at(feed, 1))["overdue"] == 0  # at the time of that change
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await at(feed, later))["total"] == 2


@pytest.mark.parametrize("wrong", ["-1", "yesterday", "2026-03-01", "2026-03-01T10:00:00", str(2**63)])
async def test_what_is_no_moment_is_named(at, feed, wrong):
    assert (await at(feed, wrong, 422))["errors"][0]["pointer"].startswith("?as_of")


async def test_a_change_that_cannot_be_read_shows_from_its_number_on(at, feed, change_log):
    change_log.add(feed)
    feed.create()
    feed.create(priority="utmost")
    feed.create()
    assert [(await at(feed, number))["stale"] for number in (1, 2, 3)] == [False, True, True]


async def test_the_log_of_a_restored_backup_replaces_what_was_there(at, feed, change_log, pool):
    change_log.add(feed)
    feed.create()
    feed.create()
    await at(feed, 2)
    del feed.changes[1]
    assert (await at(feed, 2))["total"] == 1
    assert await pool.fetchval(ROWS, feed.user_id) == 1


async def test_the_largest_tags_are_kept(at, feed, change_log):
    source = random.Random(1)
    tags = ["".join(chr(source.randrange(0x1F300, 0x1FAFF)) for _ in range(50)) for _ in range(20)]
    change_log.add(feed)
    for _ in range(3):
        feed.create(tags=tags)
    assert [one["total"] for one in (await at(feed, 2))["by_tag"]] == [2] * 20


async def test_nothing_is_kept_of_a_user_who_was_erased(at, feed, change_log, pool):
    change_log.add(feed)
    feed.create()
    await at(feed, 1)
    await service.erase(pool, feed.user_id)
    assert await pool.fetchval(ROWS, feed.user_id) == 0
    assert (await at(feed, 1))["total"] == 0
    assert await pool.fetchval(ROWS, feed.user_id) == 0
    assert await pool.fetchval("select count(*) from folds where user_id = $1", feed.user_id) == 0


async def test_without_the_change_log_it_is_said_when_to_ask_again(at, feed):
    assert (await at(feed, 1, 503))["code"] == "history_not_ready"


async def test_another_users_history_is_not_seen(at, feed, new_feed, change_log):
    other = new_feed()
    change_log.add(feed, other)
    feed.create()
    assert (await at(feed, 1))["total"] == 1
    assert (await at(other, 1))["total"] == 0
