"""Counts in which hour (UTC) each user completes todos, in a table of its own: `python examples/busy_hours.py`.

It logs in with TODOBUS_NATS_URL, TODOBUS_NATS_USER (subscriber) and TODOBUS_NATS_PASSWORD. Count and checkpoint are one
transaction: whatever is killed when, each completion counts once.
"""

import asyncio
import os
import sqlite3
import sys

from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import OrderedConsumer, SqliteCheckpoint

TABLE = "create table if not exists busy_hours (user text, hour int, completed int, primary key (user, hour))"
COUNT = "insert into busy_hours values (?, ?, 1) on conflict do update set completed = completed + 1"


async def on_event(event: Event, transaction: sqlite3.Connection) -> None:
    if event.type == "todo.completed.v1":
        transaction.execute(COUNT, (event.user_id, int(event.time[11:13])))


async def main(file: str = "busy_hours.db") -> None:
    with sqlite3.connect(file) as database:
        database.execute(TABLE)
    login = {"user": os.environ["TODOBUS_NATS_USER"], "password": os.environ["TODOBUS_NATS_PASSWORD"]}
    bus = Bus(os.environ["TODOBUS_NATS_URL"], **login, name="busy-hours")
    await bus.start()
    await OrderedConsumer(bus, "busy-hours", on_event, SqliteCheckpoint(file)).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
