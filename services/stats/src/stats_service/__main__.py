"""`python -m stats_service serve|migrate`."""

import argparse

from service_common import migrations, server
from service_common.settings import MigrationSettings
from stats_service.app import create_app
from stats_service.settings import Settings


def serve() -> None:
    settings = Settings.load()
    app = create_app(settings)
    server.run("stats", app, settings, app.state.readiness)


def migrate() -> None:
    migrations.migrate("stats_service", MigrationSettings.load().database_url)


COMMANDS = {"serve": serve, "migrate": migrate}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stats_service", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    COMMANDS[parser.parse_args().command]()


if __name__ == "__main__":
    main()
