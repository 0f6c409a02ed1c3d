"""The CloudEvents envelope: put around `data` without decoding it, and taken off again."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson

CONTENT_TYPE = "application/cloudevents+json"


class UnreadableEventError(ValueError):
    """The bytes are not an event of ours."""


class Event(NamedTuple):
    """One event as it came; `raw` are its bytes, `sequence` is 0 where the type has none."""

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
) -> bytes:
    """The bytes of an event; `data` is JSON already and is passed through byte for byte."""
    head = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": time,
        **({"sequence": sequence} if sequence is not None else {}),
        "userid": user_id,
        **({"traceparent": traceparent} if traceparent else {}),
    }
    body = data.encode() if isinstance(data, str) else data
    return orjson.dumps(head)[:-1] + b',"data":' + body + b"}"


def headers(traceparent: str | None) -> Mapping[str, str]:
    """What an event carries beside its `Nats-Msg-Id`."""
    return {"content-type": CONTENT_TYPE, **({"traceparent": traceparent} if traceparent else {})}


def read(raw: bytes, *, replayed: bool = False) -> Event:
    """The event in `raw`; raises UnreadableEventError. Its `data` is checked by whoever understands its type."""
    try:
        return event_of(orjson.loads(raw), raw, replayed=replayed)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableEventError(f"not an event: {error!r}") from error


def event_of(document: dict[str, Any], raw: bytes, *, replayed: bool = False) -> Event:
    sequence, data = document.get("sequence", 0), document["data"]
    if document["specversion"] != "1.0" or not isinstance(sequence, int) or not isinstance(data, dict):
        raise UnreadableEventError("not a CloudEvent 1.0 with an object as data")
    return Event(
        id=str(document["id"]),
        type=str(document["type"]),
        subject=str(document.get("subject", "")),
        time=str(document["time"]),
        sequence=sequence,
        user_id=_user_id(document["userid"]),
        data=data,
        traceparent=document.get("traceparent"),
        raw=raw,
        replayed=replayed,
    )


@lru_cache(10_000)  # the same users come again and again
def _user_id(text: str) -> str:
    return str(UUID(text))
