import asyncio

import pytest

from service_testing.waiting import wait_until
from todobus_events.bus import Bus


async def test_a_subscription_made_before_the_connection_is_kept_when_the_server_comes_again(nats):
    heard = []

    async def hear(message):
        heard.append(message.data)

    bus = Bus(f" {nats.url}, {nats.url}", user="gateway", password=nats.passwords["gateway"], name="test")
    bus.subscribe("stats.updated.v1.*", hear)
    await bus.start()
    await wait_until(lambda: bus.connected)
    await bus.client.flush()
    await (await nats.connect("stats")).publish("stats.updated.v1.x", b"1")
    await wait_until(lambda: heard == [b"1"])
    nats.kill()
    await wait_until(lambda: not bus.connected)
    await nats.start()
    await wait_until(lambda: bus.connected)
    await bus.client.flush()
    await (await nats.connect("stats")).publish("stats.updated.v1.x", b"2")
    await wait_until(lambda: len(heard) > 1)
    await bus.stop()

    assert heard == [b"1", b"2"]


async def test_it_may_stop_before_it_has_connected():
    bus = Bus("nats://127.0.0.1:1", user="u", password="p", name="test")
    await bus.start()
    await asyncio.wait_for(bus.stop(), 5)

    assert not bus.connected


async def test_subscribing_later_is_refused(nats):
    bus = Bus(nats.url, user="gateway", password=nats.passwords["gateway"], name="test")
    await bus.start()
    await wait_until(lambda: bus.connected)
    with pytest.raises(RuntimeError):
        bus.subscribe("stats.updated.v1.*", print)
    await bus.stop()
