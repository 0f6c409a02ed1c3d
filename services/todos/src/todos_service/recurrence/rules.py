"""Rules as their text says them: FREQ DAILY to YEARLY, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, and COUNT or UNTIL."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from service_common.errors import FieldError
from todos_service.errors import InvalidFields

MOST = 999  # of INTERVAL and COUNT
LONGEST_RULE = 500  # characters
_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?", re.ASCII)


class Weekday(NamedTuple):
    """A day of the week, 0 is Monday: each one, or the `ordinal`-th of its month or year (negative: from the end)."""

    weekday: int
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, as `parse` has read it from `text`."""

    text: str
    frequency: str
    interval: int = 1
    weekdays: frozenset[Weekday] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    count: int | None = None
    until: date | None = None


def parse(text: str) -> Rule:
    """Raises: InvalidFields."""
    try:
        return _parsed(text)
    except ValueError as error:
        raise InvalidFields([FieldError("/recurrence/rule", str(error))]) from error


def _parsed(text: str) -> Rule:
    """Raises: ValueError."""
    parts = split(text)
    lists = {name: parts[name].split(",") if name in parts else [] for name in ("BYDAY", "BYMONTHDAY", "BYMONTH")}
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise ValueError("FREQ is one of DAILY, WEEKLY, MONTHLY and YEARLY")
    for name, values in lists.items():
        if len(values) > len(set(values)):
            raise ValueError(f"{name} has a value twice")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("COUNT and UNTIL exclude each other")
    if frequency == "WEEKLY" and lists["BYMONTHDAY"]:
        raise ValueError("BYMONTHDAY is not for FREQ=WEEKLY")
    ordinals = {"MONTHLY": 5, "YEARLY": 5 if lists["BYMONTH"] else 53}.get(frequency, 0)
    return Rule(
        text=text,
        frequency=frequency,
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), MOST),
        weekdays=frozenset(_weekday(value, ordinals) for value in lists["BYDAY"]),
        month_days=frozenset(_number("BYMONTHDAY", value, 31, signed=True) for value in lists["BYMONTHDAY"]),
        months=frozenset(_number("BYMONTH", value, 12) for value in lists["BYMONTH"]),
        count=_number("COUNT", parts["COUNT"], MOST) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )


def split(text: str) -> dict[str, str]:
    """The parts of a rule by their names. Raises: ValueError."""
    if len(text) > LONGEST_RULE:
        raise ValueError(f"a rule has at most {LONGEST_RULE} characters")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if name not in _PARTS or not equals:
            raise ValueError(f"a rule has the parts {', '.join(_PARTS)}, such as FREQ=WEEKLY;BYDAY=MO,TH")
        if name in parts:
            raise ValueError(f"{name} is there twice")
        parts[name] = value
    return parts


def _number(name: str, text: str, most: int, *, signed: bool = False) -> int:
    """Raises: ValueError."""
    if re.fullmatch("[+-]?[0-9]{1,3}" if signed else "[0-9]{1,3}", text) and 1 <= abs(int(text)) <= most:
        return int(text)
    raise ValueError(f"{name} is from 1 to {most}" + (f" or from -{most} to -1" if signed else ""))


def _weekday(text: str, most: int) -> Weekday:
    """Raises: ValueError."""
    found = _WEEKDAY.fullmatch(text)
    if not found:
        raise ValueError("BYDAY is a list of MO, TU, WE, TH, FR, SA and SU, with a number such as 2MO or -1FR")
    ordinal = int(found[1] or 0)
    if abs(ordinal) > most:
        raise ValueError(
            f"numbers in BYDAY are at most {most} here" if most else "a day or week has no numbers in BYDAY"
        )
    return Weekday(_WEEKDAYS.index(found[2]), ordinal)


def _until(text: str) -> date:
    """Raises: ValueError."""
    found = _UNTIL.fullmatch(text)
    if found:
        with suppress(ValueError):
            return date(*map(int, found.groups()))
    raise ValueError("UNTIL is a day such as 20271231")
