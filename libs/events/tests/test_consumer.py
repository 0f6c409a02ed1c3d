import asyncio
import math
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nats.aio.client import Client

from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event, cloud_event
from todobus_events.observer import SILENT, Observer
from todobus_events.publishing import Message, publish_batch, publish_one
from todobus_events.subscriber import Consumer, dead_letters

USER = "019a9f3e-52d1-7c3a-9b0e-3d6f0c8f1a01"
NOW = "2026-11-22T21:20:00.123456Z"


def message(
    sequence: int, user: str = USER, data: bytes = b"{}", event_type: str = "todo.created.v1", time: str = NOW
) -> Message:
    event_id = str(uuid.uuid4())
    payload = cloud_event(
        event_id=event_id,
        source="/services/todos",
        event_type=event_type,
        subject=str(uuid.uuid4()),
        time=time,
        user_id=user,
        traceparent=None,
        data=data,
        sequence=sequence,
    )
    return Message(event_id, topology.feed_event(user, event_type), payload, {})


class Recorder:
    """A handler that keeps what it got, and fails as its attributes say."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.batches: list[int] = []
        self.error: Exception | None = None
        self.poison: int | None = None
        self.tries = 0

    async def __call__(self, events: Sequence[Event]) -> None:
        self.tries += 1
        if self.error:
            raise self.error
        if self.poison in [event.sequence for event in events]:
            raise ValueError("cannot digest this")
        self.events += events
        self.batches.append(len(events))

    @property
    def sequences(self) -> list[int]:
        return [event.sequence for event in self.events]


class Telemetry(Observer):
    """Keeps how many events wait; fails once if `error` is set."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.waiting: list[float] = []

    def handled(self, stream: str, durable: str, events: Sequence[Event], started: int) -> None:
        if self.error:
            error, self.error = self.error, None
            raise error

    def pending(self, stream: str, durable: str, count: float) -> None:
        self.waiting.append(count)


@asynccontextmanager
async def consuming(
    nats: NatsServer, handler: Any, observer: Observer = SILENT, **options: Any
) -> AsyncIterator[Consumer]:
    bus = Bus(nats.url, user="stats", password=nats.passwords["stats"], name="test", observer=observer)
    consumer = Consumer(bus, topology.TODOS, "stats", handler, **options)
    await consumer.start()
    await bus.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
        await bus.stop()


@pytest.fixture
async def operator(nats: NatsServer) -> Client:
    return await nats.connect()


async def unacknowledged(operator: Client) -> int:
    info = await operator.jetstream().consumer_info(topology.TODOS, "stats")
    return (info.num_ack_pending or 0) + (info.num_pending or 0)


async def all_acknowledged(operator: Client) -> None:
    async def done() -> bool:
        return await unacknowledged(operator) == 0

    await wait_until(done)


async def letters(operator: Client) -> list[dead_letters.DeadLetter]:
    return [letter async for letter in dead_letters.read(operator)]


