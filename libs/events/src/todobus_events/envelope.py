"""The CloudEvents envelope: put around `data` without decoding it, and taken off again."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from todobus_events.models import Envelope

CONTENT_TYPE = "application/cloudevents+json"
MAX_SEQUENCE = 2**63 - 2  # PostgreSQL's ranges of bigint end before the next one
TYPE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_HEX = "[0-9a-fA-F]"
_is_uuid = re.compile(f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}").fullmatch


class UnreadableEventError(ValueError):
    """The bytes are not an event of Todobus."""


class Event(NamedTuple):
    """One event as it came: `raw` are its bytes, `address` the NATS subject it came on.

    `sequence` counts the events of the feed `feed_id`, which today is the user's own, from 1. `time` has a zone.
    `address` is empty where the event was read from the change log. `replayed` says that it was a dead letter.
    """

    id: str
    type: str
    subject: str
    time: str
    sequence: int
    user_id: str
    data: dict[str, Any]
    traceparent: str | None
    raw: bytes
    replayed: bool = False
    address: str = ""
    feed_id: str = ""


def cloud_event(
    *,
    event_id: str,
    source: str,
    event_type: str,
    subject: str,
    time: str,
    user_id: str,
    traceparent: str | None,
    data: str | bytes,
    sequence: int,
    feed_id: str | None = None,
) -> bytes:
    """The bytes of an event; `data` is JSON already and is passed through byte for byte.

    Ids are UUIDs, `time` is RFC 3339 in UTC ending in Z, `sequence` is the event's place among those of the feed.
    """
    head = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": time,
        "sequence": sequence,
        "userid": user_id,
        **({"feedid": feed_id} if feed_id else {}),
        **({"traceparent": traceparent} if traceparent else {}),
    }
    body = data.encode() if isinstance(data, str) else data
    return to_json(head)[:-1] + b',"data":' + body + b"}"


def headers(traceparent: str | None) -> Mapping[str, str]:
    """The headers of an event's message, besides its `Nats-Msg-Id`."""
    return {"content-type": CONTENT_TYPE, **({"traceparent": traceparent} if traceparent else {})}


def read(raw: bytes, *, replayed: bool = False, address: str = "") -> Event:
    """The event in `raw`; raises UnreadableEventError. Its `data` is left to the readers that know its type."""
    try:
        document = from_json(raw, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise UnreadableEventError(f"not JSON: {error}") from error
    return event_of(document, raw, replayed=replayed, address=address)


def event_of(document: Any, raw: bytes, *, replayed: bool = False, address: str = "") -> Event:
    """The event of a parsed document; raises UnreadableEventError.

    The checks are those of `models.Envelope` that readers depend on, written out: the model costs three times as much.
    """
    try:
        event_type, time, sequence, data = document["type"], document["time"], document["sequence"], document["data"]
        subject, traceparent, user_id = document["subject"], document.get("traceparent"), _uuid(document["userid"])
        feed_id = document.get("feedid")
        if (
            document["specversion"] == "1.0"
            and _is_uuid(document["id"])
            and type(document["source"]) is str is type(subject)
            and _is_type(event_type)
            and datetime.fromisoformat(time).tzinfo
            and type(sequence) is int
            and 0 < sequence <= MAX_SEQUENCE
            and data.get("sequence", sequence) == sequence
            and data.get("type", event_type) == event_type
        ):
            return Event(
                document["id"],
                event_type,
                subject,
                time,
                sequence,
                user_id,
                data,
                traceparent if type(traceparent) is str else None,
                raw,
                replayed,
                address,
                user_id if feed_id in (None, user_id) else _uuid(feed_id),
            )
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise UnreadableEventError(_reason(document))


def _reason(document: Any) -> str:
    """What is wrong with a document that is no event."""
    try:
        Envelope.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'event'}: {one['msg']}" for one in found)
    return "data: not an object with the sequence and the type of its envelope"


@lru_cache(1000)  # types repeat
def _is_type(text: str) -> bool:
    return TYPE.fullmatch(text) is not None


@lru_cache(10_000)  # users and feeds repeat
def _uuid(text: str) -> str:
    return str(UUID(text))
