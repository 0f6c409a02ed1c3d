"""One line to a todo: `Buy milk tomorrow 5pm #home !high ~Household`.

docs/api.md has the grammar, contracts/quick-add.json the cases that hold here and in the web app
(`frontend/src/lib/todos/quick-add-grammar.ts`), which is written alike.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

Kind = Literal["tag", "project", "priority", "day", "time", "recurrence", "description"]

MAX_TAGS = 20
PADDING = 4  # empty words at the end, so that what comes next can be asked for
LONGEST_TAG = 50
_RULE_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PRIORITIES = {
    "low": "low", "med": "medium", "medium": "medium", "high": "high", "urgent": "urgent",
    "1": "urgent", "2": "high", "3": "medium", "4": "low",
}  # fmt: skip
_WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3, "thurs": 3,
    "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
_ALSO_WORDS = {"wed", "sat", "sun"}
"""Count as weekdays only where the words around them say so."""
_NO_WEEKDAY_AFTER = {"a", "an", "the", "last", "each", "every", "first", "second", "third", "1st", "2nd", "3rd", "4th"}
_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
_UNITS = {
    "day": "DAILY", "days": "DAILY", "week": "WEEKLY", "weeks": "WEEKLY", "month": "MONTHLY", "months": "MONTHLY",
    "year": "YEARLY", "years": "YEARLY",
}  # fmt: skip
_BLANKS = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_WORD = re.compile(f'["“]([^"“”]+)["”](?![^{_BLANKS}])|[^{_BLANKS}]+')
_ISO_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile(r"20[0-9]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_TWELVE_HOURS = re.compile(r"(1[0-2]|0?[1-9])(?::([0-5][0-9]))?(am|pm)")


class Part(NamedTuple):
    """What a stretch of the text was taken for; `start` and `end` count UTF-16 code units, as browsers do."""

    kind: Kind
    text: str
    start: int
    end: int


class Recurrence(NamedTuple):
    """As a todo has it."""

    rule: str
    mode: Literal["schedule", "completion"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The fields of a todo, and the parts of the text that say them; the title is what is left, and may be empty."""

    title: str
    description: str
    priority: str
    tags: list[str]
    project: str | None
    due_date: date | None
    due_time: time | None
    recurrence: Recurrence | None
    parts: list[Part]


@dataclass(slots=True)
class _Line:
    """The words as they were written and in small letters: empty if quoted, and more of these at the end."""

    originals: list[str]
    words: list[str]
    now: datetime
    projects: list[tuple[int, dict[str, str]]]
    day_end: int = 0
    """Behind the words of a day or recurrence, if they are the last ones."""


def parse(text: str, now: datetime, projects: Sequence[str] = ()) -> Parsed:
    """`now` is the user's local time, without a zone; `projects` are the names that `~` can say."""
    matches = list(_WORD.finditer(text))
    originals = ["" if match[1] else match[0] for match in matches] + [""] * PADDING
    line = _Line(originals, [word.lower() for word in originals], now, _by_words(projects))
    found: dict[Kind, Any] = {}
    tags: list[str] = []
    title, parts = [], []
    at = 0
    while at < len(matches):
        kind, value, count = _taken(line, at, found, tags) or (None, "", 1)
        start, end = matches[at].start(), matches[at + count - 1].end()
        if kind is None:
            title.append(matches[at][1] or matches[at][0])
        else:
            parts.append(_part(text, kind, start, end))
            found[kind] = text[matches[at].end() : end].strip(_BLANKS) if kind == "description" else value
        if kind == "tag" and value not in tags:
            tags.append(value)
        at += count
        line.day_end = at if kind in ("day", "recurrence") else 0
    due_time, recurrence = found.get("time"), found.get("recurrence")
    return Parsed(
        title=" ".join(title).strip(_BLANKS),
        description=found.get("description", ""),
        priority=found.get("priority", "none"),
        tags=tags,
        project=found.get("project"),
        due_date=found.get("day") or _first_day(now, due_time, recurrence),
        due_time=due_time,
        recurrence=recurrence,
        parts=parts,
    )


