"""The passwords of a cluster: generated at its first start and kept in its data folder."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from local_cluster.data_folder import DataFolder, write_private
from local_cluster.services import SERVICES

BUS_USERS = ("operator", "gateway", "subscriber", *SERVICES)


@dataclass(frozen=True)
class Credentials:
    """`databases` are for the roles that services run as, `owners` for those that migrate, by service.

    `bus` is for the operator, our services and the user `subscriber`, `subscribers` for the named ones.
    """

    postgres: str = field(repr=False)
    databases: dict[str, str] = field(repr=False)
    bus: dict[str, str] = field(repr=False)
    owners: dict[str, str] = field(default_factory=dict, repr=False)
    subscribers: dict[str, str] = field(default_factory=dict, repr=False)


def load_or_generate(folder: DataFolder) -> Credentials:
    for key in folder.keys:
        if not key.exists():
            write_private(key, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    known = json.loads(folder.credentials.read_text()) if folder.credentials.exists() else {}
    if (complete := _completed(known)) != known:
        write_private(folder.credentials, json.dumps(complete, indent=2))
    return load(folder)


def load(folder: DataFolder) -> Credentials:
    return Credentials(**json.loads(folder.credentials.read_text()))


def save(folder: DataFolder, credentials: Credentials) -> None:
    write_private(folder.credentials, json.dumps(asdict(credentials), indent=2))


def _completed(known: dict[str, Any]) -> dict[str, Any]:
    """What is known, and a new password for each role that has none: a service may have been added since."""
    return {
        "postgres": known.get("postgres") or secrets.token_urlsafe(),
        "databases": {name: secrets.token_urlsafe() for name in SERVICES} | known.get("databases", {}),
        "bus": {name: secrets.token_urlsafe() for name in BUS_USERS} | known.get("bus", {}),
        "owners": {name: secrets.token_urlsafe() for name in SERVICES} | known.get("owners", {}),
        "subscribers": known.get("subscribers", {}),
    }
