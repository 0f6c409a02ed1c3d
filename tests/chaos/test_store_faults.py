"""Faults of the files and limits of NATS while fifty users write: no request fails, and all parts agree afterwards.

Each fault happens RUNS times to one crowd, before stats and the gateway have received what the files lose.
"""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from service_testing.waiting import wait_until
from todobus_events import topology

from . import crowd as people
from .crowd import Crowd
from .faults import RUNS, Fault, passed, repeat, restart_with, suffer

FULL_SECONDS = 60.0
SOON = 10.0  # seconds in which all parts would agree

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120 + 150 * RUNS)]


def newest_block(store: Path) -> Path:
    return max(store.glob(f"**/streams/{topology.TODOS}/msgs/*.blk"), key=lambda block: int(block.stem))


def flip_a_bit(store: Path) -> None:
    block = newest_block(store)
    content = bytearray(block.read_bytes())
    content[len(content) // 2] ^= 1
    block.write_bytes(content)


def truncate_a_block(store: Path) -> None:
    block = newest_block(store)
    with block.open("r+b") as opened:
        opened.truncate(block.stat().st_size // 2)


def lose_the_index(store: Path) -> None:
    for index in store.glob(f"**/streams/{topology.TODOS}/msgs/index.db"):
        index.unlink()


def lose_the_consumers_state(store: Path) -> None:
    for state in store.glob(f"**/streams/{topology.TODOS}/obs/*/o.dat"):
        state.unlink()


async def damage(change: Any, crowd: Crowd, _run: int) -> None:
    await restart_with(crowd, change)


async def fill_the_stream(crowd: Crowd, _run: int) -> None:
    """It takes no more events for a minute: they wait in the outbox."""
    connection = await asyncpg.connect(people.database(crowd.system, "todos"))

    async def waiting() -> bool:
        return bool(await connection.fetchval("select count(*) > 1 from outbox"))

    async with people.bus(crowd.system) as client:
        manager = client.jetstream()
        stream = await manager.stream_info(topology.TODOS)
        await manager.update_stream(stream.config.evolve(max_bytes=stream.state.bytes))
        try:
            await asyncio.gather(*(crowd.create(member) for member in crowd.members))
            await wait_until(waiting, SOON)
            await passed(FULL_SECONDS)
            assert await waiting()
        finally:
            await manager.update_stream(stream.config)
    await connection.close()


FAULTS: dict[str, Fault] = {
    "flip-a-bit": partial(damage, flip_a_bit),
    "truncate-a-block": partial(damage, truncate_a_block),
    "lose-the-index": partial(damage, lose_the_index),
    "lose-the-consumers-state": partial(damage, lose_the_consumers_state),
    "fill-the-stream": fill_the_stream,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_all_parts_agree_afterwards(folder: Path, fault: str) -> None:
    await repeat(folder, fault, FAULTS[fault], ())


@pytest.mark.parametrize("fault", ["flip-a-bit", "truncate-a-block"])
async def test_control_without_healing_some_is_not_counted(folder: Path, fault: str) -> None:
    async with people.broken_system(folder, "without-healing") as system, people.gathered(system) as crowd:
        await suffer(crowd, FAULTS[fault], 0)
        with pytest.raises(AssertionError):
            await crowd.agree(SOON)
