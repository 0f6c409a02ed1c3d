"""python -m api_gateway serve"""

import resource
import sys

from cyclopts import App

app = App(name="python -m api_gateway", help="The public entry point.", version_flags=(), result_action="return_value")


@app.command
def serve() -> None:
    """Run the gateway."""
    from api_gateway.app import create_app, server_options  # noqa: PLC0415
    from api_gateway.settings import Settings  # noqa: PLC0415
    from service_common.http import server  # noqa: PLC0415

    settings = Settings.load()
    raise_file_limit()
    made = create_app(settings)
    server.run("gateway", made, settings, made.readiness, **server_options(settings))


def raise_file_limit() -> None:
    """A connection is a file: let this process open as many as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(app())
