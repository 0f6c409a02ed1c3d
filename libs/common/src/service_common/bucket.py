"""Follows a JetStream key-value bucket: what is stored in it, then each change.

The watcher of nats-py has the server push all that is stored as fast as it can. Half a million entries are more than
its queue holds: it drops some, starts again, and never gets to the end. Here the process asks for a batch at a time.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import NamedTuple

import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy

BATCH = 500
SECONDS = 10.0


class Entry(NamedTuple):
    """`number` is its place in the bucket's stream."""

    key: str
    value: bytes
    number: int


async def follow(client: Client, bucket: str) -> AsyncGenerator[Entry | None, None]:
    """The entries that are stored, oldest first, then None, then each new one; deletions are left out.

    Raises nats.errors.Error and nats.js.errors.Error, also where there is no such bucket. Close it to end the consumer.
    """
    after = 0
    async with aclosing(_stored(client, bucket)) as stored:
        async for entry in stored:
            after = entry.number
            yield entry
    async with _consumer(client, bucket, after) as subscription:
        is_current = (await subscription.consumer_info()).num_pending == subscription.delivered == 0
        if is_current:
            yield None
        while True:
            message = await subscription.next_msg(None)
            if not _is_deletion(message):
                key = message.subject.removeprefix(f"$KV.{bucket}.")
                yield Entry(key, message.data, message.metadata.sequence.stream)
            if not is_current and message.metadata.num_pending == 0:
                is_current = True
                yield None


async def _stored(client: Client, bucket: str) -> AsyncGenerator[Entry, None]:
    """By the server's batched direct reads, which need no consumer."""
    prefix, inbox = f"$KV.{bucket}.", client.new_inbox()
    answers: asyncio.Queue[Msg] = asyncio.Queue()
    subscription = await client.subscribe(inbox, cb=answers.put)
    try:
        number, pending = 0, 1
        while pending:
            question = orjson.dumps({"seq": number + 1, "batch": BATCH})
            await client.publish(f"$JS.API.DIRECT.GET.KV_{bucket}", question, reply=inbox)
            while "Status" not in (headers := (message := await _next(answers)).headers or {}):
                number = int(headers["Nats-Sequence"])
                if not _is_deletion(message):
                    yield Entry(headers["Nats-Subject"].removeprefix(prefix), message.data, number)
            pending = _pending(message)
    finally:
        await _unsubscribe(client, subscription)


async def _next(answers: asyncio.Queue[Msg]) -> Msg:
    if answers.empty():
        async with asyncio.timeout(SECONDS):
            return await answers.get()
    return answers.get_nowait()


def _pending(end: Msg) -> int:
    """How many entries follow the batch that ended. Raises NoRespondersError without a bucket, and Error."""
    headers = end.headers or {}
    status = headers.get("Status")
    if status == "503":
        raise nats.errors.NoRespondersError
    if status not in {"204", "404"}:
        raise nats.errors.Error(f"cannot read the bucket: {status}")
    return int(headers.get("Nats-Num-Pending", 0))


@asynccontextmanager
async def _consumer(client: Client, bucket: str, after: int) -> AsyncIterator[JetStreamContext.PushSubscription]:
    """With heartbeats, and made again by the client when a message is missing."""
    config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=after + 1)
    stream, subject = f"KV_{bucket}", f"$KV.{bucket}.>"
    subscription = await client.jetstream().subscribe(subject, stream=stream, config=config, ordered_consumer=True)
    try:
        yield subscription
    finally:
        await _unsubscribe(client, subscription)


async def _unsubscribe(client: Client, subscription: Subscription) -> None:
    if client.is_connected:
        with suppress(nats.errors.Error):
            await subscription.unsubscribe()


def _is_deletion(message: Msg) -> bool:
    headers = message.headers or {}
    return "KV-Operation" in headers or "Nats-Marker-Reason" in headers
