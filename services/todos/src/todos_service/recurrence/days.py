"""The days of a rule. The 31st of a shorter month is its last day, and the 31st from the end its first."""

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from todos_service.recurrence.rules import Rule, Weekday, parse, split

Mode = Literal["schedule", "completion"]
LATEST = date(9998, 12, 30)
SEARCHED = {"DAILY": 10_000, "WEEKLY": 2_000, "MONTHLY": 600, "YEARLY": 60}
"""How many periods, 27 years and more of each: days that have not come by then never come."""
_DAY = timedelta(days=1)
_SHORTEST_MONTH = 28


class Occurrence(NamedTuple):
    """The day on which a todo comes again, and the rule that the todo of that day has."""

    day: date
    rule: str


def next_occurrence(rule: Rule, mode: Mode, due: date, today: date) -> Occurrence | None:
    """The first occurrence after both days, or None if there is none; `mode` says from which of them the rule counts.

    Of a schedule, COUNT counts every day, whether something was done on it or not; after completion, what was done.
    """
    if mode == "completion":
        start, after = today, max(due, today)
    else:
        start, after = due, due if rule.count else max(due, today)
    for number, day in enumerate(_occurrences(rule, start, after), 1):
        if rule.count is not None and number >= rule.count:
            return None
        if day > today:
            return Occurrence(day, _successor(rule, start if mode == "schedule" else None, number))
    return None


def next_days(rule: Rule, mode: Mode, due: date, today: date, number: int) -> Iterator[date]:
    """The next days, at most `number`, if each time it is done on its day."""
    for _ in range(number):
        occurrence = next_occurrence(rule, mode, due, today)
        if occurrence is None:
            return
        yield occurrence.day
        rule, due, today = parse(occurrence.rule), occurrence.day, occurrence.day


def _successor(rule: Rule, start: date | None, passed: int) -> str:
    """The rule with what COUNT leaves, and with the day of `start` if a shorter month would make it forget that."""
    parts = split(rule.text)
    if rule.count is not None:
        parts["COUNT"] = str(rule.count - passed)
    if start is not None and start.day > _SHORTEST_MONTH:
        explicit = _explicit(rule, start)
        if explicit.month_days != rule.month_days:
            parts["BYMONTHDAY"] = str(start.day)
        if explicit.months != rule.months:
            parts["BYMONTH"] = str(start.month)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _explicit(rule: Rule, start: date) -> Rule:
    """With the days that it leaves to its start."""
    if rule.weekdays or rule.month_days or rule.frequency == "DAILY":
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=frozenset((Weekday(start.weekday()),)))
    months = rule.months if rule.frequency == "MONTHLY" else rule.months or frozenset((start.month,))
    return replace(rule, month_days=frozenset((start.day,)), months=months)


def _occurrences(rule: Rule, start: date, after: date) -> Iterator[date]:
    """The days after `after`, in order, of a rule that begins on `start`; COUNT is the caller's."""
    rule = _explicit(rule, start)
    first, last = max(start, after + _DAY), min(rule.until or LATEST, LATEST)
    begin, at = _period(rule, start), _period(rule, max(start, after))
    periods = range(at - (at - begin) % rule.interval, _period(rule, last) + 1, rule.interval)
    for period in periods[: SEARCHED[rule.frequency]]:
        for day in _days(rule, period):
            if first <= day <= last:
                yield day


def _period(rule: Rule, day: date) -> int:
    """The number of the day, week, month or year that a day is in."""
    match rule.frequency:
        case "DAILY":
            return day.toordinal()
        case "WEEKLY":
            return (day.toordinal() - 1) // 7
        case "MONTHLY":
            return day.year * 12 + day.month - 1
        case _:
            return day.year


def _days(rule: Rule, period: int) -> Iterator[date]:
    """The days of a period that the rule names, in order."""
    match rule.frequency:
        case "DAILY":
            yield from _among(rule, range(period, period + 1))
        case "WEEKLY":
            yield from _among(rule, range(period * 7 + 1, period * 7 + 8))
        case "MONTHLY":
            yield from _of_month(rule, *divmod(period, 12))
        case _:
            for month in range(12):
                yield from _of_month(rule, period, month)


def _among(rule: Rule, ordinals: range) -> Iterator[date]:
    for day in map(date.fromordinal, ordinals):
        if rule.weekdays and (day.weekday(), 0) not in rule.weekdays:
            continue
        if rule.months and day.month not in rule.months:
            continue
        if not rule.month_days or day.day in _clamped(rule.month_days, calendar.monthrange(day.year, day.month)[1]):
            yield day


def _of_month(rule: Rule, year: int, month: int) -> Iterator[date]:
    """`month` counts from 0."""
    if rule.months and month + 1 not in rule.months:
        return
    first, length = calendar.monthrange(year, month + 1)
    passed, total = 0, length  # what an ordinal counts in: the month, or the year
    if rule.frequency == "YEARLY" and not rule.months:
        passed, total = date(year, month + 1, 1).timetuple().tm_yday - 1, 365 + calendar.isleap(year)
    for day in sorted(_clamped(rule.month_days, length)) if rule.month_days else range(1, length + 1):
        if not rule.weekdays or _is_weekday(rule.weekdays, (first + day - 1) % 7, passed + day, total):
            yield date(year, month + 1, day)


def _is_weekday(weekdays: frozenset[Weekday], weekday: int, number: int, total: int) -> bool:
    """Whether one of them is this weekday, the day with this number of so many."""
    names = (weekday, 0), (weekday, (number + 6) // 7), (weekday, -((total - number) // 7 + 1))
    return not weekdays.isdisjoint(names)


@lru_cache(maxsize=16)
def _clamped(month_days: frozenset[int], length: int) -> frozenset[int]:
    """What these days are in a month of this length."""
    return frozenset(min(day, length) if day > 0 else max(length + 1 + day, 1) for day in month_days)
