"""Publishing that is known to have been stored: one message with its acknowledgement, many as one atomic batch.

The client library has no atomic batches (a server of 2.12 or later has them): the messages of one share an id in
their headers, and the last one's acknowledgement is that of all. The server stages a batch and writes it with one
fsync, so with `sync_interval: always` it is about twenty times as fast as message by message.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from nats.aio.client import Client
from nats.errors import ConnectionReconnectingError, MaxPayloadError
from pydantic_core import from_json

from todobus_events.observer import SILENT, Observer

MAX_BATCH = 1000  # the server's limit
CHUNK = 100  # messages in a write
DUPLICATE_IN_BATCH = 10201  # one duplicate refuses the whole batch
PERMANENT = frozenset({10054, 10097})  # the message or its headers are larger than the stream takes


class Message(NamedTuple):
    """`id` goes into `Nats-Msg-Id`: within the stream's window, the server stores an id once."""

    id: str
    subject: str
    payload: bytes
    headers: Mapping[str, str]


class Stored(NamedTuple):
    """`sequence` is the position in the stream, of a batch that of its last message.

    A duplicate was there before: within the stream's window the server has seen its id.
    """

    sequence: int
    is_duplicate: bool


class Refused(Exception):
    """The server answered that it did not store the message, or any of the batch.

    `code` is the server's `err_code`; `permanent` says that the message can never be stored.
    """

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error.get('description')} ({error.get('err_code')})")
        self.code = int(error.get("err_code", 0))
        self.permanent = self.code in PERMANENT


async def publish_one(client: Client, message: Message, seconds: float = 5, *, observer: Observer = SILENT) -> Stored:
    """Store the message.

    Raises Refused or MaxPayloadError when it is not stored; NoRespondersError when there is no such stream; and after
    `seconds` without an acknowledgement TimeoutError, when it may be stored or not.
    """
    headers, started = {"Nats-Msg-Id": message.id, **message.headers}, time.time_ns()
    answer = await client.request(message.subject, message.payload, timeout=seconds, headers=headers)
    stored = _acknowledged(answer.data)
    observer.published([message], started)
    return stored


async def publish_batch(
    client: Client, messages: Sequence[Message], seconds: float = 5, *, observer: Observer = SILENT
) -> Stored:
    """Store all messages (1 to MAX_BATCH) in this order, or none; raises as `publish_one` does.

    A message that the stream has already refuses the batch with DUPLICATE_IN_BATCH.
    """
    batch, started = secrets.token_hex(11), time.time_ns()
    for first in range(0, len(messages) - 1, CHUNK):
        chunk = messages[first : min(first + CHUNK, len(messages) - 1)]
        await send(client, [_command(client, one, batch, number) for number, one in enumerate(chunk, start=first + 1)])
        await asyncio.sleep(0)  # the server stages these while the next ones are made
    last = messages[-1]
    headers = _batch_headers(last, batch, len(messages)) | {"Nats-Batch-Commit": "1"}
    answer = await client.request(last.subject, last.payload, timeout=seconds, headers=headers)
    stored = _acknowledged(answer.data)
    observer.published(messages, started)
    return stored


async def send(client: Client, commands: Sequence[bytes]) -> None:
    """Protocol lines as one write: the library's `publish` checks, counts and flushes message by message.

    Raises ConnectionReconnectingError while there is no connection: nothing is kept for later.
    """
    if not client.is_connected:
        raise ConnectionReconnectingError
    await client._send_command(b"".join(commands))  # noqa: SLF001 - it has no other way in for many at once
    await client._flush_pending()  # noqa: SLF001


def plain(subject: str, payload: bytes = b"") -> bytes:
    """A message of core NATS, for `send`."""
    return b"PUB %b %d\r\n%b\r\n" % (subject.encode(), len(payload), payload)


def _command(client: Client, message: Message, batch: str, number: int) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in _batch_headers(message, batch, number).items())
    head = f"NATS/1.0\r\n{lines}\r\n".encode()
    size = len(head) + len(message.payload)
    if size > client.max_payload:
        raise MaxPayloadError
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (message.subject.encode(), len(head), size, head, message.payload)


def _batch_headers(message: Message, batch: str, number: int) -> dict[str, str]:
    return {
        "Nats-Msg-Id": message.id,
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(number),
        **message.headers,
    }


def _acknowledged(data: bytes) -> Stored:
    answer: dict[str, Any] = from_json(data)
    if error := answer.get("error"):
        raise Refused(error)
    return Stored(answer["seq"], answer.get("duplicate", False))
