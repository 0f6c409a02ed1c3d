"""The passwords of a cluster: generated at its first start and kept in its data folder."""

import base64
import json
import secrets
from dataclasses import dataclass, field

from local_cluster.data_folder import DataFolder, write_private

DATABASES = ("auth", "todos", "stats")
BUS_USERS = ("operator", "auth", "todos", "stats", "gateway", "subscriber")


@dataclass(frozen=True)
class Credentials:
    postgres: str = field(repr=False)
    databases: dict[str, str] = field(repr=False)
    bus: dict[str, str] = field(repr=False)


def load_or_generate(folder: DataFolder) -> Credentials:
    if not folder.encryption_key.exists():
        write_private(folder.encryption_key, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    if not folder.credentials.exists():
        write_private(folder.credentials, json.dumps(_generate(), indent=2))
    return load(folder)


def load(folder: DataFolder) -> Credentials:
    return Credentials(**json.loads(folder.credentials.read_text()))


def _generate() -> dict[str, object]:
    return {
        "postgres": secrets.token_urlsafe(),
        "databases": {name: secrets.token_urlsafe() for name in DATABASES},
        "bus": {name: secrets.token_urlsafe() for name in BUS_USERS},
    }
