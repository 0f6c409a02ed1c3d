"""The projection on the whole system: events/s applied, taken from the bus by one process, and rebuilt.

`python -m benchmarks.stats`: it starts a system of its own on a throwaway folder, all parts sharing the machine.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import nats

from service_testing.system import System
from stats_service.domain import fact
from stats_service.projection import apply
from todobus_events import topology
from todobus_events.envelope import cloud_event
from todobus_events.publishing import Message, publish_batch

BATCH = 1000
START = datetime(2026, 1, 1, tzinfo=UTC)


class Access:
    """Connections to the parts of a running system."""

    def __init__(self, folder: Path) -> None:
        self.secrets = json.loads((folder / "credentials.json").read_text())
        self.ports = json.loads((folder / "ports.json").read_text())

    def database(self, service: str) -> str:
        return (
            f"postgresql://{service}:{self.secrets['databases'][service]}@127.0.0.1:{self.ports['postgres']}/{service}"
        )

    def environment(self, service: str) -> dict[str, str]:
        return {
            "TODOBUS_DATABASE_URL": self.database(service),
            "TODOBUS_NATS_URL": f"nats://127.0.0.1:{self.ports['nats']}",
            "TODOBUS_NATS_USER": service,
            "TODOBUS_NATS_PASSWORD": self.secrets["bus"][service],
        }

    async def bus(self, user: str) -> Any:
        login = {"user": user, "password": self.secrets["bus"][user], "inbox_prefix": f"_INBOX_{user}"}
        return await nats.connect(f"nats://127.0.0.1:{self.ports['nats']}", **login)


def stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def history(user_id: str, changes: int) -> Iterator[dict[str, Any]]:
    """A user who creates and completes todos in turn."""
    todo: dict[str, Any] = {}
    for sequence in range(1, changes + 1):
        now = stamp(START + timedelta(minutes=37 * sequence))
        if sequence % 2:
            identity, tags = str(uuid.uuid4()), ["home", "work"][: sequence % 3]
            todo = {"id": identity, "user_id": user_id, "title": "A todo of the usual length", "description": ""}
            todo |= {"completed": False, "priority": "none", "tags": tags, "completed_at": None, "created_at": now}
            todo |= {"due_date": None, "due_time": None, "due_time_zone": None, "due_at": None, "deleted_at": None}
            verb, changed = "created", {}
        else:
            verb, changed = "completed", {"completed": True, "completed_at": now}
        todo = todo | changed | {"updated_at": now, "version": sequence}
        yield {
            "sequence": sequence,
            "type": f"todo.{verb}.v1",
            "todo": todo,
            "changed": list(changed),
            "previous": {},
            "occurred_at": now,
        }


def interleaved(users: int, each: int) -> list[dict[str, Any]]:
    """Changes of all users, in the order in which they reach the bus when all users write at once."""
    histories = [history(str(uuid.uuid4()), each) for _ in range(users)]
    return [change for changes in zip(*histories, strict=True) for change in changes]


async def applied_in_process(access: Access, changes: list[dict[str, Any]]) -> float:
    """Parsing and applying alone: events/s of one worker."""
    connection = await asyncpg.connect(access.database("stats"))
    raw = [json.dumps(change) for change in changes]
    started = time.perf_counter()
    for first in range(0, len(raw), BATCH):
        facts = [fact(json.loads(change)) for change in raw[first : first + BATCH]]
        async with connection.transaction():
            await apply.apply(connection, facts)
    seconds = time.perf_counter() - started
    await connection.close()
    return len(changes) / seconds


def message(change: dict[str, Any]) -> Message:
    identity, user = str(uuid.uuid4()), change["todo"]["user_id"]
    payload = cloud_event(
        event_id=identity,
        source="/services/todos",
        event_type=change["type"],
        subject=change["todo"]["id"],
        time=change["occurred_at"],
        user_id=user,
        traceparent=None,
        data=json.dumps(change),
        sequence=change["sequence"],
    )
    return Message(identity, topology.todo_event(user, change["type"].split(".")[1]), payload, {})


async def drained_from_the_bus(system: System, access: Access, changes: list[dict[str, Any]]) -> float:
    """A backlog, as after an outage: from the moment the stats service reads again to the last commit: events/s."""
    bus, pool = await access.bus("todos"), await asyncpg.create_pool(access.database("stats"), min_size=1)
    users = list({uuid.UUID(change["todo"]["user_id"]) for change in changes})
    messages = [message(change) for change in changes]
    query = "select sum(as_of_sequence) from progress where user_id = any($1)"
    with system.frozen("stats"):
        for first in range(0, len(messages), BATCH):
            await publish_batch(bus, messages[first : first + BATCH])
    started = time.perf_counter()
    while await pool.fetchval(query, users) != len(changes):  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - started
    await pool.close()
    await bus.close()
    return len(changes) / seconds


async def log(access: Access, changes: list[dict[str, Any]]) -> None:
    """Insert the changes into the change log of the todo service."""
    connection = await asyncpg.connect(access.database("todos"))
    rows = [
        (
            change["todo"]["user_id"],
            change["sequence"],
            change["type"],
            change["todo"]["id"],
            json.dumps(change),
            datetime.fromisoformat(change["occurred_at"]),
        )
        for change in changes
    ]
    columns = ("user_id", "sequence", "type", "todo_id", "data", "occurred_at")
    await connection.copy_records_to_table("changes", records=rows, columns=columns)
    await connection.execute("""
        insert into feeds select user_id, max(sequence) from changes group by 1
        on conflict (user_id) do update set sequence = excluded.sequence
    """)
    await connection.execute("analyze changes")
    await connection.close()


def rebuilt(access: Access, changes: int) -> float:
    """`python -m stats_service rebuild` over the log: events/s by its own clock, then verified."""
    command = [sys.executable, "-m", "stats_service"]
    environment = os.environ | access.environment("stats")
    done = subprocess.run([*command, "rebuild"], env=environment, capture_output=True, text=True, check=True)
    subprocess.run([*command, "verify"], env=environment, capture_output=True, check=True)
    assert f"{changes:,} changes" in done.stderr, done.stderr
    return float(done.stderr.rstrip().rpartition(" ")[2].removesuffix("/s").replace(",", ""))


async def run(users: int, each: int) -> None:
    with tempfile.TemporaryDirectory(prefix="todobus-bench-") as folder:
        Path(folder).chmod(0o711)  # noqa: ASYNC240 - nothing runs yet
        system = System(Path(folder) / "data", "--no-web", "--no-rate-limits")
        await system.start()
        try:
            await measure(system, users, each)
        finally:
            system.stop()


async def measure(system: System, users: int, each: int) -> None:
    access = Access(system.data_dir)
    rate = await applied_in_process(access, interleaved(users, each))
    print(f"applied by one worker                 {rate:9,.0f} events/s")
    rate = await drained_from_the_bus(system, access, interleaved(users, each))
    print(f"backlog taken from the bus            {rate:9,.0f} events/s")
    changes = interleaved(users, each)
    await log(access, changes)
    connection = await asyncpg.connect(access.database("stats"))
    for table in ("progress", "projected_todos", "activity", "breakdown"):
        await connection.execute(f"delete from {table}")  # noqa: S608 - names from the line above
    await connection.close()
    print(f"rebuilt from the change log           {rebuilt(access, len(changes)):9,.0f} events/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--changes", type=int, default=100, help="of each user")
    options = parser.parse_args()
    asyncio.run(run(options.users, options.changes))


if __name__ == "__main__":
    main()
