import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from service_testing.system import System

Start = Callable[..., AbstractAsyncContextManager[System]]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them one after the other: two attacks at once would harm each other's innocent users."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("abuse"))


@pytest.fixture
def start(session_folder: Path) -> Start:
    """Starts a system with limits on requests, and with settings."""

    @asynccontextmanager
    async def started(**settings: str) -> AsyncIterator[System]:
        environment = {f"TODOBUS_{name.upper()}": value for name, value in settings.items()}
        system = System(session_folder / f"abuse-{uuid.uuid4().hex}" / "data", "--no-web", environment=environment)
        await system.start()
        try:
            yield system
        finally:
            system.stop()

    return started


@pytest.fixture
async def system(start: Start) -> AsyncIterator[System]:
    async with start() as made:
        yield made