class TestReading:
    async def test_events_come_in_order_in_batches_and_are_acknowledged(
        self, nats: NatsServer, operator: Client
    ) -> None:
        await publish_batch(operator, [message(number) for number in range(1, 301)])
        got = Recorder()
        async with consuming(nats, got, batch=100):
            await wait_until(lambda: len(got.events) == 300)
            await publish_one(operator, message(301))
            await wait_until(lambda: len(got.events) == 301)
            await all_acknowledged(operator)
        assert got.sequences == list(range(1, 302))
        assert max(got.batches) == 100

    async def test_an_idle_consumer_gets_an_event_at_once(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        loop = asyncio.get_running_loop()
        async with consuming(nats, got):
            await publish_one(operator, message(1))
            await wait_until(lambda: got.events)
            began = loop.time()
            await publish_one(operator, message(2))
            await wait_until(lambda: len(got.events) == 2)
        assert loop.time() - began < 1

    async def test_what_was_not_handled_when_it_stopped_comes_to_the_next_at_once(
        self, nats: NatsServer, operator: Client
    ) -> None:
        await publish_batch(operator, [message(number) for number in range(1, 51)])
        entered, released, first, second = asyncio.Event(), asyncio.Event(), Recorder(), Recorder()

        async def slow(events: Sequence[Event]) -> None:
            entered.set()
            await released.wait()
            await first(events)

        async with consuming(nats, slow, batch=10) as consumer:
            await entered.wait()
            stopping = asyncio.create_task(consumer.stop())
            released.set()
            await stopping
        async with consuming(nats, second):
            await wait_until(lambda: len(second.events) + len(first.events) >= 50)
        assert sorted(first.sequences + second.sequences) == list(range(1, 51))


class TestFaults:
    async def test_a_database_that_is_away_costs_no_event(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        got.error = ConnectionRefusedError("no database")
        await publish_batch(operator, [message(number) for number in range(1, 11)])
        async with consuming(nats, got):
            await wait_until(lambda: got.tries >= 3)
            got.error = None
            await wait_until(lambda: len(got.events) == 10)
            await all_acknowledged(operator)
        assert got.sequences == list(range(1, 11))
        assert await letters(operator) == []

    async def test_a_poison_event_becomes_a_dead_letter_and_the_others_are_handled(
        self, nats: NatsServer, operator: Client
    ) -> None:
        got = Recorder()
        got.poison = 7
        poison = message(7)
        others = [message(number) for number in range(1, 21) if number != 7]
        await publish_batch(operator, [*others[:6], poison, *others[6:]])
        async with consuming(nats, got):
            await wait_until(lambda: len(got.events) == 19)
            await all_acknowledged(operator)
        (letter,) = await letters(operator)
        assert got.sequences == [number for number in range(1, 21) if number != 7]
        assert (letter.consumer, letter.type, letter.subject) == ("stats", "todo.created.v1", poison.subject)
        assert letter.payload == poison.payload
        assert "cannot digest this" in letter.reason

    async def test_a_type_it_does_not_know_is_an_event_like_any_other(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        got.poison = 2
        unknown = [message(number, event_type="project.created.v1") for number in (1, 2)]
        await publish_batch(operator, [*unknown, message(3)])
        async with consuming(nats, got):
            await wait_until(lambda: len(got.events) == 2)
            await all_acknowledged(operator)
        (letter,) = await letters(operator)
        assert got.events[0].address == f"todos.events.v1.{USER}.project.created"
        assert (letter.type, letter.subject) == ("project.created.v1", unknown[1].subject)

    async def test_bytes_that_are_no_event_become_a_dead_letter(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        for number, payload in enumerate((b"", b"[]", b'{"specversion": "1.0"}', b"\xff")):
            await publish_one(operator, Message(str(number), topology.todo_event(USER, "created"), payload, {}))
        await publish_one(operator, message(1))
        async with consuming(nats, got):
            await wait_until(lambda: got.events)
            await all_acknowledged(operator)
        assert [letter.type for letter in await letters(operator)] == ["unreadable"] * 4

    async def test_a_deleted_durable_is_made_again(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        async with consuming(nats, got):
            await publish_one(operator, message(1))
            await wait_until(lambda: got.events)
            await operator.jetstream().delete_consumer(topology.TODOS, "stats")
            await publish_one(operator, message(2))
            await wait_until(lambda: 2 in got.sequences)

    async def test_it_outlives_a_server_that_is_killed(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        async with consuming(nats, got):
            await publish_one(operator, message(1))
            await wait_until(lambda: got.events)
            nats.kill()
            await nats.start()
            await publish_one(await nats.connect(), message(2))
            await wait_until(lambda: 2 in got.sequences)

    async def test_it_outlives_a_store_that_is_lost(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        async with consuming(nats, got):
            await publish_one(operator, message(1))
            await wait_until(lambda: got.events)
            nats.kill()
            nats.wipe()
            await nats.start()
            await nats.provision()
            await publish_one(await nats.connect(), message(2))
            await wait_until(lambda: 2 in got.sequences)

    async def test_it_may_start_before_the_server(self, nats: NatsServer) -> None:
        got = Recorder()
        nats.stop()
        async with consuming(nats, got):
            await nats.start()
            await publish_one(await nats.connect(), message(1))
            await wait_until(lambda: got.events)


class TestSupervision:
    async def test_a_reader_that_fails_is_started_again(self, nats: NatsServer, operator: Client) -> None:
        got, telemetry = Recorder(), Telemetry()
        telemetry.error = TypeError("a defect outside of the handler")
        async with consuming(nats, got, telemetry):
            await publish_one(operator, message(1))
            await wait_until(lambda: telemetry.error is None)
            await publish_one(operator, message(2))
            await wait_until(lambda: got.sequences == [1, 2])
            await all_acknowledged(operator)

    async def test_how_many_events_wait_is_what_the_server_says(self, nats: NatsServer, operator: Client) -> None:
        released, telemetry = asyncio.Event(), Telemetry()

        async def slow(_: Sequence[Event]) -> None:
            await released.wait()

        async with consuming(nats, slow, telemetry, batch=1, pending_seconds=0.02):
            await publish_batch(operator, [message(number) for number in range(1, 31)])
            await wait_until(lambda: telemetry.waiting[-1] == 30)
            released.set()
            await wait_until(lambda: telemetry.waiting[-1] == 0)
            nats.kill()
            await wait_until(lambda: math.isnan(telemetry.waiting[-1]))


class TestReplay:
    async def test_a_letter_goes_back_to_its_consumer_alone(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        got.poison = 1
        await publish_one(operator, message(1))
        async with consuming(nats, got):
            await wait_until(lambda: got.tries == 3)
            await all_acknowledged(operator)
            (letter,) = await letters(operator)
            got.poison = None
            await dead_letters.replay(operator, letter)
            await wait_until(lambda: got.events)
        assert got.events[0].replayed
        assert await letters(operator) == []

    @pytest.mark.parametrize(
        ("subject", "consumer", "event_type", "says"),
        [
            ("$KV.revocations.all", "stats", "todo.created.v1", "no subject of events"),
            ("todos.events.v1.>", "stats", "todo.created.v1", "no subject of events"),
            (topology.todo_event("0" * 8 + USER[8:], "created"), "stats", "todo.created.v1", "belongs on"),
            (topology.todo_event(USER, "purged"), "stats", "todo.created.v1", "belongs on"),
            (topology.user_event(USER, "deleted"), "stats", "todo.created.v1", "belongs on"),
            (topology.todo_event(USER, "created"), "stats", "todo.purged.v1", "belongs on"),
            (topology.todo_event(USER, "created"), "unknown", "todo.created.v1", "does not read TODOS"),
        ],
    )
    async def test_a_letter_that_does_not_fit_stays_where_it_is(
        self, operator: Client, subject: str, consumer: str, event_type: str, says: str
    ) -> None:
        """Whoever may write dead letters chooses what stands in one."""
        headers = {dead_letters.SUBJECT: subject, dead_letters.REASON: "forged"}
        forged = Message("1", topology.dead_letter(consumer, event_type), message(1).payload, headers)
        await publish_one(operator, forged)
        with pytest.raises(dead_letters.MisfitError, match=says):
            await dead_letters.replay(operator, (await letters(operator))[0])
        assert len(await letters(operator)) == 1
        assert (await operator.jetstream().stream_info(topology.TODOS)).state.messages == 0

    async def test_a_letter_of_another_consumer_is_skipped(self, nats: NatsServer, operator: Client) -> None:
        got = Recorder()
        foreign = message(1)._replace(headers={topology.REPLAY_FOR: "somebody"})
        await publish_batch(operator, [foreign, message(2)])
        async with consuming(nats, got):
            await wait_until(lambda: got.events)
            await all_acknowledged(operator)
        assert got.sequences == [2]
