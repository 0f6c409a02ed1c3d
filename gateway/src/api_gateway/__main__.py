"""`python -m api_gateway serve`"""

import sys

from api_gateway.app import create_app, server_options
from api_gateway.settings import Settings
from service_common import server


def main() -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m api_gateway serve")
    settings = Settings.load()
    app = create_app(settings)
    server.run("gateway", app, settings, app.readiness, **server_options())


if __name__ == "__main__":
    main()
