import asyncio

import pytest

from service_testing.waiting import wait_until
from todobus_events.bus import Bus
from todobus_events.tasks import Supervisor, Timing


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


@pytest.mark.parametrize("as_a_task", [False, True], ids=["before it begins to", "while it does"])
async def test_it_may_stop_before_it_has_connected(as_a_task):
    bus = Bus("nats://127.0.0.1:1", user="u", password="p", name="test")
    await bus.start()
    async with asyncio.timeout(5):
        await (asyncio.create_task(bus.stop()) if as_a_task else bus.stop())

    assert not bus.connected


async def test_subscribing_later_is_refused(nats):
    bus = Bus(nats.url, user="gateway", password=nats.passwords["gateway"], name="test")
    await bus.start()
    await wait_until(lambda: bus.connected)
    with pytest.raises(RuntimeError):
        bus.subscribe("stats.updated.v1.*", print)
    await bus.stop()


class Hopeless(Supervisor):
    """Keeps what failed and what was given up."""

    def __init__(self):
        super().__init__(Timing(first_pause=0.001, longest_pause=0.001, failures=3))
        self.failures, self.given_up = [], []

    def failed(self, name, error):
        self.failures.append((name, repr(error)))

    def give_up(self, task):
        self.given_up.append(task.name)


async def test_a_connection_that_is_closed_for_good_is_given_up(nats):
    supervisor = Hopeless()
    bus = Bus(nats.url, user="gateway", password=nats.passwords["gateway"], name="test", supervisor=supervisor)
    await bus.start()
    await wait_until(lambda: bus.connected)
    await bus.client.close()
    await wait_until(lambda: supervisor.given_up)
    await bus.stop()
    assert supervisor.failures[0] == ("bus", "ConnectionError('NATS has closed the connection for good')")


async def test_a_callback_that_breaks_keeps_no_other_from_running_at_each_connection(nats):
    supervisor, called = Hopeless(), []
    bus = Bus(nats.url, user="gateway", password=nats.passwords["gateway"], name="test", supervisor=supervisor)

    async def broken():
        raise LookupError("a defect")

    async def other():
        called.append(bus.connected)

    bus.on_connect(broken)
    bus.on_connect(other)
    await bus.start()
    await wait_until(lambda: called)
    nats.kill()
    await nats.start()
    await wait_until(lambda: len(called) == 2)
    await bus.stop()
    assert supervisor.failures == [("bus", "LookupError('a defect')")] * 2
