"""The identity of the request or event that is being handled, as context variables: logs and errors carry it."""

import secrets
import time
from contextvars import ContextVar
from random import getrandbits

request_id: ContextVar[str] = ContextVar("request_id", default="-")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

VERSION_7, NOISE = 0x7000_8000_0000_0000_0000, 0x0FFF_3FFF_FFFF_FFFF_FFFF  # of the last 80 bits: what is fixed, and not


def new_id() -> str:
    """A UUIDv7, so that ids sort by time. It is a label and not a secret: the fast generator is enough."""
    digits = f"{time.time_ns() // 1_000_000 << 80 | VERSION_7 | getrandbits(80) & NOISE:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def new_traceparent() -> str:
    """A new W3C trace context, not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
