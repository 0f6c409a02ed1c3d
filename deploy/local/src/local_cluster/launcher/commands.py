"""`todobus up`: the command that runs the system."""

from typing import Annotated

from cyclopts import Parameter

from local_cluster.cli import DEFAULT, DataDir, app


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
