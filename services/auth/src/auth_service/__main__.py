"""python -m auth_service serve | migrate | rotate-keys | audit"""

import argparse


def serve() -> None:
    from auth_service.app import create_app  # noqa: PLC0415 - `migrate` needs no web framework
    from auth_service.settings import Settings  # noqa: PLC0415
    from service_common.http import server  # noqa: PLC0415

    settings = Settings.load()
    app = create_app(settings)
    server.run("auth", app, settings, app.state.readiness)


def migrate() -> None:
    from service_common import migrations  # noqa: PLC0415
    from service_common.settings import MigrationSettings  # noqa: PLC0415

    migrations.migrate("auth_service", MigrationSettings.load().database_url)


def rotate_keys(lead: int | None) -> None:
    from auth_service import commands  # noqa: PLC0415

    commands.rotate_keys(lead)


def audit(email: str | None, days: float, *, json: bool) -> None:
    from auth_service import commands  # noqa: PLC0415

    commands.read_audit_log(email, days, as_json=json)


def main() -> None:
    arguments = vars(_parser().parse_args())
    arguments.pop("run")(**arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m auth_service", description="Accounts, sessions, signed tokens.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the service").set_defaults(run=serve)
    commands.add_parser("migrate", help="bring the database to this release's schema").set_defaults(run=migrate)
    rotate = commands.add_parser("rotate-keys", help="publish the next signing key")
    rotate.add_argument("--lead", type=int, metavar="SECONDS", help="how long it is published before it signs")
    rotate.set_defaults(run=rotate_keys)
    log = commands.add_parser("audit", help="read the audit log")
    log.add_argument("--email", help="only what concerns this account")
    log.add_argument("--days", type=float, default=30, help="how far back (default: 30)")
    log.add_argument("--json", action="store_true", help="a JSON object a line")
    log.set_defaults(run=audit)
    return parser


if __name__ == "__main__":
    main()
