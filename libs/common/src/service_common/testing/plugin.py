"""The fixtures of every package's tests; the root `conftest.py` loads this plugin.

`database("todos")` gives the URL of a fresh migrated database. Tests of any number of xdist workers never see each
other. One PostgreSQL serves them all: the process that runs the session starts it.
"""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from service_common.engines.postgres import Postgres
from service_common.testing import engines
from service_common.testing.databases import Databases
from service_common.testing.waiting import wait_until

STACK = pytest.StashKey[ExitStack]()
SERVER = pytest.StashKey[Postgres]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In the process that leads xdist workers: each worker is told where PostgreSQL is."""
    postgres = _postgres(node.config)
    node.workerinput["postgres"] = {
        "folder": str(postgres.folder),
        "port": postgres.port,
        "password": postgres.password,
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    if STACK in config.stash:
        config.stash[STACK].close()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Postgres:
    """The session's PostgreSQL; a test that wants to stop one starts its own."""
    worker = getattr(pytestconfig, "workerinput", None)
    if worker is None:
        return _postgres(pytestconfig)
    return Postgres(Path(worker["postgres"]["folder"]), worker["postgres"]["port"], worker["postgres"]["password"])


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Databases]:
    """Fresh databases by the name of their service, each with that service's schema: see `Databases`."""
    await wait_until(postgres.ready, 30)
    databases = Databases(postgres)
    yield databases
    await databases.drop()


def _postgres(config: pytest.Config) -> Postgres:
    if SERVER not in config.stash:
        stack = config.stash[STACK] = ExitStack()
        folder = stack.enter_context(engines.session_folder())
        config.stash[SERVER] = stack.enter_context(engines.embedded_postgres(folder))
    return config.stash[SERVER]
