"""python -m auth_service serve | migrate | rotate-keys | audit

Libraries are imported where they are used: `migrate` loads no web framework.
"""

import sys
from typing import Annotated

from cyclopts import App, Parameter

HELP = "Accounts, sessions, signed tokens."
app = App(name="python -m auth_service", help=HELP, version_flags=(), result_action="return_value")


@app.command
def serve() -> None:
    """Run the service."""
    from auth_service.app import create_app  # noqa: PLC0415
    from auth_service.settings import Settings  # noqa: PLC0415
    from service_common.http import server  # noqa: PLC0415

    settings = Settings.load()
    made = create_app(settings)
    server.run("auth", made, settings, made.state.readiness)


@app.command
def migrate() -> None:
    """Bring the database to this release's schema."""
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("auth_service", MigrationSettings.load().database_url)


@app.command
def rotate_keys(
    *, lead: Annotated[int | None, Parameter(help="Seconds between publishing the key and signing with it.")] = None
) -> None:
    """Publish the next signing key."""
    from auth_service import commands  # noqa: PLC0415

    commands.rotate_keys(lead)


@app.command
def audit(
    *,
    email: Annotated[str | None, Parameter(help="Only what concerns this account.")] = None,
    days: Annotated[float, Parameter(help="How far back.")] = 30,
    json: Annotated[bool, Parameter(negative=(), help="Write a JSON object per line.")] = False,
) -> None:
    """Read the audit log."""
    from auth_service import commands  # noqa: PLC0415

    commands.read_audit_log(email, days, as_json=json)


if __name__ == "__main__":
    sys.exit(app())
