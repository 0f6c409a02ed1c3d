"""docs/openapi.json: the document that the gateway serves, built from the services' code with no server running.

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
import stats_service.app
import stats_service.settings
import todos_service.app
import todos_service.settings
from api_gateway.site.openapi import merge

TARGET = Path(__file__).parents[2] / "docs" / "openapi.json"
UNUSED: dict[str, Any] = {
    "port": 1,
    "admin_port": 2,
    "database_url": "postgresql://unused@127.0.0.1/unused",
    "nats_url": "nats://127.0.0.1:1",
    "nats_user": "unused",
    "nats_password": "unused",
    "jwks_url": "http://127.0.0.1:1/",
}


async def build(folder: Path) -> str:
    """The document as text: the same code gives the same bytes."""
    key = folder / "key"
    key.write_text(base64.urlsafe_b64encode(bytes(32)).decode())
    apps = {
        "auth": auth_service.app.create_app(auth_service.settings.Settings(**UNUSED, key_encryption_key_file=key)),
        "todos": todos_service.app.create_app(todos_service.settings.Settings(**UNUSED)),
        "stats": stats_service.app.create_app(stats_service.settings.Settings(**UNUSED)),
    }
    document = merge({service: app.openapi() for service, app in apps.items()})
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = asyncio.run(build(Path(folder)))
    if "--check" not in sys.argv:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        sys.exit("docs/openapi.json is not what the code says; run: make openapi")


if __name__ == "__main__":
    main()
