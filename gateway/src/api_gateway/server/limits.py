"""How much of a connection, in bytes and in time, one client may use."""

from dataclasses import dataclass

REQUEST_LINE_BYTES = 8 * 1024
HEADER_BYTES = 16 * 1024
HEADER_COUNT = 100
BODY_BUFFER_BYTES = 64 * 1024
BODY_WIRE_BYTES = 8 * 1024 * 1024  # a body of 1 MiB in chunks of one byte
PIPELINED_REQUESTS = 64


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds a client has for a head and a body, may be idle, is waited for when draining, and after an error.

    `sweep` is the time between two looks at the deadlines of all connections.
    """

    head: float = 5.0
    body: float = 30.0
    idle: float = 75.0
    drain: float = 1.0
    linger: float = 2.0
    sweep: float = 0.5


TIMING = Timing()
