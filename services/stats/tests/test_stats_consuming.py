"""From the bus to the tables: the running service reads what the relay publishes."""

import asyncio
import secrets

import orjson

from service_testing.damaged_events import damages
from service_testing.waiting import wait_until
from stats_service.domain import UnreadableChangeError, feed_fact
from todobus_events import topology
from todobus_events.envelope import UnreadableEventError, read


async def test_what_is_published_is_projected(app, publish, feed, reached, projection_of, plain_replay, source) -> None:
    feed.live_for_a_while(source, 50)
    await publish(feed.changes)
    await reached(feed)
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)


async def test_a_min_sequence_is_answered_as_soon_as_the_event_is_applied(client, publish, feed, issuer) -> None:
    feed.create()
    headers = issuer.headers(feed.user_id)
    asking = asyncio.create_task(client.get("/api/stats?min_sequence=1", headers=headers))
    await publish(feed.changes)
    answer = (await asking).json()
    assert (answer["as_of_sequence"], answer["total"], answer["stale"]) == (1, 1, False)


async def test_one_bad_event_stops_no_other_and_is_kept(app, publish, feed, new_feed, reached, nats) -> None:
    other = new_feed()
    for each in (feed, other):
        each.create()
        each.create()
    broken = feed.changes[0] | {"todo": feed.changes[0]["todo"] | {"completed": "perhaps"}}
    await publish([broken, *other.changes, feed.changes[1]])
    await reached(other)
    stream = (await nats.connect()).jetstream()
    letter = await wait_until(lambda: _letter(stream))
    assert letter.subject == "dlq.v1.stats.todo.created.v1"
    assert "is no bool" in letter.headers["Todobus-Reason"]


async def test_events_of_unknown_types_count_in_the_sequence_and_are_skipped(
    app, publish, feed, reached, projection_of, plain_replay, nats
) -> None:
    feed.create()
    for event_type in ("project.created.v1", "todo.archived.v1", "todo.created.v2"):
        feed.other(event_type)
        feed.create()
    await publish(feed.changes)
    await reached(feed)
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)
    assert await _letter((await nats.connect()).jetstream()) is None


async def test_no_damaged_event_stops_the_reader_or_changes_a_figure(
    app, feed, event_of, change_log, reached, projection_of, plain_replay, nats
) -> None:
    feed.create(tags=["home"])
    found = damages(event_of(feed.changes[0]))
    for _ in found:
        feed.create(tags=["home"], priority="high", due_at="2026-12-01T15:30:00Z")
    change_log.add(feed)
    damaged = [damage.of(event_of(change)) for damage, change in zip(found, feed.changes, strict=False)]
    stream = (await nats.connect()).jetstream()
    for raw in [*damaged, orjson.dumps(event_of(feed.changes[-1]))]:
        await stream.publish(topology.todo_event(feed.user_id, "created"), raw)
    await reached(feed)
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)
    assert (await app.state.readiness.state())[0]
    refused = sum(_is_refused(raw) for raw in damaged)
    assert refused > 200

    async def all_stored() -> bool:
        return (await stream.stream_info(topology.DEAD_LETTERS)).state.messages == refused

    await wait_until(all_stored)


async def test_what_the_database_refuses_is_a_dead_letter_and_a_gap(
    app, publish, feed, new_feed, change_log, reached, pool, nats
) -> None:
    """A tag that no index takes: readable, and not one that the todo service would write."""
    other = new_feed()
    for each in (feed, other):
        each.create()
        each.create(tags=[secrets.token_hex(5000)] if each is feed else [])
        each.create()
    change_log.add(feed, other)
    await publish([*feed.changes, *other.changes])
    await reached(other)
    letter = await wait_until(lambda: _letter_of(nats), 30)
    assert "ProgramLimitExceededError" in letter.headers["Todobus-Reason"]

    async def healed() -> bool:
        query = "select seen::text from progress where user_id = $1"
        return await pool.fetchval(query, feed.user_id) == "{[1,2),[3,4)}"

    await wait_until(healed)


async def _letter_of(nats):
    return await _letter((await nats.connect()).jetstream())


def _is_refused(raw: bytes) -> bool:
    try:
        event = read(raw)
        feed_fact(event.feed_id, event.data)
    except (UnreadableEventError, UnreadableChangeError):
        return True
    return False


async def _letter(stream):
    found = await stream.stream_info(topology.DEAD_LETTERS)
    return await stream.get_msg(topology.DEAD_LETTERS, 1) if found.state.messages else None


async def test_events_that_come_while_the_service_is_away_are_not_missed(publish, feed, app_again, reached) -> None:
    feed.create()
    async with app_again():
        await publish(feed.changes)
        await reached(feed)
    feed.create()
    await publish(feed.changes[1:])
    async with app_again():
        await reached(feed)
