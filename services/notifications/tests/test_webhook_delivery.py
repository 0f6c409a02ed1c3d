"""What receivers get: every event that is wanted, in the user's order, signed, and again until it is taken."""

import asyncio
import uuid
from contextlib import AsyncExitStack

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from service_testing.event_examples import example
from service_testing.feeds import as_event
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.registry import EVENTS


@pytest.fixture
def subscribe(client):
    async def make(receiver, **given):
        answer = await client.post("/api/webhooks", json={"url": receiver.url, **given})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def retry_now(app):
    """What waits for its next attempt is due."""

    async def due():
        await app.state.pool.execute("update webhooks set next_attempt_at = now()")

    return due


async def test_every_change_in_order_signed_and_with_its_id(subscribe, publish, feed, receiver):
    hook = await subscribe(receiver)
    todo = feed.create(title="Äpfel")
    feed.complete(todo)
    feed.other("project.created.v1")
    feed.delete(todo)
    await publish(feed.changes)
    await wait_until(lambda: len(receiver.requests) == 4)
    assert receiver.sequences == [1, 2, 3, 4]
    assert receiver.at_once == 1
    for request, change in zip(receiver.requests, feed.changes, strict=True):
        assert Webhook(hook["secret"]).verify(request.body, request.headers) == as_event(change)
        assert request.headers["webhook-id"] == as_event(change)["id"]


async def test_what_is_not_wanted_is_passed_over(client, subscribe, publish, feed, receiver):
    project = str(uuid.uuid4())
    hook = await subscribe(receiver, types=["todo.completed.v1"], project_id=project)
    inside, outside = feed.create(project_id=project), feed.create()
    feed.complete(inside)
    feed.complete(outside)
    await publish(feed.changes)

    async def passed():
        return (await client.get(f"/api/webhooks/{hook['id']}")).json()["position"] == 4

    await wait_until(passed)
    assert receiver.sequences == [3]


async def test_a_failed_event_comes_again_before_later_ones(
    client, subscribe, publish, retry_now, feed, receiver, answering, http_answer
):
    receiver.answer = answering(http_answer(500, b"sorry"), http_answer(200))
    hook = await subscribe(receiver)
    feed.create()
    feed.create()
    await publish(feed.changes)

    async def failed():
        return (await client.get(f"/api/webhooks/{hook['id']}")).json()["failures"] == 1

    await wait_until(failed)
    assert receiver.sequences == [1]
    state = (await client.get(f"/api/webhooks/{hook['id']}")).json()
    assert state["next_attempt_at"] > state["failing_since"]
    await retry_now()
    await wait_until(lambda: receiver.sequences == [1, 1, 2])
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[0] == ids[1] != ids[2]

    async def log():
        found = (await client.get(f"/api/webhooks/{hook['id']}/deliveries")).json()
        return found if len(found) == 3 else None

    logged = await wait_until(log)
    assert [(one["sequence"], one["status"]) for one in reversed(logged)] == [(1, 500), (1, 200), (2, 200)]
    assert logged[-1]["response"] == "sorry"


@pytest.mark.parametrize(("code", "days", "reason"), [(410, 0, "gone"), (500, 3, "failing")])
async def test_a_receiver_that_is_gone_or_fails_for_three_days_is_disabled(
    app, client, subscribe, publish, feed, receiver, answering, http_answer, code, days, reason
):
    receiver.answer = answering(http_answer(code))
    hook = await subscribe(receiver)
    since = "update webhooks set failing_since = now() - make_interval(days => $1), failures = 1 where $1 > 0"
    await app.state.pool.execute(since, days)
    feed.create()
    await publish(feed.changes)

    async def disabled():
        return (await client.get(f"/api/webhooks/{hook['id']}")).json()["disabled_reason"] == reason

    await wait_until(disabled)
    receiver.answer = answering(http_answer(200))
    await client.patch(f"/api/webhooks/{hook['id']}", json={"enabled": True})
    await wait_until(lambda: receiver.sequences == [1, 1])  # nothing was dropped meanwhile