def _part(text: str, kind: Kind, start: int, end: int) -> Part:
    before, within = (len(piece.encode("utf-16-le")) // 2 for piece in (text[:start], text[start:end]))
    return Part(kind, text[start:end], before, before + within)


def _taken(line: _Line, at: int, found: dict[Kind, Any], tags: list[str]) -> tuple[Kind, Any, int] | None:
    """What the words from `at` on say: its kind, its value, and how many words; each kind counts once, but tags."""
    for kind, read in _READERS:
        if kind == "tag" or kind not in found:
            taken = read(line, at)
            if taken and (kind != "tag" or taken[0] in tags or len(tags) < MAX_TAGS):
                return kind, *taken
    return None


def _first_day(now: datetime, due_time: time | None, recurrence: Recurrence | None) -> date | None:
    """A time or a recurrence without a day begins on the first day on which it is still to come."""
    if due_time is None and recurrence is None:
        return None
    passed = due_time is not None and due_time <= now.time().replace(second=0, microsecond=0)
    day = now.date() + timedelta(days=int(passed))
    weekdays = recurrence.rule.partition("BYDAY=")[2] if recurrence else ""
    while weekdays and _RULE_WEEKDAYS[day.weekday()] not in weekdays:
        day += timedelta(days=1)
    return day


def _tag(line: _Line, at: int) -> tuple[str, int] | None:
    name = line.originals[at][1:]
    if not line.originals[at].startswith("#") or not 1 <= len(name) <= LONGEST_TAG or re.fullmatch("[0-9]+", name):
        return None
    return (name, 1) if all(char in "_-/" or unicodedata.category(char)[0] in "LNM" for char in name) else None


def _priority(line: _Line, at: int) -> tuple[str, int] | None:
    priority = _PRIORITIES.get(line.words[at][1:]) if line.words[at].startswith("!") else None
    return (priority, 1) if priority else None


def _project(line: _Line, at: int) -> tuple[str, int] | None:
    """The longest of the names that the words are."""
    if line.words[at].startswith("~"):
        for count, names in line.projects:
            name = names.get(" ".join(line.words[at : at + count]))
            if name is not None:
                return name, count
    return None


def _by_words(projects: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Names of so many words, the most first, by how they are called: looked up, as a line may ask for many."""
    called = {f"~{name.lower()}": name for name in reversed(projects)}
    counts = sorted({len(call.split()) for call in called}, reverse=True)
    return [
        (count, {" ".join(call.split()): name for call, name in called.items() if len(call.split()) == count})
        for count in counts
    ]


def _description(line: _Line, at: int) -> tuple[str, int] | None:
    return ("", len(line.words) - PADDING - at) if line.words[at] == "//" else None


def _recurrence(line: _Line, at: int) -> tuple[Recurrence, int] | None:
    words = line.words
    if words[at] not in ("every", "every!"):
        return None
    mode: Literal["schedule", "completion"] = "completion" if words[at] == "every!" else "schedule"
    second, third = words[at + 1 : at + 3]
    if second in ("weekday", "weekdays"):
        return Recurrence("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", mode), 2
    if second in ("day", "week", "month", "year"):
        return Recurrence(f"FREQ={_UNITS[second]}", mode), 2
    if (_NUMBER.fullmatch(second) or second == "other") and third in _UNITS:
        interval = "2" if second == "other" else second
        return Recurrence(f"FREQ={_UNITS[third]};INTERVAL={interval}", mode), 3
    weekdays, count = _weekdays(words, at + 1)
    if not weekdays:
        return None
    return Recurrence("FREQ=WEEKLY;BYDAY=" + ",".join(_RULE_WEEKDAYS[day] for day in sorted(weekdays)), mode), 1 + count


def _weekdays(words: list[str], at: int) -> tuple[set[int], int]:
    """Weekdays with commas or `and` between them, and how many words they are; none if a comma is left over."""
    weekdays: set[int] = set()
    end, link = at, ","
    while link:
        names = words[end].removesuffix(",").split(",")
        if not all(name in _WEEKDAYS for name in names):
            return (weekdays, end - 1 - at) if link == "and" else (set(), 0)
        weekdays |= {_WEEKDAYS[name] for name in names}
        link = "," if words[end].endswith(",") else "and" if words[end + 1] == "and" else ""
        end += 2 if link == "and" else 1
    return weekdays, end - at


def _day(line: _Line, at: int) -> tuple[date, int] | None:
    words, today = line.words, line.now.date()
    if words[at] in ("on", "by"):
        found = _named_day(words, at + 1, today, marked=True)
        return found and (found[0], found[1] + 1)
    if words[at] == "in" and _NUMBER.fullmatch(words[at + 1]) and words[at + 2] in _UNITS:
        return _later(today, int(words[at + 1]), _UNITS[words[at + 2]]), 3
    return _named_day(words, at, today, marked=False)


def _named_day(words: list[str], at: int, today: date, *, marked: bool) -> tuple[date, int] | None:
    word, following = words[at], words[at + 1]
    if word.startswith("@"):
        day = _one_word("tomorrow" if word == "@tom" else word[1:], today)
        return (day, 1) if day else None
    if word in ("this", "next") and following in _WEEKDAYS:
        monday = today - timedelta(days=today.weekday())
        ahead = (_WEEKDAYS[following] - today.weekday()) % 7
        day = today + timedelta(days=ahead) if word == "this" else monday + timedelta(days=7 + _WEEKDAYS[following])
        return day, 2
    if word in _WEEKDAYS and not marked:
        before = words[at - 1] if at else ""
        if before in _NO_WEEKDAY_AFTER or (word in _ALSO_WORDS and not _clock(words, at + 1, after_day=True)):
            return None
    day = _one_word(word, today)
    return (day, 1) if day else _day_of_month(words, at, today)


def _one_word(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=int(word == "tomorrow"))
    if word in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)
    if _ISO_DAY.fullmatch(word):
        return _date(*map(int, word.split("-")))
    return None


def _day_of_month(words: list[str], at: int, today: date) -> tuple[date, int] | None:
    """1 Dec, or Dec 1, and perhaps the year; without one the next such day."""
    first, second = words[at], words[at + 1]
    month, number = (second, first) if second in _MONTHS else (first, second)
    digits = _DAY_OF_MONTH.fullmatch(number)
    if month not in _MONTHS or not digits:
        return None
    if _YEAR.fullmatch(words[at + 2]):
        day = _date(int(words[at + 2]), _MONTHS[month], int(digits[1]))
        return (day, 3) if day else None
    days = (_date(year, _MONTHS[month], int(digits[1])) for year in range(today.year, today.year + 9))
    day = next((day for day in days if day and day >= today), None)
    return (day, 2) if day else None


def _date(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None


def _later(today: date, number: int, unit: str) -> date:
    if unit in ("DAILY", "WEEKLY"):
        return today + timedelta(days=number * (7 if unit == "WEEKLY" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 + number * (12 if unit == "YEARLY" else 1), 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _time(line: _Line, at: int) -> tuple[time, int] | None:
    return _clock(line.words, at, after_day=at == line.day_end > 0)


def _clock(words: list[str], at: int, *, after_day: bool) -> tuple[time, int] | None:
    """17:30, 5pm, 5:30 pm; 9:30, which may be anything, only after `at`, a day or a recurrence."""
    lead = int(words[at] == "at")
    word, following = words[at + lead], words[at + lead + 1]
    halved = following in ("am", "pm")
    clock = None if halved else _CLOCK.fullmatch(word)
    if clock and (len(clock[1]) > 1 or lead or after_day):
        return time(int(clock[1]), int(clock[2])), lead + 1
    found = _TWELVE_HOURS.fullmatch(word + following if halved else word)
    if not found:
        return None
    return time(int(found[1]) % 12 + (12 if found[3] == "pm" else 0), int(found[2] or 0)), lead + 1 + halved


_READERS: tuple[tuple[Kind, Callable[[_Line, int], tuple[Any, int] | None]], ...] = (
    ("description", _description),
    ("tag", _tag),
    ("priority", _priority),
    ("project", _project),
    ("recurrence", _recurrence),
    ("day", _day),
    ("time", _time),
)
