"""Names of time zones."""

from functools import cache
from zoneinfo import available_timezones

from pydantic import AfterValidator


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA database, such as Europe/Helsinki."""
    return name in _zones()


def known_zone(message: str) -> AfterValidator:
    """For fields that hold the name of a time zone; `message` is the error for any other name."""

    def check(name: str) -> str:
        if not is_zone(name):
            raise ValueError(message)
        return name

    return AfterValidator(check)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "Factory"})
