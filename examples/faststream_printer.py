"""Prints the events of todos, with FastStream and its own durable consumer: `python examples/faststream_printer.py`.

For handlers that accept duplicates and any order; `busy_hours.py` gets each event once and in order.
"""

import asyncio
import logging
import os

from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker
from faststream.security import SASLPlaintext
from nats.js.api import DeliverPolicy

from todobus_events.models import Envelope, TodoEvent

user, password = os.environ["TODOBUS_NATS_USER"], os.environ["TODOBUS_NATS_PASSWORD"]
broker = NatsBroker(
    os.environ["TODOBUS_NATS_URL"].split(","),
    security=SASLPlaintext(user, password),
    inbox_prefix=f"_INBOX_{user}",  # the only inbox this user may read
    max_reconnect_attempts=-1,  # the default stops after two minutes
    logger=logging.getLogger("printer"),
    log_level=logging.DEBUG,  # the level of a line for each event; errors are logged as errors
)


@broker.subscriber(
    "todos.events.v1.>",
    stream=JStream("TODOS", declare=False),  # provisioning creates the streams
    durable="printer",
    deliver_policy=DeliverPolicy.NEW,
    pull_sub=True,  # one at a time: a larger batch waits until it is full, or 5 s
    inbox_prefix=f"_INBOX_{user}.".encode(),
    ack_policy=AckPolicy.NACK_ON_ERROR,  # the default discards an event whose handler fails
)
async def on_event(body: bytes) -> None:
    if not Envelope.model_validate_json(body).type.startswith("todo."):
        return  # projects, filters, and what is yet to come
    event = TodoEvent.model_validate_json(body)
    print(event.userid, event.sequence, event.type, event.data.todo.title, flush=True)


if __name__ == "__main__":
    asyncio.run(FastStream(broker).run())
