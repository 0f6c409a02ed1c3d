"""`todobus export` and `import`: the todos of one account, to a file and from one."""

import getpass
import os
import sys
from pathlib import Path

from . import running
from .account import Account
from .errors import ClusterError

KINDS = {"json": "application/json", "csv": "text/csv"}
PASSWORD_VARIABLE = "TODOBUS_ACCOUNT_PASSWORD"  # noqa: S105 - the name of a variable


def export_todos(data_dir: Path, email: str, file: Path) -> None:
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


def import_todos(data_dir: Path, email: str, file: Path, *, dry_run: bool) -> int:
    """Create a todo a row; the exit code is 1 when a row was wrong."""
    kind = _form(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ClusterError(f"cannot read {file}: {error.strerror}") from None
    path = f"/api/import?dry_run={str(dry_run).lower()}"
    report = _logged_in(data_dir, email).post(path, content, KINDS[kind])
    for row in report["rows"]:
        if row["status"] == "invalid":
            print(f"row {row['row']}: {row['error']}", file=sys.stderr)
    would = "would be " if dry_run else ""
    print(f"{report['created']} {would}created, {report['duplicate']} were there already, {report['invalid']} invalid")
    return 1 if report["invalid"] else 0


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
