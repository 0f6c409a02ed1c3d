"""The fixtures of every package's tests; the root `conftest.py` loads this plugin.

`await database("todos")` gives the URL of a fresh migrated database, `nats` is a NATS server of the test's own with
streams, durables and buckets in place. Tests of any number of xdist workers never see each other. One PostgreSQL
serves them all: the process that leads the session starts it. TODOBUS_TEST_ENGINES=containers takes both from images.
"""

import gc
import os
import uuid
from collections.abc import AsyncIterator, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local_cluster.credentials import BUS_USERS
from local_cluster.launcher.engines.postgres import Postgres
from local_cluster.launcher.engines.process import FIRST_PORT, LAST_PORT
from service_testing import engines
from service_testing.databases import Databases
from service_testing.nats import NatsServer, ProcessRunner, nats_server
from service_testing.waiting import wait_until

STACK = pytest.StashKey[ExitStack]()
FOLDER = pytest.StashKey[Path]()
SERVER = pytest.StashKey[Postgres]()
WORKERS = 8
PORTS_EACH = (LAST_PORT - FIRST_PORT) // WORKERS
IN_CONTAINERS = os.environ.get("TODOBUS_TEST_ENGINES") == "containers"


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has ports of its own; a container engine takes connections for a server that does not listen yet."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # what one has seen free another would take before it is used
        first = FIRST_PORT + int(worker.removeprefix("gw")) % WORKERS * PORTS_EACH
        os.environ["TODOBUS_PORTS"] = f"{first}-{first + PORTS_EACH}"
    if IN_CONTAINERS:
        config.addinivalue_line("filterwarnings", "ignore:unclosed <StreamWriter:ResourceWarning")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In the process that leads xdist workers: pass the addresses of the engines to each worker."""
    server = _postgres(node.config)
    node.workerinput["folder"] = str(_folder(node.config))
    node.workerinput["postgres"] = (str(server.folder), server.port, server.password)


def pytest_unconfigure(config: pytest.Config) -> None:
    if STACK in config.stash:
        config.stash[STACK].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A report parses source. Where a collected object reports one of its own meanwhile, Python 3.11 fails."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def session_folder(pytestconfig: pytest.Config) -> Path:
    """A folder that is removed with the session, however it ends."""
    worker = getattr(pytestconfig, "workerinput", None)
    return Path(worker["folder"]) if worker else _folder(pytestconfig)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Postgres:
    """The session's PostgreSQL; a test that wants to stop one starts its own."""
    worker = getattr(pytestconfig, "workerinput", None)
    if worker is None:
        return _postgres(pytestconfig)
    folder, port, password = worker["postgres"]
    return Postgres(Path(folder), port, password)


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Databases]:
    """Fresh databases by the name of their service, each with that service's schema: see `Databases`."""
    await wait_until(postgres.ready, 30)
    databases = Databases(postgres)
    yield databases
    await databases.drop()


@pytest.fixture
def bus_users() -> tuple[str, ...]:
    """Who can log in to `nats`, beside the named subscribers."""
    return BUS_USERS


@pytest.fixture
def bus_subscribers() -> tuple[str, ...]:
    """The named subscribers of `nats`."""
    return ()


@pytest.fixture
async def nats(
    session_folder: Path, bus_users: tuple[str, ...], bus_subscribers: tuple[str, ...]
) -> AsyncIterator[NatsServer]:
    """A NATS server of this test's own, provisioned."""
    make_runner = _containers().ContainerRunner if IN_CONTAINERS else ProcessRunner
    folder = session_folder / f"nats-{uuid.uuid4().hex}"
    async with nats_server(folder, make_runner, bus_users, bus_subscribers) as server:
        yield server


def _postgres(config: pytest.Config) -> Postgres:
    if SERVER not in config.stash:
        start = _containers().postgres if IN_CONTAINERS else engines.embedded_postgres
        folder = _folder(config)
        config.stash[SERVER] = config.stash[STACK].enter_context(start(folder))
    return config.stash[SERVER]


def _folder(config: pytest.Config) -> Path:
    if FOLDER not in config.stash:
        config.stash[STACK] = ExitStack()
        config.stash[FOLDER] = config.stash[STACK].enter_context(engines.session_folder())
    return config.stash[FOLDER]


def _containers() -> Any:
    """Docker's client library is loaded only by those who want containers."""
    from service_testing import containers  # noqa: PLC0415

    return containers
