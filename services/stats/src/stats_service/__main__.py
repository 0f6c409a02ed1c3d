"""python -m stats_service serve | migrate | verify | rebuild

Libraries are imported where they are used: `migrate` loads no web framework.
"""

import sys

from cyclopts import App

app = App(name="python -m stats_service", help="Statistics of todos.", version_flags=(), result_action="return_value")


@app.command
def serve() -> None:
    """Run the service."""
    from service_common.http import server  # noqa: PLC0415
    from stats_service.app import create_app  # noqa: PLC0415
    from stats_service.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    made = create_app(settings)
    server.run("stats", made, settings, made.state.readiness)


@app.command
def migrate() -> None:
    """Bring the database to this release's schema."""
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("stats_service", MigrationSettings.load().database_url)


@app.command
def verify() -> int:
    """Compare what is served with a replay of the change log, name each difference; exit code 1 when there is one."""
    from stats_service import commands  # noqa: PLC0415

    return commands.verify()


@app.command
def rebuild() -> int:
    """Put a replay of the change log in the place of what is served, while the service runs."""
    from stats_service import commands  # noqa: PLC0415

    return commands.rebuild()


if __name__ == "__main__":
    sys.exit(app())
