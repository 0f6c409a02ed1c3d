"""`todobus subscribers`: logins for programs of others, each with one durable of its own name in each stream."""

import asyncio
import os
import re
import secrets
import signal
import time
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter
from nats.js.errors import NotFoundError

from local_cluster import credentials
from local_cluster.cli import DEFAULT, DataDir
from local_cluster.credentials import BUS_USERS
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.plan import write_subscriber_file
from local_cluster.operator import running
from local_cluster.operator.bus import connection
from local_cluster.operator.running import Running
from todobus_events import topology

MOST = 30
WAIT_SECONDS = 10
Name = Annotated[str, Parameter(help="Small letters, digits and hyphens, at most 32, a letter first.")]


def add(name: Name, /, *, data_dir: DataDir = DEFAULT) -> None:
    """Print the login, which is also in a file that only the owner of the data folder can read."""
    cluster = running.require(data_dir)
    known = cluster.credentials.subscribers
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name) or name in BUS_USERS:
        raise ClusterError(f"{name} cannot be the name of a subscriber: take small letters, digits and hyphens")
    if name in known:
        raise ClusterError(
            f"there is a subscriber {name} already; its login is in {cluster.folder.subscriber_file(name)}"
        )
    if len(known) == MOST:
        raise ClusterError(f"there are {MOST} subscribers, more would take the consumers of a stream: remove one")
    password = secrets.token_urlsafe()
    nats = _change(cluster, known | {name: password})
    _wait(nats, name, password, may=True)
    file = write_subscriber_file(cluster.folder, name, password, nats)
    print(f"{file}:\n\n{file.read_text()}")


def show(*, data_dir: DataDir = DEFAULT) -> None:
    folder = DataFolder(data_dir)
    if not folder.credentials.exists():
        raise ClusterError(f"there is no cluster in {folder.root}")
    for name in sorted(credentials.load(folder).subscribers):
        print(name)


def remove(name: Name, /, *, data_dir: DataDir = DEFAULT) -> None:
    cluster = running.require(data_dir)
    known = cluster.credentials.subscribers
    if name not in known:
        raise ClusterError(f"there is no subscriber {name}")
    nats = _change(cluster, {other: password for other, password in known.items() if other != name})
    _wait(nats, name, known[name], may=False)
    asyncio.run(_delete_durables(cluster, name))
    cluster.folder.subscriber_file(name).unlink(missing_ok=True)
    print(f"removed {name}")


def _change(cluster: Running, subscribers: dict[str, str]) -> Nats:
    """Keep the logins and have the server read them; gives the server with them."""
    pid = cluster.pid_of("nats")
    changed = replace(cluster, credentials=replace(cluster.credentials, subscribers=subscribers))
    credentials.save(cluster.folder, changed.credentials)
    changed.nats.configure()
    os.kill(pid, signal.SIGHUP)
    return changed.nats


def _wait(nats: Nats, name: str, password: str, *, may: bool) -> None:
    """Until the server lets the subscriber in, or does not any more."""
    deadline = time.monotonic() + WAIT_SECONDS
    while asyncio.run(nats.takes(name, password)) is not may:
        if time.monotonic() > deadline:
            raise ClusterError(f"NATS has not read its configuration within {WAIT_SECONDS} s: see its log")
        time.sleep(0.05)


async def _delete_durables(cluster: Running, name: str) -> None:
    async with connection(cluster) as client:
        for stream in (topology.TODOS, topology.USERS):
            with suppress(NotFoundError):
                await client.jetstream().delete_consumer(stream, name)
