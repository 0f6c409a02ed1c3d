"""`python -m api_gateway serve`"""

import resource
import sys

from api_gateway.app import create_app, server_options
from api_gateway.settings import Settings
from service_common.http import server


def raise_file_limit() -> None:
    """A connection is a file: let as many be open as the system allows this process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main() -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m api_gateway serve")
    settings = Settings.load()
    raise_file_limit()
    app = create_app(settings)
    server.run("gateway", app, settings, app.readiness, **server_options())


if __name__ == "__main__":
    main()
