"""Which errors are worth another try, and how long to wait before it."""

from nats.errors import Error as NatsError

# Errors of a connection, which end by themselves; TimeoutError and RequestError are OSErrors.
TRANSIENT = (OSError, NatsError)
PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row: growing, at most a second."""
    return PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)]
