"""Prints what happens to todos, with FastStream and a durable of its own: `python examples/faststream_printer.py`.

For handlers to which neither order nor a duplicate matters; `completions_webhook.py` shows how to have both right.
"""

import asyncio

from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.security import SASLPlaintext
from nats.js.api import DeliverPolicy

from service_common.settings import BusSettings
from todobus_events.envelope import read

settings = BusSettings.load()
broker = NatsBroker(
    settings.nats_servers,
    security=SASLPlaintext(settings.nats_user, settings.nats_password),
    inbox_prefix=f"_INBOX_{settings.nats_user}",  # the only inbox this user may read
    max_reconnect_attempts=-1,  # the default gives up after two minutes, for good
    logger=None,
)


@broker.subscriber(
    "todos.events.v1.>",
    stream=JStream("TODOS", declare=False),  # streams are made by provisioning, never by a reader
    durable="printer",
    deliver_policy=DeliverPolicy.NEW,
    pull_sub=PullSub(batch_size=10),
    inbox_prefix=f"_INBOX_{settings.nats_user}.".encode(),
    ack_policy=AckPolicy.NACK_ON_ERROR,  # the default throws an event away when its handler fails
)
async def on_event(body: bytes) -> None:
    event = read(body)
    print(event.user_id, event.sequence, event.type, event.data["todo"]["title"], flush=True)


if __name__ == "__main__":
    asyncio.run(FastStream(broker).run())
