"""A transaction that stays open for hours: PostgreSQL keeps every row that it may still see, also deleted outbox rows.

The relay must not read through them again and again. SNAPSHOT_ROWS pass while the transaction is open.
"""

import os
import time
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from service_testing.waiting import wait_until
from todobus_events import topology

ROWS = int(os.environ.get("SNAPSHOT_ROWS", "100000"))
STEP = 10_000
DEADLINE = 300.0
SLOWEST = 0.5  # of the speed without the open transaction

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

# As many changes as are asked for, all of one feed, each with its row in the outbox.
WRITE = """
with numbers as (select number, uuidv7() as id from generate_series($2::bigint + 1, $2 + $3) as number),
log as (
    insert into changes (user_id, sequence, type, todo_id, data, occurred_at)
    select $1, number, 'todo.updated.v1', id, '{}', now() from numbers
)
insert into outbox (user_id, sequence) select $1, number from numbers order by number
"""


async def rate(world: Any, user_id: str, first: int) -> float:
    """Rows per second that pass through the outbox."""
    client = await world.nats.connect()

    async def all_stored() -> bool:
        """Asked of the stream: to look into the outbox is what may be slow."""
        return (await client.jetstream().stream_info(topology.TODOS)).state.messages == first + STEP

    await world.publisher.pool.execute(WRITE, user_id, first, STEP)
    started = time.perf_counter()
    async with world.publisher.relaying():
        await wait_until(all_stored, DEADLINE)
    return STEP / (time.perf_counter() - started)


async def test_the_relay_is_as_fast_beside_an_old_snapshot(world: Any) -> None:
    user_id = str(uuid4())
    usual = await rate(world, user_id, 0)
    connection = await asyncpg.connect(world.publisher.url)
    async with connection.transaction(isolation="repeatable_read"):
        await connection.fetch("select from feeds")
        rates = [await rate(world, user_id, STEP * (number + 1)) for number in range(ROWS // STEP)]
    await connection.close()
    print(f"{usual:,.0f}/s without, then {', '.join(f'{found:,.0f}' for found in rates)}")  # noqa: T201
    assert min(rates) > SLOWEST * usual
