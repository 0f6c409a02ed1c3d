"""Faults of PostgreSQL while fifty users write: rows and tables held by somebody else's transaction, sessions that end.

Requests fail with 503 or 504 meanwhile; afterwards all parts agree. Each fault happens RUNS times to one crowd.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from . import crowd as people
from .crowd import Crowd
from .faults import RUNS, UNAVAILABLE, Fault, passed, repeat

HOLD_SECONDS = 60.0
EXCLUSIVE_SECONDS = 20.0
OTHERS_SECONDS = 20.0  # in which a write of each user has to succeed who is not concerned
LOOP_SECONDS = 10.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120 + 150 * RUNS)]


@asynccontextmanager
async def transaction(crowd: Crowd, service: str, statement: str, *arguments: object) -> AsyncIterator[None]:
    """A transaction that has run the statement and is left open."""
    connection = await asyncpg.connect(people.database(crowd.system, service))
    try:
        async with connection.transaction():
            await connection.fetch(statement, *arguments)
            yield
    finally:
        await connection.close()


async def hold_a_feed(crowd: Crowd, _run: int) -> None:
    """One user cannot write; all others can."""
    held, *others = crowd.members
    row = "select from feeds where user_id = $1 for update"
    async with transaction(crowd, "todos", row, held.owner.id):
        waiting = asyncio.create_task(crowd.create(held))
        acknowledged = sum(len(member.acknowledged) for member in others)
        async with asyncio.timeout(OTHERS_SECONDS):
            await asyncio.gather(*(crowd.create(member) for member in others))
        assert sum(len(member.acknowledged) for member in others) >= acknowledged + len(others)
        await passed(HOLD_SECONDS)
    await waiting


async def lock(table: str, mode: str, seconds: float, service: str, crowd: Crowd, _run: int) -> None:
    async with transaction(crowd, service, f"lock table {table} in {mode} mode"):
        await passed(seconds)


async def end_sessions_in_a_loop(crowd: Crowd, _run: int) -> None:
    """The sessions of each service in turn, without a pause, also those that were just made."""
    end = asyncio.get_running_loop().time() + LOOP_SECONDS
    connections = {}
    for service in ("auth", "todos", "stats"):
        connections[service] = await asyncpg.connect(people.database(crowd.system, service))
    while asyncio.get_running_loop().time() < end:
        for connection in connections.values():
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = current_user and pid <> pg_backend_pid()"
            )
    for connection in connections.values():
        await connection.close()


FAULTS: dict[str, Fault] = {
    "hold-a-feed": hold_a_feed,
    "hold-the-outbox": partial(lock, "outbox", "exclusive", HOLD_SECONDS, "todos"),
    "exclusive-changes": partial(lock, "changes", "access exclusive", EXCLUSIVE_SECONDS, "todos"),
    "exclusive-progress": partial(lock, "progress", "access exclusive", EXCLUSIVE_SECONDS, "stats"),
    "exclusive-sessions": partial(lock, "sessions", "access exclusive", EXCLUSIVE_SECONDS, "auth"),
    "end-sessions-in-a-loop": end_sessions_in_a_loop,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_all_parts_agree_afterwards(folder: Path, fault: str) -> None:
    await repeat(folder, fault, FAULTS[fault], UNAVAILABLE)
