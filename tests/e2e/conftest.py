from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from service_testing.system import Person, RunningSystem, System, person, running_system


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share the running system run one after the other, in one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "shared_system" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def shared_system(session_folder: Path) -> Iterator[System | RunningSystem]:
    """The system that the tests of this folder share, in a folder with a space in its name."""
    if elsewhere := running_system():
        yield elsewhere
        return
    system = System(session_folder / "a system" / "data", "--no-web", "--no-rate-limits", "--demo")
    yield system
    assert system.stop() == 0, system.output()


@pytest.fixture
async def system(shared_system: System | RunningSystem) -> System | RunningSystem:
    """The shared system, started by the first test and again after a test that has ended it."""
    if shared_system.launcher is None:
        await shared_system.start()
    return shared_system


@pytest.fixture
async def ann(system: System) -> AsyncIterator[Person]:
    async with person(system.url) as user:
        yield user


@pytest.fixture
async def ben(system: System) -> AsyncIterator[Person]:
    async with person(system.url) as user:
        yield user
