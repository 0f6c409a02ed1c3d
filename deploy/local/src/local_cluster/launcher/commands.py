"""The command line; each command loads what it needs when it runs."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

app = App(name="todobus", help="Todobus on this machine: run it, look at it, take care of it.", version="0.1.0")

DataDir = Annotated[Path, Parameter(name="--data-dir", help="The folder that holds everything the cluster keeps.")]
DEFAULT = Path(".data")


@app.command
def up(
    *,
    port: Annotated[int, Parameter(help="The port of the gateway.")] = 8080,
    data_dir: DataDir = DEFAULT,
    scale: Annotated[
        list[str] | None, Parameter(negative=(), help="SERVICE=N: run N instances of auth, todos or stats.")
    ] = None,
    web: Annotated[bool, Parameter(help="Build and serve the web app.")] = True,
    rate_limits: Annotated[bool, Parameter(help="Limit requests (off for load tests).")] = True,
    demo: Annotated[bool, Parameter(negative=(), help="Make a demo account with ten weeks of history.")] = False,
) -> None:
    """Start the whole system and keep it running until Ctrl-C."""
    from local_cluster.launcher.up import up as run  # noqa: PLC0415

    run(data_dir, port, scale or [], build_web=web, rate_limits=rate_limits, demo=demo)


@app.command
def status(
    *,
    data_dir: DataDir = DEFAULT,
    json: Annotated[bool, Parameter(negative=(), help="Print it for programs.")] = False,
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