async def test_a_replay_has_the_same_ids(client, subscribe, publish, feed, receiver):
    hook = await subscribe(receiver)
    for _ in range(3):
        feed.create()
    await publish(feed.changes)
    await wait_until(lambda: receiver.sequences == [1, 2, 3])
    await client.post(f"/api/webhooks/{hook['id']}/replay", json={"from_sequence": 2})
    await wait_until(lambda: receiver.sequences == [1, 2, 3, 2, 3])
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids[1:3] == ids[3:]


async def test_an_event_that_the_bus_has_lost_is_delivered(run, subscribe, publish, feed, receiver):
    await subscribe(receiver)
    feed.create()
    feed.create()
    await publish(feed.changes[1:])
    await wait_until(lambda: receiver.sequences == [1, 2])
    feed.create()
    async with run():  # compares the heads when it connects
        await wait_until(lambda: receiver.sequences == [1, 2, 3])


async def test_an_instance_goes_on_where_another_was_broken_off(run, change_log, issuer, publish, feed, receiver):
    hanging = asyncio.Event()

    async def hang(*_):
        await hanging.wait()

    async with run() as first:
        receiver.answer = hang
        headers = issuer.headers(feed.user_id)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(first), base_url="http://x", headers=headers) as one:
            await one.post("/api/webhooks", json={"url": receiver.url})
        feed.create()
        await publish(feed.changes)
        await wait_until(lambda: receiver.requests)
        await first.state.pool.execute("update webhooks set claimed_until = now() - interval '1 second'")
        hanging.set()
        receiver.answer = type(receiver)().answer
        async with run():
            feed.create()
            await publish(feed.changes[1:])
            await wait_until(lambda: receiver.sequences[-1:] == [2])
    assert receiver.sequences in ([1, 2], [1, 1, 2])


async def test_several_instances_deliver_each_event_in_order(run, subscribe, publish, feed, receiver):
    await subscribe(receiver)
    async with run(), run():
        for _ in range(30):
            feed.create()
        await publish(feed.changes)
        await wait_until(lambda: len(receiver.requests) >= 30)
    assert receiver.sequences == list(range(1, 31))
    assert receiver.at_once == 1


async def test_a_deleted_user_is_erased(app, nats, subscribe, feed, receiver):
    await subscribe(receiver)
    auth = await nats.connect("auth")
    event = example(EVENTS["user.deleted.v1"]) | {"userid": str(feed.user_id)}
    await auth.jetstream().publish(topology.user_event(feed.user_id, "deleted"), orjson.dumps(event))

    async def erased():
        left = "select (select count(*) from webhooks) + (select count(*) from deliveries)"
        return await app.state.pool.fetchval(left) == 0

    await wait_until(erased)


async def test_receivers_that_misbehave_hold_up_no_others(app, client_of, change_log, publish, new_feed, receivers):
    """A crowd of those, of several users each with several; the good ones of everybody are served meanwhile."""
    hanging = asyncio.Event()

    async def hang(*_):
        await hanging.wait()

    async def close(_, writer):
        writer.close()

    feeds = [new_feed() for _ in range(8)]
    change_log.add(*feeds)
    async with AsyncExitStack() as stack:
        good, bad = [], []
        for feed in feeds:
            client = await stack.enter_async_context(client_of(feed.user_id))
            mine = [await stack.enter_async_context(receivers()) for _ in range(8)]
            for receiver, answer in zip(mine[1:], [hang, hang, hang, close, close, hang, hang], strict=True):
                receiver.answer = answer
            for receiver in mine[1:] + mine[:1]:
                assert (await client.post("/api/webhooks", json={"url": receiver.url})).status_code == 201
            good.append(mine[0])
            bad += mine[1:]
        # They have failed before, as they have a second after the first event.
        await app.state.pool.execute(
            "update webhooks set failures = 1 where not url = any($1)", [one.url for one in good]
        )
        for feed in feeds:
            for _ in range(3):
                feed.create()
            await publish(feed.changes)
        await wait_until(lambda: all(one.sequences == [1, 2, 3] for one in good), 20)
        assert all(one.at_once <= 1 for one in bad)
        hanging.set()
