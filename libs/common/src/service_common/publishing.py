"""Publishing that is known to have been stored: one message with its acknowledgement, many as one atomic batch.

The client library has no atomic batches (a server of 2.12 or later has them): the messages of one share an id in
their headers, and the last one's acknowledgement is that of all. The server stages a batch and writes it with one
fsync, so with `sync_interval: always` it is about twenty times as fast as message by message.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from nats.aio.client import Client

from service_common.tracing import PRODUCER, TRACER

MAX_BATCH = 1000  # the server's limit
DUPLICATE_IN_BATCH = 10201  # one duplicate refuses the whole batch
PERMANENT = frozenset({10054, 10097})  # the message or its headers are larger than the stream takes


class Message(NamedTuple):
    """`id` goes into `Nats-Msg-Id`: within the stream's window, the server stores an id once."""

    id: str
    subject: str
    payload: bytes
    headers: Mapping[str, str]


class Refused(Exception):
    """The server answered that it did not store the message (or any of the batch)."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error.get('description')} ({error.get('err_code')})")
        self.code = int(error.get("err_code", 0))
        self.permanent = self.code in PERMANENT


async def publish_one(client: Client, message: Message, seconds: float = 5) -> bool:
    """Whether it is new: false when the stream had it already. What was not acknowledged may still be stored."""
    headers, started = {"Nats-Msg-Id": message.id, **message.headers}, time.time_ns()
    answer = await client.request(message.subject, message.payload, timeout=seconds, headers=headers)
    _trace([message], started)
    return not _acknowledged(answer.data).get("duplicate", False)


async def publish_batch(client: Client, messages: Sequence[Message], seconds: float = 5) -> None:
    """Store all messages (at most MAX_BATCH) in this order, or none."""
    batch, started = secrets.token_hex(11), time.time_ns()
    for number, message in enumerate(messages[:-1], start=1):
        await client.publish(message.subject, message.payload, headers=_batch_headers(message, batch, number))
    last = messages[-1]
    headers = _batch_headers(last, batch, len(messages)) | {"Nats-Batch-Commit": "1"}
    answer = await client.request(last.subject, last.payload, timeout=seconds, headers=headers)
    _acknowledged(answer.data)
    _trace(messages, started)


def _trace(messages: Sequence[Message], started: int) -> None:
    if TRACER.enabled:
        for message in messages:
            if TRACER.samples(parent := message.headers.get("traceparent", "")):
                attributes = {"messaging.system": "nats", "messaging.destination.name": message.subject}
                TRACER.record_child("publish", PRODUCER, parent, started, attributes)


def _batch_headers(message: Message, batch: str, number: int) -> dict[str, str]:
    return {
        "Nats-Msg-Id": message.id,
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(number),
        **message.headers,
    }


def _acknowledged(data: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(data)
    if error := answer.get("error"):
        raise Refused(error)
    return answer
