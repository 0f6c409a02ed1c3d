"""`python -m stats_service serve|migrate|verify|rebuild`.

`verify` compares what is served with a replay of the change log and names each difference; `rebuild` puts the replay
in its place, while the service runs.
"""

import argparse
import sys
from collections.abc import Callable

from service_common import migrations
from service_common.http import server
from service_common.settings import MigrationSettings
from stats_service import commands


def serve() -> None:
    from stats_service.app import create_app  # noqa: PLC0415 - a web framework that the other commands do not wait for
    from stats_service.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    app = create_app(settings)
    server.run("stats", app, settings, app.state.readiness)


def migrate() -> None:
    migrations.migrate("stats_service", MigrationSettings.load().database_url)


COMMANDS: dict[str, Callable[[], int | None]] = {
    "serve": serve,
    "migrate": migrate,
    "verify": commands.verify,
    "rebuild": commands.rebuild,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m stats_service", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    sys.exit(COMMANDS[parser.parse_args().command]())


if __name__ == "__main__":
    main()
