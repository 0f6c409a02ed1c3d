"""Todos as CSV: spreadsheets run none of the cells as a formula, and an import gives the same todos."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = (
    "id", "title", "description", "completed", "priority", "tags", "due_date", "due_time", "due_time_zone",
    "completed_at", "created_at", "updated_at",
)  # fmt: skip
# A spreadsheet takes such a cell for a formula. Export puts a quote before it, import removes it.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - the wide forms count too
GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001


def guard(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell


def header() -> str:
    return _line(COLUMNS)


def line(todo: Mapping[str, Any]) -> str:
    return _line([guard(_cell(todo[name])) for name in COLUMNS])


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


def read(text: str) -> Iterator[dict[str, Any]]:
    """The rows as JSON has them; raises csv.Error. Empty cells are fields that are not given."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    for row in reader:
        yield {name: _value(name, unguard(cell)) for name, cell in row.items() if cell} if None not in row else {}


def _value(name: str, cell: str) -> Any:
    if name == "tags":
        return next(csv.reader([cell]), [])
    if name == "completed":
        return {"true": True, "false": False}.get(cell.strip().lower(), cell)
    return cell
