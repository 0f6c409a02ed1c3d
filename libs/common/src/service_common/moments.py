"""Places in a user's history: a number of the sequence, or an instant."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

EARLIEST, LATEST = date(1900, 1, 1), date(9998, 12, 30)


def in_range(value: datetime) -> datetime:
    """Raises ValueError for an instant that not every zone and every part of the system can tell."""
    if not EARLIEST <= value.date() <= LATEST:
        raise ValueError(f"not between {EARLIEST} and {LATEST}")
    return value


def instant(text: str) -> datetime:
    """Raises ValueError for what is no instant with its offset, or is not in range."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant needs its offset, such as Z")
    return in_range(found)


def _number_or_instant(value: Any) -> Any:
    """Digits are a number of the sequence, anything else an instant with its offset."""
    if isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdigit()):
        return int(value)
    if not isinstance(value, str) or len(value) <= len("2026-12-01"):
        raise ValueError("neither a number of the sequence nor an instant such as 2026-12-01T09:30:00Z")
    return instant(value)


Moment = Annotated[
    Annotated[int, Field(ge=0, lt=2**63)] | AwareDatetime,
    BeforeValidator(_number_or_instant),
    Field(description="A number of the user's sequence, or an instant"),
]
