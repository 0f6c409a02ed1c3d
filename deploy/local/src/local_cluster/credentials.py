"""The passwords of a cluster: generated at its first start and kept in its data folder."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from local_cluster.data_folder import DataFolder, write_private
from local_cluster.services import SERVICES

BUS_USERS = ("operator", "gateway", "subscriber", *SERVICES)


@dataclass(frozen=True)
class Credentials:
    postgres: str = field(repr=False)
    databases: dict[str, str] = field(repr=False)
    bus: dict[str, str] = field(repr=False)


def load_or_generate(folder: DataFolder) -> Credentials:
    if not folder.encryption_key.exists():
        write_private(folder.encryption_key, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    known = json.loads(folder.credentials.read_text()) if folder.credentials.exists() else {}
    if (complete := _completed(known)) != known:
        write_private(folder.credentials, json.dumps(complete, indent=2))
    return load(folder)


def load(folder: DataFolder) -> Credentials:
    return Credentials(**json.loads(folder.credentials.read_text()))


def _completed(known: dict[str, Any]) -> dict[str, Any]:
    """What is known, and a new password for each role that has none: a service may have been added since."""
    return {
        "postgres": known.get("postgres") or secrets.token_urlsafe(),
        "databases": {name: secrets.token_urlsafe() for name in SERVICES} | known.get("databases", {}),
        "bus": {name: secrets.token_urlsafe() for name in BUS_USERS} | known.get("bus", {}),
    }
