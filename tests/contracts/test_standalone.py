"""A program outside of this repository: an empty environment with `libs/events` alone runs what the documents show."""

import asyncio
import re
import shutil
import subprocess
import sys
import uuid
import venv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "libs" / "events"
PROGRAMS = ("README.md", "docs/events.md", "libs/events/README.md")
PACKAGES = {
    "annotated-types",
    "nats-py",
    "pydantic",
    "pydantic-core",
    "todobus-events",
    "typing-extensions",
    "typing-inspection",
}
LIST_ALL = "import importlib.metadata as m; print(*(d.metadata['Name'] for d in m.distributions()))"
IMPORT_ALL = """
import importlib, pkgutil, todobus_events
for module in pkgutil.walk_packages(todobus_events.__path__, "todobus_events."):
    if module.name != "todobus_events.subscriber.postgres":
        importlib.import_module(module.name)
"""

pytestmark = pytest.mark.xdist_group("standalone")


def run(*command: object, cwd: Path = ROOT) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True, cwd=cwd).stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of the environment; the wheel is built with the tools that are installed here.

    What the wheel requires is copied from the environment of this process: tests need no package index.
    """
    folder = tmp_path_factory.mktemp("standalone")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=EVENTS)
    venv.create(folder / "venv", symlinks=True)
    found = folder / "venv" / "bin" / "python"
    packages = Path(run(found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    [wheel] = folder.glob("*.whl")
    ZipFile(wheel).extractall(packages)
    for package in required("todobus-events"):
        for file in package.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), packages / file)
    return found


def required(name: str) -> Iterator[Distribution]:
    """What a package requires, with what that requires, without extras."""
    for requirement in map(Requirement, distribution(name).requires or ()):
        if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
            yield distribution(requirement.name)
            yield from required(requirement.name)


def program(document: str) -> str:
    """The one in it that listens."""
    [found] = re.findall(r"^```python\n(import .*?)^```", (ROOT / document).read_text(), flags=re.MULTILINE | re.DOTALL)
    return str(found)


@asynccontextmanager
async def running(python: Path, text: str, nats: Any, folder: Path) -> AsyncIterator[asyncio.StreamReader]:
    """The program with nothing but a login; what it prints."""
    password = nats.passwords["subscriber"]
    login = {
        "NATS_URL": nats.url.replace("://", f"://subscriber:{password}@"),
        "TODOBUS_NATS_URL": nats.url,
        "TODOBUS_NATS_USER": "subscriber",
        "TODOBUS_NATS_PASSWORD": password,
    }
    process = await asyncio.create_subprocess_exec(*(python, "-c", text), env=login, cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.communicate()


def test_few_packages_are_installed(python: Path) -> None:
    listed = run(python, "-c", LIST_ALL).split()
    assert {name.lower().replace("_", "-") for name in listed} == PACKAGES
    assert len(PACKAGES) < 10


def test_every_module_can_be_imported(python: Path) -> None:
    run(python, "-c", IMPORT_ALL)


@pytest.mark.parametrize("document", PROGRAMS)
async def test_the_program_prints_completions(document: str, python: Path, publisher: Any, tmp_path: Path) -> None:
    user, titles = str(uuid.uuid4()), [f"number {number}" for number in range(3)]
    for title in titles:
        await publisher.write(user, event_type="todo.completed.v1", title=title)
    async with publisher.relaying(), running(python, program(document), publisher.nats, tmp_path) as printed:
        for title in titles:
            assert await asyncio.wait_for(printed.readline(), 20) == f"completed: {title}\n".encode()


@pytest.mark.parametrize("document", PROGRAMS[1:])
async def test_the_subscriber_prints_also_what_the_bus_lost(
    document: str, python: Path, publisher: Any, tmp_path: Path
) -> None:
    user = str(uuid.uuid4())
    for title in ("lost", "found"):
        await publisher.write(user, event_type="todo.completed.v1", title=title)
    await publisher.pool.execute("delete from outbox where sequence = 1")
    async with publisher.relaying(), running(python, program(document), publisher.nats, tmp_path) as printed:
        for title in ("lost", "found"):
            assert await asyncio.wait_for(printed.readline(), 20) == f"completed: {title}\n".encode()
