"""`todobus doctor`: checks everything a cluster needs, and says what is wrong."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from local_cluster.cli import DEFAULT, DataDir
from local_cluster.launcher import web_build
from local_cluster.launcher.engines import nats, postgres
from local_cluster.launcher.engines.process import EngineError, port_is_free
from local_cluster.launcher.probe import get
from local_cluster.operator import running
from local_cluster.services import PACKAGES, SERVICES
from service_common import migrations

LEAST_FREE = 1024**3
OLDEST_PYTHON = (3, 11)

Finding = tuple[bool, str]


def doctor(
    *,
    data_dir: DataDir = DEFAULT,
    port: Annotated[int, Parameter(help="The port for up.")] = 8080,
    mail: Annotated[str | None, Parameter(help="Only send a message to this address, and print the answer.")] = None,
) -> int:
    if mail:
        return running.require(data_dir).run("auth", "send-mail", mail)
    findings = list(_findings(data_dir, port))
    for good, text in findings:
        print(f"{'ok  ' if good else 'BAD '} {text}")
    return 0 if all(good for good, _ in findings) else 1


def _findings(data_dir: Path, port: int) -> Iterator[Finding]:
    yield sys.version_info >= OLDEST_PYTHON, f"Python {sys.version.split()[0]}"
    yield _program("PostgreSQL", lambda: postgres.binary("postgres"))
    yield _program("NATS", nats.binary)
    node = web_build.node_environment()
    yield True, f"Node for the web app: {'found' if node else 'missing, the API runs without'}"
    yield _disk(data_dir)
    cluster = running.find(data_dir)
    if cluster is None:
        free = port_is_free(port)
        yield free, f"nothing runs on {data_dir}; port {port} is {'free' if free else 'in use'}"
        return
    yield from asyncio.run(_running(cluster))


def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        path = find()
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (EngineError, OSError, subprocess.CalledProcessError) as error:
        return False, f"{name}: {error}"
    return True, f"{name}: {shown.stdout.strip()}"


def _disk(data_dir: Path) -> Finding:
    place = next(folder for folder in (data_dir.resolve(), *data_dir.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return free > LEAST_FREE, f"{free / 1024**3:.1f} GiB free for {data_dir}"


async def _running(cluster: running.Running) -> list[Finding]:
    findings = [
        (process["state"] == "ready", f"{process['name']} is {process['state']}, restarted {process['restarts']} times")
        for process in cluster.processes
    ]
    findings += [await _schema(cluster, name) for name in SERVICES]
    return [*findings, await _gateway(cluster)]


async def _schema(cluster: running.Running, service: str) -> Finding:
    url = cluster.postgres.url(service, service, cluster.credentials.databases[service])
    try:
        current = await migrations.is_current(PACKAGES[service], url)
    except (OSError, migrations.SchemaTooNewError) as error:
        return False, str(error)
    return current, f"schema of {service}: {migrations.head(PACKAGES[service]) if current else 'not migrated'}"


async def _gateway(cluster: running.Running) -> Finding:
    try:
        status, body = await get(cluster.port, "/readyz")
    except (OSError, TimeoutError) as error:
        return False, f"the gateway does not answer: {error}"
    return status == 200, f"the gateway answers {status}: {body.decode()}"  # noqa: PLR2004
