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
) -> None:
    """Start the whole system and keep it running until Ctrl-C."""
    from .up import up as run  # noqa: PLC0415

    run(data_dir, port, scale or [], build_web=web, rate_limits=rate_limits)
