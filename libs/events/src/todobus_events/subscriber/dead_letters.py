"""Dead letters: events that a consumer could not handle, kept with the reason until an operator decides about them.

A letter is the event's own bytes on `dlq.v1.<consumer>.<type>`; headers say why and where it came from. Replaying
publishes it on its first subject again, marked for that one consumer: all others skip it. Subscribers outside write
letters too, so only what fits together is replayed.
"""

import logging
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.js.errors import NotFoundError

from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import UnreadableEventError
from todobus_events.envelope import read as read_event
from todobus_events.jetstream import restore_stream
from todobus_events.publishing import Message, publish_one

log = logging.getLogger(__name__)

REASON = "Todobus-Reason"
SUBJECT = "Todobus-Subject"
FAILED_AT = "Todobus-Failed-At"
REASON_LENGTH = 500
UNREADABLE = "unreadable"
_TYPE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


_SUBJECT = re.compile(r"(todos|users)\.events\.v1(\.[A-Za-z0-9_-]+){2,}")


class MisfitError(ValueError):
    """The parts of a letter do not belong together; nothing was published."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`sequence` is its number in the stream of dead letters, `subject` where the event was published first."""

    sequence: int
    consumer: str
    type: str
    reason: str
    subject: str
    failed_at: str
    payload: bytes


async def send(
    bus: Bus, consumer: str, key: str, subject: str, payload: bytes, event_type: str, reason: str, replicas: int = 1
) -> None:
    """Store the letter; the same `key` stores it once, however often it is tried.

    Raises what `publish_one` and `restore_stream` raise.
    """
    kind = event_type if _TYPE.fullmatch(event_type) else UNREADABLE
    headers = {
        REASON: _one_line(reason),
        SUBJECT: subject,
        FAILED_AT: datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    letter = Message(f"{consumer}.{key}", topology.dead_letter(consumer, kind), payload, headers)
    try:
        await publish_one(bus.client, letter)
    except NoRespondersError:
        await restore_stream(bus.client, topology.DEAD_LETTERS, replicas)
        await publish_one(bus.client, letter)
    log.error("dead letter of %s on %s: %s", consumer, subject, reason)
    bus.observer.dead_letter(consumer)


async def read(client: Client, consumer: str | None = None) -> AsyncIterator[DeadLetter]:
    """All letters, oldest first, or those of one consumer; raises what the client raises when it cannot ask."""
    subject = topology.dead_letter(consumer or "*", ">")
    stream, sequence = client.jetstream(), 0
    while True:
        try:
            raw = await stream.get_msg(topology.DEAD_LETTERS, sequence + 1, subject=subject, direct=True, next=True)
        except NotFoundError:
            return
        sequence = raw.seq or sequence + 1
        yield _letter(sequence, raw.subject or "", raw.data or b"", raw.headers or {})


async def replay(client: Client, letter: DeadLetter) -> None:
    """Publish the event again for its consumer, then delete the letter.

    Raises MisfitError, and what `publish_one` and `drop` raise.
    """
    await _require_fit(client, letter)
    headers = {topology.REPLAY_FOR: letter.consumer}
    await publish_one(client, Message(secrets.token_hex(12), letter.subject, letter.payload, headers))
    await drop(client, letter)


async def drop(client: Client, letter: DeadLetter) -> None:
    """Delete the letter; raises nats.js.errors.Error when the server refuses, as for one that is deleted already."""
    await client.jetstream().delete_msg(topology.DEAD_LETTERS, letter.sequence)


async def _require_fit(client: Client, letter: DeadLetter) -> None:
    """The subject is an event's, the event belongs on it, and the consumer reads its stream."""
    if not _SUBJECT.fullmatch(letter.subject):
        raise MisfitError(f"{letter.subject!r} is no subject of events")
    is_todo = letter.subject.startswith(topology.TODO_EVENTS)
    try:
        event = read_event(letter.payload)
    except UnreadableEventError:
        if letter.type != UNREADABLE:
            raise MisfitError(f"it says {letter.type}, and holds no event") from None
    else:
        home = (topology.feed_event if is_todo else topology.user_event_of)(event.user_id, event.type)
        if letter.subject != home or letter.type not in (event.type, UNREADABLE):
            raise MisfitError(f"its event is {event.type} of user {event.user_id}, and belongs on {home}")
    try:
        stream = topology.TODOS if is_todo else topology.USERS
        await client.jetstream().consumer_info(stream, letter.consumer)
    except NotFoundError:
        raise MisfitError(f"{letter.consumer} does not read {stream}") from None


def _letter(sequence: int, subject: str, payload: bytes, headers: Mapping[str, str]) -> DeadLetter:
    consumer, _, kind = subject.removeprefix(f"{topology.DEAD_LETTER}.").partition(".")
    return DeadLetter(
        sequence, consumer, kind, headers.get(REASON, ""), headers.get(SUBJECT, ""), headers.get(FAILED_AT, ""), payload
    )


def _one_line(reason: str) -> str:
    return " ".join(reason.split()).encode("ascii", "backslashreplace").decode()[:REASON_LENGTH]
