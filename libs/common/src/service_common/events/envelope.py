"""The CloudEvents envelope, put around `data` without decoding it."""

from collections.abc import Mapping

import orjson

CONTENT_TYPE = "application/cloudevents+json"


def cloud_event(
    *,
    event_id: str,
    source: str,
    event_type: str,
    subject: str,
    time: str,
    sequence: int,
    user_id: str,
    traceparent: str | None,
    data: str | bytes,
) -> bytes:
    """One event; `data` is JSON already and is passed through byte for byte."""
    head = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": time,
        "sequence": sequence,
        "userid": user_id,
        **({"traceparent": traceparent} if traceparent else {}),
    }
    body = data.encode() if isinstance(data, str) else data
    return orjson.dumps(head)[:-1] + b',"data":' + body + b"}"


def headers(traceparent: str | None) -> Mapping[str, str]:
    """What an event carries beside its `Nats-Msg-Id`."""
    return {"content-type": CONTENT_TYPE, **({"traceparent": traceparent} if traceparent else {})}
