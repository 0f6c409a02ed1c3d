"""docs/development.md: its how-tos are followed on a copy of the repository, with the code as it stands in the page."""

import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import textwrap
import venv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service_testing.system import System, person
from service_testing.waiting import wait_until

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/development.md").read_text()
ENDPOINT, EVENT, QUESTIONS = "Add an endpoint", "Add an event", "Where is …?"
STEP = re.compile(r"^\d\. `([^`]+)`(?:, below `([^`]+)`)?.*?\n\n   ```python\n(.*?)^   ```", re.MULTILINE | re.DOTALL)
NAMED = re.findall(r"`(\w+)`\s+in\s+`([\w/.]+\.py)`", GUIDE)
ANSWERS = re.compile(r"^\| .+\? \| `(.+)` \|$", re.MULTILINE)
ENGINES = {"TODOBUS_NATS_SERVER": str(Path(sysconfig.get_path("scripts")) / "nats-server")}


def section(heading: str) -> str:
    return next(part for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE) if part.startswith(heading))


def command(start: str) -> str:
    """The command in the page that starts so."""
    [found] = set(re.findall(rf"`({re.escape(start)}[^`…]*)`", section("Add a service")))
    return str(found)


class Copy:
    """A copy of the repository, with an environment that has the installed libraries and the copy's own packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = self.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists() and not name.startswith("frontend/"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        self.run("git", "init", "--quiet")
        self.run("git", "add", ".")
        venv.create(folder / ".venv", symlinks=True)
        self.todobus = folder / ".venv/bin/todobus"
        self.todobus.write_text(f"#!/bin/sh\nexec '{folder}/.venv/bin/python' -m local_cluster \"$@\"\n")
        self.todobus.chmod(0o755)
        self._find_packages()

    def _find_packages(self) -> None:
        """In place of `make setup`: the copy's packages come first, then what is installed beside the tests."""
        sources = [
            str(path.parent / "src") for path in self.folder.rglob("pyproject.toml") if path.parent != self.folder
        ]
        installed = site.getsitepackages()[0]
        [own] = (self.folder / ".venv/lib").glob("python*/site-packages")
        (own / "copy.pth").write_text("\n".join([*sources, f"import site; site.addsitedir({installed!r})"]))
        for stamp in ("run", "dev"):
            (self.folder / ".venv" / stamp).touch()

    def run(self, *argv: str, folder: Path | None = None) -> str:
        """What the program prints; it must succeed."""
        environment = {**os.environ, **ENGINES, "PYTHONDONTWRITEBYTECODE": "", "PYTHON": sys.executable}
        done = subprocess.run(
            argv, cwd=folder or self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, *arguments: str) -> str:
        return self.run(".venv/bin/python", *arguments)

    def follow(self, heading: str) -> None:
        """Put each block of the section where it says: at the end of a file, or below a line."""
        steps = STEP.findall(section(heading))
        assert len(steps) == section(heading).count("```python")
        for path, line, block in steps:
            file = self.folder / path
            text, added = file.read_text(), textwrap.dedent(block)
            if line:
                [anchor] = [found for found in text.splitlines(keepends=True) if line in found]
                file.write_text(text.replace(anchor, anchor + textwrap.indent(added, "    ")))
            else:
                file.write_text(f"{text}\n\n{added}")

    def status(self) -> str:
        return self.run("git", "status", "--porcelain")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    folder = tmp_path / "a copy"
    folder.mkdir()
    return Copy(folder)


@pytest.fixture
async def system(copy: Copy, session_folder: Path) -> AsyncIterator[System]:
    """The system of the copy; a test starts it."""
    data = session_folder / "development-guide" / "data"
    made = System(data, "--no-web", environment=ENGINES, todobus=str(copy.todobus))
    yield made
    assert made.stop() == 0, made.output()


async def test_a_service_with_one_more_endpoint(copy: Copy, system: System) -> None:
    before = copy.status()
    copy.run(*command("make new-service").split())
    copy.follow(ENDPOINT)
    copy.python("-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--editable", "./services/labels")
    copy.python("-m", "ruff", "check", "-q", "services/labels")
    copy.python("-m", "ruff", "format", "--check", "-q", "services/labels")
    assert "passed" in copy.python("-m", "pytest", "-q", "services/labels")

    await system.start()
    async with person(system.url) as ann:
        await ann.create("Buy milk", completed=True)

        async def counted(number: int) -> bool:
            return bool((await ann.http.get("/api/labels")).json()["completed"] == number)

        await wait_until(lambda: counted(1))
        assert (await ann.http.delete("/api/labels")).status_code == 204
        assert await counted(0)

    shutil.rmtree(copy.folder / "services/labels")
    assert "labels" not in copy.python("-c", "import local_cluster.services as found; print(found.SERVICES)")
    assert copy.status() == before


def test_an_event(copy: Copy) -> None:
    copy.follow(EVENT)
    copy.run("make", "contracts")
    assert "?? contracts/events/todo.archived.v1.schema.json" in copy.status()
    tests = ("tests/contracts/test_event_contracts.py", "-k", "todo.archived")
    assert "passed" in copy.python("-m", "pytest", "-q", *tests)


@pytest.mark.parametrize("path", ANSWERS.findall(section(QUESTIONS)))
def test_the_answer_to_a_question_exists(path: str) -> None:
    assert (ROOT / path).is_file()


def test_there_are_ten_questions() -> None:
    assert len(ANSWERS.findall(section(QUESTIONS))) == 10


@pytest.mark.parametrize(("name", "path"), [found for found in NAMED if "labels" not in found[1]])
def test_a_file_has_the_name_that_the_page_sends_a_reader_to(name: str, path: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text())
