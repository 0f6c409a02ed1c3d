"""python -m auth_service serve | migrate"""

import argparse


def serve() -> None:
    from auth_service.app import create_app  # noqa: PLC0415 - `migrate` needs no web framework
    from auth_service.settings import Settings  # noqa: PLC0415
    from service_common import server  # noqa: PLC0415

    settings = Settings.load()
    app = create_app(settings)
    server.run("auth", app, settings, app.state.readiness)


def migrate() -> None:
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("auth_service", MigrationSettings.load().database_url)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m auth_service", description="Accounts, sessions, signed tokens.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the service").set_defaults(run=serve)
    commands.add_parser("migrate", help="bring the database to this release's schema").set_defaults(run=migrate)
    parser.parse_args().run()


if __name__ == "__main__":
    main()
