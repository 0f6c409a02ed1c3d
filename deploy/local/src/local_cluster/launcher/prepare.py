"""`python -m local_cluster.launcher.prepare`: databases, roles, schemas, streams; once the engines run.

A process of its own, so that the launcher neither loads nor keeps the client libraries. Repeating it changes nothing.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import nats

from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import Postgres, create_database
from local_cluster.services import PACKAGES, SERVICES
from service_common import migrations
from service_common.provisioning import provision
from todobus_events.jetstream import ProvisioningError


async def prepare(folder: DataFolder, postgres_port: int, nats_port: int) -> None:
    secrets = credentials.load(folder)
    postgres = Postgres(folder.postgres, postgres_port, secrets.postgres)
    await _provision(Nats(folder.nats, nats_port, {}).url(), secrets.bus["operator"])
    for service in SERVICES:
        owner = secrets.owners[service]
        await create_database(postgres, service, secrets.databases[service], owner)
        await migrations.upgrade(PACKAGES[service], postgres.url(service, f"{service}_owner", owner))
    if folder.restored.exists():
        _end_sessions(postgres.url("auth", "auth", secrets.databases["auth"]))
        folder.restored.unlink()


def _end_sessions(url: str) -> None:
    command = [sys.executable, "-m", PACKAGES["auth"], "end-sessions"]
    subprocess.run(command, env=os.environ | {"TODOBUS_DATABASE_URL": url}, check=True, stdout=subprocess.DEVNULL)


async def _provision(url: str, password: str) -> None:
    client = await nats.connect(url, user="operator", password=password, inbox_prefix="_INBOX_operator")
    try:
        await provision(client)
    finally:
        await client.close()


def main(folder: str, postgres_port: str, nats_port: str) -> None:
    try:
        asyncio.run(prepare(DataFolder(Path(folder)), int(postgres_port), int(nats_port)))
    except (migrations.SchemaTooNewError, ProvisioningError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
