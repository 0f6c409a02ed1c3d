"""The subscriber's promise: one user's events in order, each once, none missing, whatever the bus does."""

import json
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from service_testing.damaged_events import damages
from service_testing.databases import Databases
from service_testing.event_examples import example
from service_testing.waiting import wait_until
from todobus_events import change_log, topology
from todobus_events.envelope import Event, UnreadableEventError, read
from todobus_events.publishing import Message, publish_one
from todobus_events.registry import EVENTS
from todobus_events.subscriber import OrderedConsumer, SqliteCheckpoint, dead_letters
from todobus_events.subscriber.postgres import PostgresCheckpoint

ADA, BOB = (str(uuid.uuid4()) for _ in range(2))


class Record:
    """A handler that writes down what it got, as a program's own table would."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.poison: tuple[str, int] | None = None
        self.replayed: list[Event] = []

    async def __call__(self, event: Event, _: Any) -> None:
        if (event.user_id, event.sequence) == self.poison:
            raise ValueError("cannot digest this")
        self.seen.append((event.user_id, event.sequence))
        if event.replayed:
            self.replayed.append(event)

    def of(self, user_id: str) -> list[int]:
        return [sequence for user, sequence in self.seen if user == user_id]


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def checkpoint(tmp_path: Path) -> Any:
    made = SqliteCheckpoint(tmp_path / "positions.db")
    yield made
    made.close()


@pytest.fixture
async def owner(publisher: Any, database: Databases) -> AsyncIterator[asyncpg.Pool]:
    """As the role that migrates the database of the change log."""
    async with asyncpg.create_pool(database.owner_url(publisher.url), min_size=1, max_size=1) as pool:
        yield pool


@asynccontextmanager
async def following(
    publisher: Any, record: Any, checkpoint: Any, name: str = "follower", **options: Any
) -> AsyncIterator[OrderedConsumer[Any]]:
    async with publisher.bus("subscriber") as bus:
        consumer = OrderedConsumer(bus, name, record, checkpoint, **options)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


def numbers(count: int) -> list[int]:
    return list(range(1, count + 1))


async def copies(publisher: Any) -> list[Message]:
    """The events of the stream, to be published again: outside of any window of duplicates."""
    stream = (await publisher.nats.connect()).jetstream()
    last = (await stream.stream_info(topology.TODOS)).state.last_seq
    found = [await stream.get_msg(topology.TODOS, number) for number in numbers(last)]
    return [Message(str(uuid.uuid4()), raw.subject, raw.data, {}) for raw in found]


class TestOrder:
    async def test_events_are_handled_once_and_in_order_also_live(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        await publisher.write(ADA, 20)
        async with publisher.relaying(), following(publisher, record, checkpoint):
            await wait_until(lambda: len(record.seen) >= 20)
            await publisher.write(ADA, 5)
            await publisher.write(BOB, 3)
            await wait_until(lambda: len(record.seen) >= 28)
        assert (record.of(ADA), record.of(BOB)) == (numbers(25), numbers(3))

    async def test_duplicates_and_disorder_on_the_bus_are_not_seen(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        for user in (ADA, BOB):
            await publisher.write(user, 15)
        async with publisher.relaying():
            await publisher.published()
        operator = await publisher.nats.connect()
        repeated = await copies(publisher)
        await operator.jetstream().purge_stream(topology.TODOS)
        shuffled = repeated + [message._replace(id=str(uuid.uuid4())) for message in repeated]
        random.Random(7).shuffle(shuffled)
        for message in shuffled:
            await publish_one(operator, message)
        async with following(publisher, record, checkpoint):
            await wait_until(lambda: len(record.seen) >= 30)
            await drained(operator, "follower")
        assert (record.of(ADA), record.of(BOB)) == (numbers(15), numbers(15))


async def drained(operator: Any, durable: str) -> None:
    async def done() -> bool:
        info = await operator.jetstream().consumer_info(topology.TODOS, durable)
        return not info.num_pending and not info.num_ack_pending

    await wait_until(done)


class TestLoss:
    async def test_a_purged_stream_is_filled_from_the_change_log(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        await publisher.write(ADA, 700)
        async with publisher.relaying():
            await publisher.published()
            await (await publisher.nats.connect()).jetstream().purge_stream(topology.TODOS)
            await publisher.write(ADA, 1)
            async with following(publisher, record, checkpoint, compare_seconds=3600):
                await wait_until(lambda: len(record.seen) >= 701, 30)
        assert record.of(ADA) == numbers(701)

    async def test_a_lost_last_event_is_found(self, publisher: Any, record: Record, checkpoint: Any) -> None:
        async with following(publisher, record, checkpoint, compare_seconds=0.2):
            await publisher.write(ADA, 3)
            await publisher.pool.execute("delete from outbox")
            await wait_until(lambda: len(record.seen) >= 3)
        assert record.of(ADA) == numbers(3)

    async def test_a_gap_is_never_stepped_over(
        self, publisher: Any, record: Record, checkpoint: Any, owner: asyncpg.Pool
    ) -> None:
        await publisher.write(ADA, 3)
        await publisher.pool.execute("delete from outbox where sequence = 2")
        async with publisher.relaying():
            await publisher.published()
        await owner.execute("alter table changes rename to changes_away")
        async with following(publisher, record, checkpoint, "patient", compare_seconds=3600):
            await wait_until(lambda: failures("patient") >= 3)
            assert 3 not in record.of(ADA)
            await owner.execute("alter table changes_away rename to changes")
            await wait_until(lambda: len(record.seen) >= 3)
        assert record.of(ADA) == numbers(3)


def failures(durable: str) -> float:
    labels = {"stream": topology.TODOS, "consumer": durable, "kind": "transient"}
    return REGISTRY.get_sample_value("consumer_failures_total", labels) or 0


class TestStarting:
    async def test_it_goes_on_where_it_stopped(self, publisher: Any, record: Record, checkpoint: Any) -> None:
        async with publisher.relaying():
            await publisher.write(ADA, 5)
            async with following(publisher, record, checkpoint):
                await wait_until(lambda: len(record.seen) >= 5)
            await publisher.write(ADA, 5)
            async with following(publisher, record, checkpoint):
                await wait_until(lambda: len(record.seen) >= 10)
        assert record.of(ADA) == numbers(10)

    async def test_a_new_one_may_begin_with_what_comes_now(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        async with publisher.relaying():
            await publisher.write(ADA, 5)
            await publisher.published()
            async with following(publisher, record, checkpoint, start_at="new", compare_seconds=0.2):
                operator = await publisher.nats.connect()
                await wait_until(lambda: exists(operator, "follower"))
                await publisher.write(ADA, 2)
                await wait_until(lambda: len(record.seen) >= 2)
        assert record.of(ADA) == [6, 7]

    async def test_everything_can_be_replayed(self, publisher: Any, record: Record, checkpoint: Any) -> None:
        async with publisher.relaying(), following(publisher, record, checkpoint) as consumer:
            await publisher.write(ADA, 5)
            await wait_until(lambda: len(record.seen) >= 5)
            await consumer.replay()
        assert record.of(ADA) == numbers(5) * 2


async def exists(operator: Any, durable: str) -> bool:
    return durable in {info.name for info in await operator.jetstream().consumers_info(topology.TODOS)}


class TestPoison:
    async def test_a_refused_event_is_set_aside_and_the_user_goes_on(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        record.poison = (ADA, 3)
        await publisher.write(ADA, 6)
        await publisher.write(BOB, 2)
        operator = await publisher.nats.connect()
        async with publisher.relaying(), following(publisher, record, checkpoint):
            await wait_until(lambda: 6 in record.of(ADA) and 2 in record.of(BOB))
            (letter,) = [letter async for letter in dead_letters.read(operator, "follower")]
            assert sorted(set(record.of(ADA))) == [1, 2, 4, 5, 6]
            record.poison = None
            await dead_letters.replay(operator, letter)
            await wait_until(lambda: record.replayed)
        assert record.replayed[0].sequence == 3
        assert record.of(BOB) == [1, 2]


class TestDamagedEvents:
    async def test_they_are_dead_letters_and_read_from_the_change_log(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        found = damages(example(EVENTS["todo.created.v1"]), depth=2)
        await publisher.write(ADA, len(found) + 1)
        await publisher.pool.execute("delete from outbox")
        operator = await publisher.nats.connect()
        events = [event async for event in change_log.events_of(operator, ADA, 0)]
        damaged = [damage.of(json.loads(event.raw)) for damage, event in zip(found, events, strict=False)]
        for raw in [*damaged, events[-1].raw]:
            await publish_one(operator, Message(str(uuid.uuid4()), topology.todo_event(ADA, "created"), raw, {}))
        async with following(publisher, record, checkpoint, compare_seconds=3600):
            await wait_until(lambda: len(record.seen) >= len(events), 30)
            assert record.of(ADA) == numbers(len(events))
            refused = sum(not _is_readable(raw) for raw in damaged)
            assert refused > 100
            await wait_until(lambda: stored_letters(operator, refused))

    async def test_a_sequence_that_the_change_log_does_not_have_is_a_dead_letter(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        await publisher.write(ADA)
        await publisher.pool.execute("delete from outbox")
        operator = await publisher.nats.connect()
        (event,) = [event async for event in change_log.events_of(operator, ADA, 0)]
        far = json.loads(event.raw) | {"sequence": 2**62}
        far["data"]["sequence"] = 2**62
        raw = json.dumps(far).encode()
        await publish_one(operator, Message("far", topology.todo_event(ADA, "created"), raw, {}))
        async with publisher.relaying(), following(publisher, record, checkpoint, compare_seconds=3600):
            letters = await wait_until(lambda: found(operator, "follower"))
            await publisher.write(ADA)
            await wait_until(lambda: record.of(ADA) == [1, 2])
        assert "the change log of the feed ends at 1" in letters[0].reason

    async def test_one_in_the_change_log_is_stepped_over(self, publisher: Any, record: Record, checkpoint: Any) -> None:
        await publisher.write(ADA, 3)
        await publisher.pool.execute("delete from outbox")
        damage = "update changes set data = jsonb_set(data::jsonb, '{sequence}', '-1') where sequence = 2"
        await publisher.pool.execute(damage)
        operator = await publisher.nats.connect()
        async with following(publisher, record, checkpoint, compare_seconds=0.2):
            await wait_until(lambda: record.of(ADA) == [1, 3])
            letters = await wait_until(lambda: found(operator, "follower"))
        assert [letter.type for letter in letters] == ["unreadable"]


def _is_readable(raw: bytes) -> bool:
    try:
        read(raw)
    except UnreadableEventError:
        return False
    return True


async def stored_letters(operator: Any, count: int) -> bool:
    state = (await operator.jetstream().stream_info(topology.DEAD_LETTERS)).state
    return state.messages == count


class TestUnknownTypes:
    async def test_they_count_and_are_no_gap(self, publisher: Any, record: Record, checkpoint: Any) -> None:
        await publisher.write(ADA)
        await publisher.write(ADA, event_type="project.created.v1")
        await publisher.write(ADA)
        async with publisher.relaying(), following(publisher, record, checkpoint, compare_seconds=3600):
            await wait_until(lambda: len(record.seen) >= 3)
        assert record.of(ADA) == numbers(3)

    async def test_their_dead_letters_go_where_they_came_from(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        """The first two from the bus, on a subject of more tokens; the third only from the change log."""
        record.poison = (ADA, 1)
        for _ in range(3):
            await publisher.write(ADA, event_type="project.note.added.v1")
        await publisher.pool.execute("delete from outbox")
        operator = await publisher.nats.connect()
        log = await change_log.page(operator, ADA, 0)
        subject = f"todos.events.v1.{ADA}.project.note.added"
        for event in log.events[:2]:
            await publish_one(operator, Message(event.id, subject, event.raw, {}))
        async with following(publisher, record, checkpoint, compare_seconds=0.3):
            await wait_until(lambda: record.of(ADA) == [2, 3])
            (letter,) = [letter async for letter in dead_letters.read(operator, "follower")]
            assert (letter.type, letter.subject) == ("project.note.added.v1", subject)
            record.poison = None
            await dead_letters.replay(operator, letter)
            await wait_until(lambda: record.replayed)
        assert record.replayed[0].sequence == 1

    async def test_one_from_the_change_log_gets_the_subject_of_its_type(
        self, publisher: Any, record: Record, checkpoint: Any
    ) -> None:
        record.poison = (ADA, 1)
        await publisher.write(ADA, event_type="project.created.v1")
        await publisher.pool.execute("delete from outbox")
        operator = await publisher.nats.connect()
        async with following(publisher, record, checkpoint, compare_seconds=0.2):
            letters = await wait_until(lambda: found(operator, "follower"))
        assert [letter.subject for letter in letters] == [f"todos.events.v1.{ADA}.project.created"]


async def found(operator: Any, consumer: str) -> list[dead_letters.DeadLetter]:
    return [letter async for letter in dead_letters.read(operator, consumer)]


class TestInTheTransaction:
    async def test_instances_that_share_a_database_handle_each_event_once(
        self, publisher: Any, owner: asyncpg.Pool
    ) -> None:
        await PostgresCheckpoint(owner, "tally").create()
        checkpoint = PostgresCheckpoint(publisher.pool, "tally")
        await owner.execute("create table tally (user_id text, sequence bigint)")

        async def tally(event: Event, connection: Any) -> None:
            await connection.execute("insert into tally values ($1, $2)", event.user_id, event.sequence)

        async def complete() -> bool:
            return await publisher.pool.fetchval("select count(*) >= 120 from tally")

        users = [str(uuid.uuid4()) for _ in range(4)]
        async with (
            publisher.relaying(),
            following(publisher, tally, checkpoint, "tally"),
            following(publisher, tally, checkpoint, "tally"),
        ):
            for _ in range(30):
                for user in users:
                    await publisher.write(user)
            await wait_until(complete, 30)
            await drained(await publisher.nats.connect(), "tally")
        rows = await publisher.pool.fetch("select * from tally order by user_id, sequence")
        assert [tuple(row) for row in rows] == [(user, number) for user in sorted(users) for number in numbers(30)]

    async def test_an_error_undoes_what_the_handler_wrote(
        self, publisher: Any, record: Record, checkpoint: SqliteCheckpoint
    ) -> None:
        failures = [ConnectionError("not now")]

        async def note(event: Event, database: Any) -> None:
            database.execute("create table if not exists notes (sequence)")
            database.execute("insert into notes values (?)", (event.sequence,))
            if event.sequence == 2 and failures:
                raise failures.pop()
            record.seen.append((event.user_id, event.sequence))

        await publisher.write(ADA, 3)
        async with publisher.relaying(), following(publisher, note, checkpoint):
            await wait_until(lambda: 3 in record.of(ADA))
        async with checkpoint.transaction(ADA) as (transaction, position):
            notes = [row[0] for row in transaction.execute("select sequence from notes")]
        assert (notes, position) == ([1, 2, 3], 3)
