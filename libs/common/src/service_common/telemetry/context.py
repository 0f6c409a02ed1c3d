"""The identity of the request or event that is being handled, as context variables: logs and errors carry it."""

import secrets
import time
from contextvars import ContextVar
from random import getrandbits

request_id: ContextVar[str] = ContextVar("request_id", default="-")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")


def new_id() -> str:
    """A UUIDv7, so that ids sort by time. It is a label and not a secret: the fast generator is enough."""
    now, noise = time.time_ns() // 1_000_000, getrandbits(74)
    return (
        f"{now >> 16:08x}-{now & 0xFFFF:04x}-7{noise >> 62:03x}-"
        f"{0x8000 | noise >> 48 & 0x3FFF:04x}-{noise & 0xFFFFFFFFFFFF:012x}"
    )


def new_traceparent() -> str:
    """A new W3C trace context, not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
