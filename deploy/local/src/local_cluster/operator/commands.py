"""The operator's commands: they look at a running cluster, or take care of what it keeps."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from local_cluster.cli import DEFAULT, AsJson, DataDir, app

Email = Annotated[str, Parameter(help="The account's email address.")]

stats = App(name="stats", help="Compare the statistics with the change log, or make them again from it.")
deadletters = App(name="deadletters", help="Events that a consumer could not handle.")
keys = App(name="keys", help="The keys that sign access tokens.")
for part in (stats, deadletters, keys):
    app.command(part)


@app.command
def status(
    *,
    data_dir: DataDir = DEFAULT,
    json: AsJson = False,
) -> int:
    """Show each process: its pid, port, state and restarts; exit code 0 when all are ready."""
    from local_cluster.operator.status import status as run  # noqa: PLC0415

    return run(data_dir, as_json=json)


@app.command
def doctor(*, data_dir: DataDir = DEFAULT, port: Annotated[int, Parameter(help="The port for up.")] = 8080) -> int:
    """Look for what keeps the system from running well; exit code 0 when nothing does."""
    from local_cluster.operator.doctor import doctor as run  # noqa: PLC0415

    return run(data_dir, port)


@app.command
def events(
    *,
    data_dir: DataDir = DEFAULT,
    user: Annotated[str | None, Parameter(help="Only the events of this user id.")] = None,
    json: Annotated[bool, Parameter(negative=(), help="Print whole events, one a line.")] = False,
) -> None:
    """Follow the events on the bus until Ctrl-C."""
    from local_cluster.operator.events import events as run  # noqa: PLC0415

    run(data_dir, user=user, as_json=json)


@app.command
def backup(file: Path, *, data_dir: DataDir = DEFAULT) -> None:
    """Write everything the cluster keeps to FILE, which then holds its passwords too; it may run meanwhile."""
    from local_cluster.operator.backup import backup as run  # noqa: PLC0415

    run(data_dir, file)


@app.command
def restore(file: Path, *, data_dir: DataDir = DEFAULT) -> None:
    """Bring back what backup wrote to FILE; what is in the data folder is put aside, not removed."""
    from local_cluster.operator.backup import restore as run  # noqa: PLC0415

    run(data_dir, file)


@stats.command
def verify(*, data_dir: DataDir = DEFAULT) -> int:
    """Recompute everything from the change log and name each difference; exit code 1 when there is one."""
    return _service(data_dir, "stats", "verify")


@stats.command
def rebuild(*, data_dir: DataDir = DEFAULT) -> int:
    """Make the statistics again beside the old ones, and change over when they are equal to the change log."""
    return _service(data_dir, "stats", "rebuild")


@deadletters.command(name="list")
def list_letters(
    *,
    data_dir: DataDir = DEFAULT,
    consumer: Annotated[str | None, Parameter(help="Only the letters of this consumer.")] = None,
    json: AsJson = False,
) -> None:
    """One line a letter: number, time, consumer, type, subject, reason."""
    from local_cluster.operator.dead_letters import show  # noqa: PLC0415

    show(data_dir, consumer, as_json=json)


Numbers = Annotated[list[int] | None, Parameter(negative=(), help="The numbers that list shows.")]
Everything = Annotated[bool, Parameter(name="--all", negative=(), help="All of them.")]


@deadletters.command
def replay(numbers: Numbers = None, /, *, data_dir: DataDir = DEFAULT, everything: Everything = False) -> None:
    """Give the events back to their consumers."""
    from local_cluster.operator.dead_letters import replay as run  # noqa: PLC0415

    run(data_dir, numbers or [], everything=everything)


@deadletters.command
def drop(numbers: Numbers = None, /, *, data_dir: DataDir = DEFAULT, everything: Everything = False) -> None:
    """Forget the letters."""
    from local_cluster.operator.dead_letters import drop as run  # noqa: PLC0415

    run(data_dir, numbers or [], everything=everything)


@keys.command
def rotate(
    *,
    data_dir: DataDir = DEFAULT,
    lead: Annotated[int | None, Parameter(help="Seconds between publishing the key and signing with it.")] = None,
) -> int:
    """Publish the next signing key; it signs when every verifier has had the time to fetch it."""
    return _service(data_dir, "auth", "rotate-keys", *(["--lead", str(lead)] if lead is not None else []))


@app.command
def audit(
    *,
    data_dir: DataDir = DEFAULT,
    email: Annotated[str | None, Parameter(help="Only what concerns this account.")] = None,
    days: Annotated[float, Parameter(help="How far back.")] = 30,
    json: AsJson = False,
) -> int:
    """Read the log of what happened to accounts: registrations, log-ins, failures, changes."""
    chosen = [*(["--email", email] if email else []), *(["--json"] if json else [])]
    return _service(data_dir, "auth", "audit", "--days", str(days), *chosen)


@app.command(name="export")
def export_todos(email: Email, file: Path, /, *, data_dir: DataDir = DEFAULT) -> None:
    """Write an account's todos to FILE (.json or .csv).

    Asks for the account's password, or takes it from TODOBUS_ACCOUNT_PASSWORD.
    """
    from local_cluster.operator.transfer import export_todos as run  # noqa: PLC0415

    run(data_dir, email, file)


@app.command(name="import")
def import_todos(
    email: Email,
    file: Path,
    /,
    *,
    data_dir: DataDir = DEFAULT,
    dry_run: Annotated[bool, Parameter(negative=(), help="Only say what would be done.")] = False,
) -> int:
    """Read todos from FILE (.json or .csv) into an account; exit code 1 when a row was wrong.

    Asks for the account's password, or takes it from TODOBUS_ACCOUNT_PASSWORD.
    """
    from local_cluster.operator.transfer import import_todos as run  # noqa: PLC0415

    return run(data_dir, email, file, dry_run=dry_run)


def _service(data_dir: Path, service: str, *arguments: str) -> int:
    from local_cluster.operator.running import require  # noqa: PLC0415

    return require(data_dir).run(service, *arguments)
