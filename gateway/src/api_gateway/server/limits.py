"""How much of a connection, in bytes and in time, one client may use."""

from dataclasses import dataclass

REQUEST_LINE_BYTES = 8 * 1024
HEADER_BYTES = 16 * 1024
HEADER_COUNT = 100
BODY_BUFFER_BYTES = 64 * 1024
BODY_OVERHEAD = 8  # a body in chunks of one byte takes six times its length
READ_AHEAD_BYTES = 256 * 1024  # of an answer, in memory for a client that does not read
READ_AHEAD_TOTAL_BYTES = 64 * 1024 * 1024
SLOWEST_UPLOAD = 64 * 1024  # bytes a second, of a body that takes longer than its time
SLOWEST_DOWNLOAD = 4 * 1024  # bytes a second, by a client that an answer waits for
PIPELINED_REQUESTS = 64


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds a client has for a head and a body, may be idle, is waited for when draining, and after an error.

    A client that an answer waits for is measured every `write` seconds. `sweep` is the time between two looks at the
    deadlines of all connections.
    """

    head: float = 5.0
    body: float = 30.0
    write: float = 15.0
    idle: float = 75.0
    drain: float = 1.0
    linger: float = 2.0
    sweep: float = 0.5


TIMING = Timing()
