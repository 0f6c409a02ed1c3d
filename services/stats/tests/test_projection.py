"""The projection's theorem: whatever happens to the events on their way, the tables hold what a plain replay gives."""

import asyncio
import random

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stats_service.domain import Fact, UnreadableChangeError, fact
from stats_service.projection.apply import apply


class Crash(Exception):
    pass


def crash_sometimes(source: random.Random) -> None:
    if source.random() < 0.1:
        raise Crash


async def deliver(pool: asyncpg.Pool, queue: list[list[Fact]], source: random.Random) -> None:
    """A worker: takes batches; sometimes it dies before its commit, and the batch is delivered again."""
    while queue:
        batch = queue.pop()
        try:
            async with pool.acquire() as connection, connection.transaction():
                await apply(connection, batch)
                crash_sometimes(source)
        except Crash:
            queue.insert(0, batch)


def batches(facts: list[Fact], source: random.Random) -> list[list[Fact]]:
    """The facts in any order, a third of them twice, cut into batches of any size."""
    mixed = facts + source.sample(facts, len(facts) // 3)
    source.shuffle(mixed)
    cuts = sorted(source.sample(range(1, len(mixed)), min(8, len(mixed) - 1)))
    return [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), writes=st.integers(2, 60), users=st.integers(1, 4))
async def test_any_order_duplication_and_crash_over_several_workers_ends_in_the_plain_replay(
    pool, new_feed, plain_replay, projection_of, seed, writes, users
) -> None:
    source = random.Random(seed)
    feeds = [new_feed() for _ in range(users)]
    for feed in feeds:
        feed.live_for_a_while(source, writes)
    queue = batches([fact(change) for feed in feeds for change in feed.changes], source)
    await asyncio.gather(*(deliver(pool, queue, source) for _ in range(4)))
    for feed in feeds:
        assert await projection_of(feed.user_id) == plain_replay(feed.changes)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_what_was_lost_shows_as_a_gap_until_it_is_applied(
    applied, new_feed, plain_replay, projection_of, seed
) -> None:
    source = random.Random(seed)
    feed = new_feed()
    feed.live_for_a_while(source, 30)
    lost = sorted(source.sample(range(29), 5))
    arrived = [change for index, change in enumerate(feed.changes) if index not in lost]
    assert await applied(source.sample(arrived, len(arrived))) == [(feed.user_id, lost[0], 30)]
    assert await applied([feed.changes[index] for index in lost]) == [(feed.user_id, 30, 30)]
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)


async def test_many_workers_on_the_same_users_do_not_deadlock(pool, new_feed, plain_replay, projection_of) -> None:
    source = random.Random(7)
    feeds = [new_feed() for _ in range(5)]
    for feed in feeds:
        feed.live_for_a_while(source, 100)
    facts = [fact(change) for feed in feeds for change in feed.changes]
    queue = [source.sample(facts, 60) for _ in range(40)] + [facts]
    await asyncio.gather(*(deliver(pool, queue, source) for _ in range(6)))
    for feed in feeds:
        assert await projection_of(feed.user_id) == plain_replay(feed.changes)


async def test_an_older_state_never_replaces_a_newer_one(applied, feed, projection_of, plain_replay) -> None:
    todo = feed.create(tags=["a"])
    feed.complete(todo)
    await applied(feed.changes[1:])
    await applied(feed.changes[:1])
    assert (await projection_of(feed.user_id)) == plain_replay(feed.changes)


async def test_an_empty_batch_changes_nothing(applied) -> None:
    assert await applied([]) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"sequence": 0},
        {"sequence": "1"},
        {"sequence": True},
        {"todo": None},
        {"todo": {}},
    ],
)
def test_a_change_that_is_none_is_refused(feed, broken) -> None:
    feed.create()
    with pytest.raises(UnreadableChangeError):
        fact(feed.changes[0] | broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "no uuid"},
        {"user_id": None},
        {"completed": "yes"},
        {"created_at": "yesterday"},
        {"priority": "utmost"},
        {"priority": ["high"]},
        {"tags": "home"},
        {"tags": ["nul \0"]},
        {"tags": [1]},
        {"due_at": 5},
    ],
)
def test_a_todo_that_is_none_is_refused(feed, broken) -> None:
    feed.create()
    change = feed.changes[0]
    with pytest.raises(UnreadableChangeError):
        fact(change | {"todo": change["todo"] | broken})
