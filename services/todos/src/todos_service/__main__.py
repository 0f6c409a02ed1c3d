"""`python -m todos_service serve` runs the service, `migrate` brings its database to this release."""

import sys

USAGE = "usage: python -m todos_service serve|migrate"


def main(arguments: list[str]) -> None:
    """Libraries are imported where they are used: a migration that finds the schema there loads no web framework."""
    if arguments == ["serve"]:
        _serve()
    elif arguments == ["migrate"]:
        _migrate()
    else:
        sys.exit(USAGE)


def _migrate() -> None:
    from service_common.migrations import migrate  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrate("todos_service", MigrationSettings.load().database_url)


def _serve() -> None:
    from service_common.http.server import run  # noqa: PLC0415
    from todos_service.app import create_app  # noqa: PLC0415
    from todos_service.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    app = create_app(settings)
    run("todos", app, settings, app.state.readiness)


if __name__ == "__main__":
    main(sys.argv[1:])
