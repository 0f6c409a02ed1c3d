"""`todobus export` and `import`: the todos of one account, to a file and from one."""

import csv
import getpass
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress, TextColumn

from local_cluster.account import Account
from local_cluster.cli import DEFAULT, DataDir, Email
from local_cluster.errors import ClusterError
from local_cluster.operator import running

STDERR = Console(stderr=True)
MOST_BYTES = 512 * 1024  # half of what the gateway takes
COUNTED = ("created", "duplicate", "invalid")
KINDS = {"json": "application/json", "csv": "text/csv"}
PASSWORD_VARIABLE = "TODOBUS_ACCOUNT_PASSWORD"  # noqa: S105 - the name of a variable


def export_todos(email: Email, file: Path, /, *, data_dir: DataDir = DEFAULT) -> None:
    """Write all todos that are not in the trash; the file's ending says in which form."""
    kind = _form(file)
    account = _logged_in(data_dir, email)
    fresh = file.with_name(file.name + ".new")
    try:
        with fresh.open("wb") as out:
            for chunk in account.stream(f"/api/export?format={kind}"):
                out.write(chunk)
        fresh.replace(file)
    except OSError as error:
        raise ClusterError(f"cannot write {file}: {error.strerror}") from None
    print(f"exported to {file}")


def import_todos(
    email: Email,
    file: Path,
    /,
    *,
    data_dir: DataDir = DEFAULT,
    dry_run: Annotated[bool, Parameter(negative=(), help="Only say what would be done.")] = False,
) -> int:
    """Create a todo a row; the exit code is 1 when a row was wrong."""
    kind = _form(file)
    try:
        parts = list(_parts(file.read_text("utf-8-sig"), kind))
    except OSError as error:
        raise ClusterError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, csv.Error) as error:
        raise ClusterError(f"{file} is not {kind.upper()} in UTF-8: {error}") from None
    account = _logged_in(data_dir, email)
    reports = []
    with Progress(*Progress.get_default_columns(), TextColumn("{task.completed} rows"), console=STDERR) as progress:
        bar = progress.add_task("importing", total=sum(len(part.numbers) for part in parts))
        for part in parts:
            reports.append(account.post(f"/api/import?dry_run={str(dry_run).lower()}", part.body, KINDS[kind]))
            progress.advance(bar, len(part.numbers))
    invalid = [
        (part.numbers[row["row"] - 1], row["error"])
        for part, report in zip(parts, reports, strict=True)
        for row in report["rows"]
        if row["status"] == "invalid"
    ]
    for number, reason in sorted(invalid):
        print(f"row {number}: {reason}", file=sys.stderr)
    created, duplicate, wrong = (sum(report[status] for report in reports) for status in COUNTED)
    if wrong > len(invalid):
        print(f"and {wrong - len(invalid)} rows more", file=sys.stderr)
    would = "would be " if dry_run else ""
    print(f"{created} {would}created, {duplicate} were there already, {wrong} invalid")
    return 1 if wrong else 0


class _Part(NamedTuple):
    """A request's worth of rows: their numbers in the file, from 1, and the body that holds them."""

    numbers: list[int]
    body: bytes


def _parts(text: str, kind: str, most_bytes: int = MOST_BYTES) -> Iterator[_Part]:
    """The file in bodies that the gateway takes. Equal rows stay in one body: each of them is a todo of its own."""
    begin, between, end, rows = _json_rows(text) if kind == "json" else _csv_rows(text)
    first: dict[bytes, int] = {}
    numbered = [(first.setdefault(row, number), number, row) for number, row in enumerate(rows, start=1)]
    part: list[tuple[int, bytes]] = []
    size, group = 0, 0
    for leader, number, row in sorted(numbered):
        if part and leader != group and size + len(row) > most_bytes:
            yield _Part([one for one, _ in part], begin + between.join(text for _, text in part) + end)
            part, size = [], 0
        part.append((number, row))
        size, group = size + len(row) + len(between), leader
    yield _Part([one for one, _ in part], begin + between.join(text for _, text in part) + end)


def _json_rows(text: str) -> tuple[bytes, bytes, bytes, list[bytes]]:
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("there is no array of todos in it")  # noqa: TRY004 - what a file holds is a value
    return b"[", b",", b"]", [json.dumps(row).encode() for row in rows]


def _csv_rows(text: str) -> tuple[bytes, bytes, bytes, list[bytes]]:
    lines = [_csv_line(cells) for cells in csv.reader(io.StringIO(text, newline=""), strict=True) if cells]
    return lines[0] if lines else b"", b"", b"", lines[1:]


def _csv_line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()


def _form(file: Path) -> str:
    form = file.suffix.lstrip(".").lower()
    if form not in KINDS:
        raise ClusterError(f"{file}: the name must end in .json or .csv")
    return form


def _logged_in(data_dir: Path, email: str) -> Account:
    cluster = running.require(data_dir)
    password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"password of {email}: ")
    account = Account(cluster.port)
    account.log_in(email, password)
    return account
