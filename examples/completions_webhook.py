"""Posts every completed todo to a webhook: `python examples/completions_webhook.py https://example.org/hook`.

It logs in with TODOBUS_NATS_URL, TODOBUS_NATS_USER (subscriber) and TODOBUS_NATS_PASSWORD. Each completion is posted
in its user's order, also after a restart, a crash, or an outage of the webhook; it is posted again only if its answer
was lost.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from urllib.request import Request, urlopen

from todobus_events.bus import Bus
from todobus_events.envelope import CONTENT_TYPE, Event
from todobus_events.subscriber import OrderedConsumer, SqliteCheckpoint


def post(webhook: str, body: bytes) -> None:
    urlopen(Request(webhook, body, {"content-type": CONTENT_TYPE}), timeout=10).close()  # noqa: S310


async def main(webhook: str, positions: str = "completions.db") -> None:
    async def on_event(event: Event, _: sqlite3.Connection) -> None:
        if event.type == "todo.completed.v1":
            await asyncio.to_thread(post, webhook, event.raw)  # an OSError, such as no connection, is tried again

    bus = Bus(
        os.environ["TODOBUS_NATS_URL"],
        user=os.environ["TODOBUS_NATS_USER"],
        password=os.environ["TODOBUS_NATS_PASSWORD"],
        name="completions-webhook",
    )
    consumer = OrderedConsumer(bus, "completions-webhook", on_event, SqliteCheckpoint(positions), start_at="new")
    await bus.start()
    await consumer.start()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await stopping.wait()
    await consumer.stop()  # finishes the event that is being posted
    await bus.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
