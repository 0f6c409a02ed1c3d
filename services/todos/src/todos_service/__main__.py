"""python -m todos_service serve | migrate

Libraries are imported where they are used: `migrate` loads no web framework.
"""

import sys

from cyclopts import App

app = App(name="python -m todos_service", help="Todos.", version_flags=(), result_action="return_value")


@app.command
def serve() -> None:
    """Run the service."""
    from service_common.http import server  # noqa: PLC0415
    from todos_service.app import create_app  # noqa: PLC0415
    from todos_service.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    made = create_app(settings)
    server.run("todos", made, settings, made.state.readiness)


@app.command
def migrate() -> None:
    """Bring the database to this release's schema."""
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("todos_service", MigrationSettings.load().database_url)


if __name__ == "__main__":
    sys.exit(app())
