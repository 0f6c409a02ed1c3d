"""Faults of the bus and of the relay while fifty users write: afterwards a subscriber has every event once, in order.

Some run once in the suite; `make chaos` runs each twenty times (RUNS changes that). The control is the stream itself:
where a fault loses or repeats events, the stream must show it.
"""

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from service_common.drain import ERRORS
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.publishing import Message, publish_one

from .crowd import copy_folder

RUNS = int(os.environ.get("RUNS", "20"))
Fault = Callable[[Any], Awaitable[None]]


async def kill_the_server(world: Any) -> None:
    world.nats.kill()
    await world.nats.start()


async def freeze_the_server(world: Any) -> None:
    """Freeze NATS until the relay gives up waiting for an acknowledgement; NATS has stored the events."""
    server = world.nats.runner.child
    server.send_signal(signal.SIGSTOP)
    before = failed_tries()
    await wait_until(lambda: failed_tries() > before, 30)
    server.send_signal(signal.SIGCONT)


def failed_tries() -> float:
    return sum(
        sample.value for metric in ERRORS.collect() for sample in metric.samples if sample.name.endswith("_total")
    )


async def lose_the_store(world: Any) -> None:
    world.nats.kill()
    world.nats.wipe()
    await world.nats.start()


async def go_back_to_an_old_store(world: Any) -> None:
    """Replace the store of NATS by an older copy, as restoring a backup does."""
    store = world.nats.server.folder / "jetstream"
    world.nats.kill()
    await copy_folder(store, store.with_name("old"))
    await world.nats.start()
    await world.publisher.published()
    world.nats.kill()
    world.nats.wipe()
    await copy_folder(store.with_name("old"), store)
    await world.nats.start()


async def purge_the_stream(world: Any) -> None:
    await (await world.nats.connect()).jetstream().purge_stream(topology.TODOS)


async def delete_the_consumer(world: Any) -> None:
    await (await world.nats.connect()).jetstream().delete_consumer(topology.TODOS, "follower")


async def end_every_session(world: Any) -> None:
    """End all sessions of PostgreSQL, as a restart does."""
    admin = await asyncpg.connect(world.publisher.url)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'todos-relay' and datname = current_database()"
    )
    await admin.close()


async def publish_everything_again(world: Any) -> None:
    """Publish stored events again under new ids, so that no duplicate window finds them."""
    client = await world.nats.connect()
    stream = client.jetstream()
    last = (await stream.stream_info(topology.TODOS)).state.last_seq
    for number in range(1, last + 1):
        raw = await stream.get_msg(topology.TODOS, number)
        await publish_one(client, Message(str(uuid.uuid4()), raw.subject or "", raw.data or b"", {}))


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        kill_the_server,
        freeze_the_server,
        lose_the_store,
        go_back_to_an_old_store,
        purge_the_stream,
        delete_the_consumer,
        end_every_session,
        publish_everything_again,
    )
}
HURTING = {"lose_the_store", "go_back_to_an_old_store", "purge_the_stream", "publish_everything_again"}
IN_THE_SUITE = {"lose_the_store", "delete_the_consumer", "frozen"}
ENDS = ("freeze", "die")
WINDOW_SECONDS = 0.1  # the shortest that NATS takes


def runs(name: str) -> Iterator[Any]:
    for number in range(RUNS):
        short = number == 0 and name in IN_THE_SUITE
        yield pytest.param(name, id=f"{name}-{number + 1}", marks=() if short else pytest.mark.chaos)


class TestFaults:
    @pytest.mark.parametrize("fault", [run for name in FAULTS for run in runs(name)])
    async def test_a_subscriber_has_every_event_once_and_in_order(self, world: Any, fault: str, tmp_path: Path) -> None:
        async with world.publisher.relaying(), world.following(tmp_path / "positions.db"):
            writing = asyncio.create_task(world.write())
            await world.halfway.wait()
            await FAULTS[fault](world)
            await writing
            await world.complete()
            await world.publisher.published()
        assert (sorted(await world.publisher.stored()) != world.truth) == (fault in HURTING)


class TestRelays:
    @pytest.mark.parametrize("_run", list(runs("frozen")))
    async def test_a_frozen_leader_that_wakes_up_after_another_has_led_does_no_harm(
        self, world: Any, _run: str, tmp_path: Path
    ) -> None:
        async with world.following(tmp_path / "positions.db"), world.foreign_relay() as frozen:
            writing = asyncio.create_task(world.write())
            await world.halfway.wait()
            frozen.send_signal(signal.SIGSTOP)
            async with world.publisher.relaying() as heir:
                await wait_until(lambda: heir.leading, 30)
                frozen.send_signal(signal.SIGCONT)
                await writing
                await world.publisher.published()
                await world.complete()
        assert sorted(await world.publisher.stored()) == world.truth

    @pytest.mark.parametrize("_run", list(runs("killed")))
    async def test_a_leader_that_is_killed_is_followed(self, world: Any, _run: str, tmp_path: Path) -> None:
        async with world.following(tmp_path / "positions.db"), world.foreign_relay() as killed:
            writing = asyncio.create_task(world.write())
            await world.halfway.wait()
            killed.kill()
            async with world.publisher.relaying():
                await writing
                await world.complete()

    @pytest.mark.parametrize("end", [run for name in ENDS for run in runs(name)])
    async def test_a_leader_that_ends_between_publish_and_delete(self, world: Any, end: str, tmp_path: Path) -> None:
        stored = await published_twice(world, tmp_path / "positions.db", end)
        assert stored == world.truth, "the stream holds each event once"

    @pytest.mark.chaos
    @pytest.mark.parametrize("end", [pytest.param(end, id=f"{end}-{run + 1}") for end in ENDS for run in range(RUNS)])
    async def test_outside_of_the_window_the_stream_holds_some_twice_and_no_reader_sees_it(
        self, world: Any, end: str, tmp_path: Path
    ) -> None:
        await shrink_the_window(world)
        stored = await published_twice(world, tmp_path / "positions.db", end, pause=10 * WINDOW_SECONDS)
        assert sorted(set(stored)) == world.truth
        assert len(stored) > len(world.truth)

    @pytest.mark.chaos
    @pytest.mark.parametrize("end", ENDS)
    async def test_control_without_ids_the_stream_holds_some_twice(self, world: Any, end: str, tmp_path: Path) -> None:
        stored = await published_twice(world, tmp_path / "positions.db", end, "new-ids")
        assert stored != world.truth


def _is_frozen(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    return False


async def published_twice(world: Any, positions: Path, *orders: str, pause: float = 0.0) -> list[tuple[str, int]]:
    """The events in the stream after a leader ended between publishing and deleting, and another relay took over.

    Between the two no relay leads for `pause` seconds. A subscriber has had every event once and in order.
    """
    async with world.following(positions), world.foreign_relay(*orders) as ended:
        writing = asyncio.create_task(world.write())
        await wait_until(lambda: ended.returncode is not None or _is_frozen(ended.pid), 30)
        end = time.monotonic() + pause
        await wait_until(lambda: time.monotonic() >= end)
        async with world.publisher.relaying() as heir:
            await wait_until(lambda: heir.leading, 30)
            with suppress(ProcessLookupError):
                ended.send_signal(signal.SIGCONT)
            await writing
            await world.publisher.published()
            await world.complete()
    return sorted(await world.publisher.stored())


async def shrink_the_window(world: Any) -> None:
    manager = (await world.nats.connect()).jetstream()
    config = (await manager.stream_info(topology.TODOS)).config
    await manager.update_stream(config.evolve(duplicate_window=WINDOW_SECONDS))
