"""The command line that every service has: `python -m <package> serve | migrate`, and the commands it adds.

Modules are imported when their command runs: `migrate` loads no web framework.
"""

import gc
import importlib

from cyclopts import App


def create(package: str, description: str) -> App:
    """The app of a service whose package has `app.create_app`, `settings.Settings` and migrations."""
    app = App(name=f"python -m {package}", help=description, version_flags=(), result_action="return_value")

    @app.command
    def serve() -> None:
        """Run the service."""
        gc.disable()  # until it serves: a tenth of the time of the imports would go into collections that free nothing
        from service_common.http import server  # noqa: PLC0415

        settings = importlib.import_module(f"{package}.settings").Settings.load()
        made = importlib.import_module(f"{package}.app").create_app(settings)
        server.run(package.removesuffix("_service"), made, settings, made.state.readiness)

    @app.command
    def migrate() -> None:
        """Bring the database to this release's schema."""
        from service_common import migrations  # noqa: PLC0415
        from service_common.settings import MigrationSettings  # noqa: PLC0415

        migrations.migrate(package, MigrationSettings.load().database_url)

    return app
