"""The CloudEvents envelope: put around `data` without decoding it, and taken off again."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

CONTENT_TYPE = "application/cloudevents+json"


class UnreadableEventError(ValueError):
    """The bytes are not an event of Todobus."""


class Event(NamedTuple):
    """One event as it came: `raw` are its bytes, `address` the NATS subject it came on.

    `sequence` counts the events of the feed `feed_id`, which today is the user's own; it is 0 where the type has none.
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
    sequence: int | None = None,
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
        **({"sequence": sequence} if sequence is not None else {}),
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
        return event_of(document, raw, replayed=replayed, address=address)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableEventError(f"not an event: {error!r}") from error


def event_of(document: dict[str, Any], raw: bytes, *, replayed: bool = False, address: str = "") -> Event:
    """The event of a parsed document; raises AttributeError, KeyError, TypeError or ValueError if it is none."""
    sequence, data = document.get("sequence", 0), document["data"]
    if document["specversion"] != "1.0" or type(sequence) is not int or not isinstance(data, dict):
        raise UnreadableEventError("not a CloudEvent 1.0 with an object as data")
    if not 0 <= sequence < 2**63:
        raise UnreadableEventError(f"{sequence} is no sequence")
    user_id = _uuid(document["userid"])
    return Event(
        id=str(document["id"]),
        type=str(document["type"]),
        subject=str(document.get("subject", "")),
        time=str(document["time"]),
        sequence=sequence,
        user_id=user_id,
        data=data,
        traceparent=document.get("traceparent"),
        raw=raw,
        replayed=replayed,
        address=address,
        feed_id=_uuid(document["feedid"]) if "feedid" in document else user_id,
    )


@lru_cache(10_000)  # users and feeds repeat
def _uuid(text: str) -> str:
    return str(UUID(text))
