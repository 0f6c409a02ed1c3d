"""FastStream on the process's connection: how it starts and stops, and what a requester reads when something fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import orjson
import pytest
from faststream.nats import JStream, NatsRouter, PullSub
from nats.errors import NoRespondersError
from pydantic import BaseModel

from service_common.broker import Broker, reads
from service_common.bus import create_bus
from service_common.settings import BusSettings
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus

SUBJECT = "test.double"
Running = Callable[[NatsRouter], AbstractAsyncContextManager[tuple[Bus, Broker]]]


class Number(BaseModel):
    value: int


@pytest.fixture
def running(nats: NatsServer) -> Running:
    @asynccontextmanager
    async def run(router: NatsRouter) -> AsyncIterator[tuple[Bus, Broker]]:
        settings = BusSettings(nats_url=nats.url, nats_user="operator", nats_password=nats.passwords["operator"])
        bus = create_bus(settings, "test")
        broker = Broker(bus, router, unavailable="not now")
        await bus.start()
        await broker.start()
        try:
            await wait_until(lambda: broker.running)
            yield bus, broker
        finally:
            await broker.stop()
            await bus.stop()

    return run


def doubling(*errors: Exception) -> NatsRouter:
    """A router whose handler raises each of the errors once, then answers."""
    router, left = NatsRouter(), list(errors)

    @router.subscriber(SUBJECT, "test", decoder=reads(Number))
    async def double(number: Number) -> Number:
        if left:
            raise left.pop(0)
        return Number(value=2 * number.value)

    return router


async def ask(bus: Bus, body: bytes) -> Any:
    return orjson.loads((await bus.client.request(SUBJECT, body, timeout=5)).data)


class TestReplies:
    async def test_a_request_is_answered(self, running: Running) -> None:
        async with running(doubling()) as (bus, _):
            assert await ask(bus, b'{"value": 2}') == {"value": 4}

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (b"{}", "('value',): Field required"),
            (b"x", "(): Invalid JSON: expected value at line 1 column 1"),
            (b"[]", "(): Input should be an object"),
        ],
    )
    async def test_an_invalid_request_gets_the_reason(self, running: Running, body: bytes, detail: str) -> None:
        async with running(doubling()) as (bus, _):
            assert await ask(bus, body) == {"error": {"code": "invalid_request", "detail": detail}}

    async def test_a_request_that_fails_for_an_outage_gets_an_answer(self, running: Running) -> None:
        async with running(doubling(ConnectionRefusedError())) as (bus, _):
            assert await ask(bus, b'{"value": 2}') == {"error": {"code": "unavailable", "detail": "not now"}}

    async def test_a_defect_of_the_handler_ends_its_own_request_only(self, running: Running) -> None:
        async with running(doubling(ZeroDivisionError())) as (bus, _):
            with pytest.raises(TimeoutError):
                await bus.client.request(SUBJECT, b'{"value": 2}', timeout=0.2)
            assert await ask(bus, b'{"value": 2}') == {"value": 4}


class TestStop:
    async def test_it_ends_the_subscriptions_and_leaves_the_connection_open(self, running: Running) -> None:
        async with running(doubling()) as (bus, broker):
            await ask(bus, b'{"value": 2}')
            await broker.stop()
            assert bus.connected
            with pytest.raises(NoRespondersError):
                await ask(bus, b'{"value": 2}')

    async def test_it_finishes_the_request_that_is_being_handled(self, running: Running) -> None:
        router, handling, may_answer = NatsRouter(), asyncio.Event(), asyncio.Event()

        @router.subscriber(SUBJECT)
        async def answer() -> str:
            handling.set()
            await may_answer.wait()
            return "done"

        async with running(router) as (bus, broker):
            asked = asyncio.create_task(bus.client.request(SUBJECT, b"", timeout=5))
            await handling.wait()
            stopped = asyncio.create_task(broker.stop())
            may_answer.set()
            await stopped
            assert (await asked).data == b"done"


class TestStreams:
    async def test_an_event_that_its_handler_refuses_comes_again(self, nats: NatsServer, running: Running) -> None:
        router, got = NatsRouter(), asyncio.Event()
        errors: list[Exception] = [ConnectionRefusedError()]

        @router.subscriber(
            f"{topology.USER_EVENTS}.>",
            stream=JStream(topology.USERS, declare=False),
            durable="test",
            pull_sub=PullSub(timeout=0.2),
            inbox_prefix=b"_INBOX_operator.",
        )
        async def hear(_: dict[str, Any]) -> None:
            if errors:
                raise errors.pop()
            got.set()

        stream = (await nats.connect()).jetstream()
        async with running(router):
            await stream.publish(topology.user_event("anyone", "updated"), b"{}")
            await asyncio.wait_for(got.wait(), 10)
        assert errors == []

    async def test_a_declared_stream_is_left_as_provisioning_made_it(self, nats: NatsServer, running: Running) -> None:
        router, got = NatsRouter(), asyncio.Event()

        @router.subscriber(
            f"{topology.USER_EVENTS}.>",
            stream=JStream(topology.USERS, subjects=["other.>"]),
            durable="test",
            pull_sub=PullSub(timeout=0.2),
            inbox_prefix=b"_INBOX_operator.",
        )
        async def hear(_: dict[str, Any]) -> None:
            got.set()

        stream = (await nats.connect()).jetstream()
        before = (await stream.stream_info(topology.USERS)).config
        async with running(router):
            await stream.publish(topology.user_event("anyone", "updated"), b"{}")
            await asyncio.wait_for(got.wait(), 10)
        assert (await stream.stream_info(topology.USERS)).config == before
