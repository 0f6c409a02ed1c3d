"""Todos as CSV: spreadsheets run none of the cells as a formula, and an import gives the same todos."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import orjson

COLUMNS = (
    "id", "title", "description", "completed", "priority", "tags", "due_date", "due_time", "due_time_zone",
    "completed_at", "created_at", "updated_at", "project_id", "project", "parent_id", "start_date", "recurrence",
    "series_id", "occurrence_date", "reminders",
)  # fmt: skip
OBJECTS = frozenset({"recurrence", "reminders"})  # cells of JSON
# A spreadsheet takes for a formula what begins with one of SIGNS, also after blanks and the like: a cell, or, where it
# separates cells at semicolons, what comes after one. Export puts a quote at all these places, import removes it.
SIGNS = r"=+\-@＝＋－＠"  # noqa: RUF001 - the wide forms count too
PLACE = re.compile(rf"(?:^|;)[;'\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*+([{SIGNS}]?)")
RISKY = frozenset("\t\r\n")  # these too, whatever comes after them
MAX_COLUMNS = 100
MAX_LINE = 1024 * 1024


def guard(cell: str) -> str:
    return PLACE.sub(_guarded, cell)


def unguard(cell: str) -> str:
    return PLACE.sub(_unguarded, cell)


def _guarded(place: re.Match[str]) -> str:
    if not _is_risky(place):
        return place[0]
    return ("" if place.start() else "'") + place[0].replace(";", ";'")


def _unguarded(place: re.Match[str]) -> str:
    if not _is_risky(place):
        return place[0]
    text = place[0] if place.start() else place[0].removeprefix("'")
    return text.replace(";'", ";")


def _is_risky(place: re.Match[str]) -> bool:
    return bool(place[1]) or not RISKY.isdisjoint(place[0])


def header() -> str:
    return _line(COLUMNS)


def line(todo: Mapping[str, Any]) -> str:
    return _line([guard(_json(todo[name]) if name in OBJECTS else _cell(todo[name])) for name in COLUMNS])


def _json(value: Any) -> str:
    return orjson.dumps(value).decode() if value else ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _line(value).rstrip("\r\n") if isinstance(value, list) else str(value)


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def read(source: TextIO) -> Iterator[dict[str, Any] | None]:
    """The rows as JSON has them, None for a blank line; raises csv.Error. Empty cells are fields that are not given."""
    reader = csv.reader(_lines(source), strict=True)
    names = next(reader, [])
    if len(names) > MAX_COLUMNS:
        raise csv.Error(f"more than {MAX_COLUMNS} columns")
    for cells in reader:
        if not cells:
            yield None
        elif len(cells) > len(names):
            yield {}
        else:
            yield {name: _value(name, unguard(cell)) for name, cell in zip(names, cells, strict=False) if cell}


def _lines(source: TextIO) -> Iterator[str]:
    while line := source.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise csv.Error(f"a line of more than {MAX_LINE} characters")
        yield line


def _value(name: str, cell: str) -> Any:
    if name == "tags":
        return next(csv.reader([cell]), [])
    if name == "completed":
        return {"true": True, "false": False}.get(cell.strip().lower(), cell)
    if name in OBJECTS:
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError:
            return cell
    return cell
