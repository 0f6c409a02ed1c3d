"""What the bus loses comes back from the change log."""

import asyncio
import random

from service_testing.waiting import wait_until


async def test_a_gap_is_filled(app, publish, feed, change_log, reached, projection_of, plain_replay, source) -> None:
    feed.live_for_a_while(source, 40)
    change_log.add(feed)
    await publish([feed.changes[0], *feed.changes[20:]])
    await reached(feed)
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)


async def test_a_gap_of_events_of_unknown_types_is_filled(
    app, publish, feed, change_log, reached, projection_of, plain_replay
) -> None:
    for event_type in ("project.created.v1", "todo.archived.v1"):
        feed.create()
        feed.other(event_type)
    change_log.add(feed)
    await publish([feed.changes[0], feed.changes[-2]])
    await reached(feed)
    assert await projection_of(feed.user_id) == plain_replay(feed.changes)


async def test_a_lost_last_event_is_found_by_comparing_heads(app, publish, feed, new_feed, change_log, reached) -> None:
    unheard_of = new_feed()
    for each in (feed, unheard_of):
        each.create()
        each.create()
    await publish(feed.changes[:1])
    change_log.add(feed, unheard_of)
    assert await app.state.projector.healer.compare() == 2
    await reached(feed)
    await reached(unheard_of)
    assert await app.state.projector.healer.compare() == 0


async def test_heads_are_compared_when_the_bus_is_back(app, feed, change_log, reached, nats) -> None:
    nats.kill()
    await wait_until(lambda: not app.state.projector.bus.connected)
    feed.create()
    change_log.add(feed)
    await nats.start()
    await reached(feed)


async def test_who_asks_for_a_lost_change_gets_it(client, feed, change_log, issuer) -> None:
    feed.create()
    change_log.add(feed)
    answer = await client.get("/api/stats?min_sequence=1", headers=issuer.headers(feed.user_id))
    assert (answer.json()["total"], answer.json()["stale"]) == (1, False)


async def test_a_change_that_cannot_be_read_leaves_its_gap_and_the_rest_goes_on(
    app, publish, feed, change_log, pool, client, issuer
) -> None:
    for _ in range(20):
        feed.create()
    change_log.add(feed)
    feed.changes[4] = feed.changes[4] | {"todo": feed.changes[4]["todo"] | {"tags": None}}
    await publish(feed.changes[-1:])
    await wait_until(lambda: _seen(pool, feed, "{[1,5),[6,21)}"))
    answer = (await client.get("/api/stats", headers=issuer.headers(feed.user_id))).json()
    assert (answer["total"], answer["as_of_sequence"], answer["stale"]) == (19, 4, True)


async def _seen(pool, feed, expected) -> bool:
    return await pool.fetchval("select seen::text from progress where user_id = $1", feed.user_id) == expected


async def test_a_bus_that_loses_repeats_and_reorders_under_two_instances(
    app_again, publish, new_feed, change_log, reached, projection_of, plain_replay, source
) -> None:
    feeds = [new_feed() for _ in range(5)]
    for feed in feeds:
        feed.live_for_a_while(source, 60)
    change_log.add(*feeds)
    changes = [change for feed in feeds for change in feed.changes]
    arriving = [change for change in changes if source.random() < 0.8]
    arriving += source.sample(changes, 60)
    random.Random(1).shuffle(arriving)
    async with app_again() as one, app_again():
        await asyncio.gather(*(publish(arriving[start::4]) for start in range(4)))
        await one.state.projector.healer.compare()
        for feed in feeds:
            await reached(feed)
    for feed in feeds:
        assert await projection_of(feed.user_id) == plain_replay(feed.changes)
