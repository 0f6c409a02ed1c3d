"""python -m example_service serve | migrate

Libraries are imported where they are used: `migrate` loads no web framework.
"""

import sys

from cyclopts import App

app = App(
    name="python -m example_service",
    help="Completed todos of each user.",
    version_flags=(),
    result_action="return_value",
)


@app.command
def serve() -> None:
    """Run the service."""
    from example_service.app import create_app  # noqa: PLC0415
    from example_service.settings import Settings  # noqa: PLC0415
    from service_common.http import server  # noqa: PLC0415

    settings = Settings.load()
    made = create_app(settings)
    server.run("example", made, settings, made.state.readiness)


@app.command
def migrate() -> None:
    """Bring the database to this release's schema."""
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("example_service", MigrationSettings.load().database_url)


if __name__ == "__main__":
    sys.exit(app())
