import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from service_testing.system import System

from .harness import LONG

Start = Callable[..., AbstractAsyncContextManager[System]]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them one after the other: two attacks at once would harm each other's innocent users."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("abuse"))


@pytest.fixture
def start(session_folder: Path) -> Start:
    """Starts a system with options of `todobus up` and settings of its services."""

    @asynccontextmanager
    async def started(*options: str, **settings: str) -> AsyncIterator[System]:
        folder = session_folder / f"abuse-{uuid.uuid4().hex}"
        environment = {f"TODOBUS_{name.upper()}": value for name, value in settings.items()}
        system = System(folder / "data", "--no-web", *options, environment=environment)
        await system.start()
        try:
            yield system
        finally:
            system.stop()
            shutil.rmtree(folder, ignore_errors=True)

    return started


@pytest.fixture(scope="session")
def shared_system(session_folder: Path) -> Iterator[System]:
    system = System(session_folder / "abuse" / "data", "--no-web")
    yield system
    system.stop()


@pytest.fixture
async def system(shared_system: System, request: pytest.FixtureRequest) -> AsyncIterator[System]:
    """One system for all attacks; after a long attack its processes start again."""
    if shared_system.launcher is None:
        await shared_system.start()
    yield shared_system
    if LONG or request.node.get_closest_marker("slow"):
        shared_system.stop()
