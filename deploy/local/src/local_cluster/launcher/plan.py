"""The cluster on one page: its processes, their ports and their settings."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_cluster.credentials import BUS_USERS, Credentials
from local_cluster.data_folder import DataFolder, write_private
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import Postgres
from local_cluster.launcher.engines.process import Program, free_port, port_is_free
from local_cluster.services import GATEWAY, PACKAGES, PLATFORM, SERVICES, added_routes
from todobus_events import permissions

ENGINES = frozenset({"postgres", "nats"})
LIMITING = frozenset({"auth", GATEWAY})
MAILING = frozenset({"auth", "notifications"})
MOST_AUTOMATIC = 3  # instances of todos, which keep the one gateway busy: docs/performance.md has the figures


@dataclass(frozen=True)
class Options:
    """What `todobus up` was asked for."""

    port: int = 8080
    scale: Mapping[str, int] = field(default_factory=dict)  # a service that is not named is scaled by `cores`
    cores: int = 1
    rate_limits: bool = True
    demo: bool = False
    web_root: Path | None = None


@dataclass(frozen=True)
class Instance:
    """One process of a service (or the gateway)."""

    name: str
    service: str
    number: int
    port: int
    admin_port: int


class Plan:
    def __init__(self, folder: DataFolder, credentials: Credentials, options: Options) -> None:
        self.folder = folder
        self.credentials = credentials
        self.options = options
        self._ports = _Ports(folder, options.port)
        self.instances = [instance for service in SERVICES for instance in self._instances(service)]
        self.instances.append(Instance(GATEWAY, GATEWAY, 1, options.port, self._ports[f"{GATEWAY} admin"]))
        self.postgres = Postgres(folder.postgres, self._ports["postgres"], credentials.postgres)
        self.nats = Nats(folder.nats, self._ports["nats"], bus_accounts(credentials))
        self._ports.save()

    def program(self, instance: Instance) -> Program:
        argv = (sys.executable, "-m", PACKAGES[instance.service], "serve")
        return Program(argv, os.environ | self.environment(instance))

    def environment(self, instance: Instance) -> dict[str, str]:
        own = {
            "TODOBUS_HOST": "127.0.0.1",
            "TODOBUS_PORT": str(instance.port),
            "TODOBUS_ADMIN_PORT": str(instance.admin_port),
            "TODOBUS_INSTANCE": str(instance.number),
        }
        return own | self.service_environment(instance.service)

    def service_environment(self, service: str) -> dict[str, str]:
        """The settings that all instances of a service share."""
        common = service_environment(
            service, self.folder, self.credentials, self.postgres, self.nats.url(), self._upstreams("auth")
        )
        if service in MAILING:
            common["TODOBUS_PUBLIC_URL"] = public_url(self.options.port)
        if service in LIMITING:
            common["TODOBUS_RATE_LIMITS"] = "on" if self.options.rate_limits else "off"
        return common | (self._gateway() if service == GATEWAY else {})

    def write_subscriber_files(self) -> None:
        """For `subscriber` and each named subscriber; the port of the bus may be another one than last time."""
        write_subscriber_file(self.folder, "subscriber", self.credentials.bus["subscriber"], self.nats)
        for name, password in self.credentials.subscribers.items():
            write_subscriber_file(self.folder, name, password, self.nats)

    def _gateway(self) -> dict[str, str]:
        upstreams = {f"TODOBUS_{name.upper()}_UPSTREAMS": self._upstreams(name) for name in PLATFORM}
        if added := added_routes():
            upstreams["TODOBUS_ADDED_ROUTES"] = json.dumps(added)
            upstreams["TODOBUS_ADDED_UPSTREAMS"] = json.dumps({name: self._upstreams(name) for name in added.values()})
        web = {"TODOBUS_WEB_ROOT": str(self.options.web_root)} if self.options.web_root else {}
        return upstreams | web

    def _upstreams(self, service: str) -> str:
        return ",".join(f"http://127.0.0.1:{i.port}" for i in self.instances if i.service == service)

    def _instances(self, service: str) -> Iterator[Instance]:
        asked = self.options.scale.get(service)
        count = asked or automatic(service, self.options.cores)
        for number in range(1, count + 1):
            is_plain = count == 1 or (number == 1 and not asked)  # what scales by itself keeps the name of the first
            name = service if is_plain else f"{service}-{number}"
            yield Instance(name, service, number, self._ports[name], self._ports[f"{name} admin"])


def automatic(service: str, cores: int) -> int:
    """How many instances of a service make use of so many cores: above four a second one of todos, and so on."""
    return min((cores + 1) // 3, MOST_AUTOMATIC) or 1 if service == "todos" else 1


def service_environment(
    service: str, folder: DataFolder, credentials: Credentials, postgres: Postgres, nats_url: str, auth_urls: str
) -> dict[str, str]:
    """The settings of every process of a service, also of one that runs a single command."""
    environment = {
        "TODOBUS_NATS_URL": nats_url,
        "TODOBUS_NATS_USER": service,
        "TODOBUS_NATS_PASSWORD": credentials.bus[service],
        "TODOBUS_JWKS_URL": f"{auth_urls.partition(',')[0]}/.well-known/jwks.json",
        "TODOBUS_LOG_FORMAT": os.environ.get("TODOBUS_LOG_FORMAT", "console"),
    }
    if service in SERVICES:
        environment["TODOBUS_DATABASE_URL"] = postgres.url(service, service, credentials.databases[service])
    if service == "auth":
        environment["TODOBUS_KEY_ENCRYPTION_KEY_FILE"] = str(folder.encryption_key)
    if service in MAILING:
        environment["TODOBUS_MAIL_FOLDER"] = str(folder.mail)
    if service == "notifications":
        environment["TODOBUS_NOTIFICATIONS_KEY_FILE"] = str(folder.notifications_key)
    return environment


def public_url(port: int) -> str:
    """Where links in mails lead: this machine, unless the environment names another address."""
    return os.environ.get("TODOBUS_PUBLIC_URL", f"http://localhost:{port}")


def bus_accounts(credentials: Credentials) -> dict[str, Any]:
    """nats-server's accounts; a service that was removed has no user any more."""
    return permissions.accounts({user: credentials.bus[user] for user in BUS_USERS}, credentials.subscribers)


def write_subscriber_file(folder: DataFolder, name: str, password: str, nats: Nats) -> Path:
    """What a developer's own subscriber needs to connect: for the `nats` command, and for `BusSettings`."""
    settings = {
        "NATS_URL": f"nats://{name}:{password}@127.0.0.1:{nats.port}",
        "TODOBUS_NATS_URL": nats.url(),
        "TODOBUS_NATS_USER": name,
        "TODOBUS_NATS_PASSWORD": password,
    }
    file = folder.subscriber if name == "subscriber" else folder.subscriber_file(name)
    write_private(file, "".join(f"{key}={value}\n" for key, value in settings.items()))
    return file


class _Ports:
    """The same ports as last time where they are still free: what a developer has noted down stays true."""

    def __init__(self, folder: DataFolder, taken: int) -> None:
        self._path = folder.root / "ports.json"
        self._known: dict[str, int] = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._taken = {taken}

    def __getitem__(self, name: str) -> int:
        port = self._known.get(name)
        while port is None or port in self._taken or not port_is_free(port):
            port = free_port()
        self._taken.add(port)
        self._known[name] = port
        return port

    def save(self) -> None:
        write_private(self._path, json.dumps(self._known, indent=2))
