"""docs/openapi.json: the document that the gateway serves, built from the services' code with no server running.

The table of scopes in docs/api.md comes from it too.

usage: openapi_document.py [--check]
"""

import asyncio
import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import auth_service.app
import auth_service.settings
import notifications_service.app
import notifications_service.settings
import stats_service.app
import stats_service.settings
import todos_service.app
import todos_service.settings
from api_gateway.site.openapi import merge
from service_common.tokens.scopes import GRANTABLE

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- make openapi -->\n", "<!-- end -->\n"
UNUSED: dict[str, Any] = {
    "port": 1,
    "admin_port": 2,
    "database_url": "postgresql://unused@127.0.0.1/unused",
    "nats_url": "nats://127.0.0.1:1",
    "nats_user": "unused",
    "nats_password": "unused",
    "jwks_url": "http://127.0.0.1:1/",
}


async def build(folder: Path) -> dict[str, Any]:
    key = folder / "key"
    key.write_text(base64.urlsafe_b64encode(bytes(32)).decode())
    apps = {
        "auth": auth_service.app.create_app(auth_service.settings.Settings(**UNUSED, key_encryption_key_file=key)),
        "todos": todos_service.app.create_app(todos_service.settings.Settings(**UNUSED)),
        "notifications": notifications_service.app.create_app(
            notifications_service.settings.Settings(**UNUSED, notifications_key_file=key)
        ),
        "stats": stats_service.app.create_app(stats_service.settings.Settings(**UNUSED)),
    }
    return merge({service: app.openapi() for service, app in apps.items()})


def scopes(document: dict[str, Any]) -> str:
    """Which routes each scope covers."""
    covered: dict[str, list[str]] = {f"`{scope}`": [] for scope in GRANTABLE} | {"a log-in only": [], "no token": []}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            covered[_needed(operation)].append(f"{method.upper()} {path}")
    rows = [f"| {scope} | {', '.join(f'`{route}`' for route in routes)} |\n" for scope, routes in covered.items()]
    return "| needed | routes |\n| --- | --- |\n" + "".join(rows)


def _needed(operation: dict[str, Any]) -> str:
    if "security" not in operation:
        return "no token"
    [scope] = operation["security"][0]["bearer"] or [""]
    return f"`{scope}`" if scope else "a log-in only"


def texts(document: dict[str, Any]) -> dict[Path, str]:
    """The files: the same code gives the same bytes."""
    page = DOCS / "api.md"
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    return {
        DOCS / "openapi.json": json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
        page: f"{before}{BEGIN}{scopes(document)}{END}{after}",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = texts(asyncio.run(build(Path(folder))))
    for path, text in made.items():
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            sys.exit(f"docs/{path.name} is not what the code says; run: make openapi")


if __name__ == "__main__":
    main()
