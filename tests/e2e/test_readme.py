"""The commands and the program of README.md, run as they stand there, against the running system."""

import asyncio
import json
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service_testing.system import TODOBUS, System

README = (Path(__file__).parents[2] / "README.md").read_text()


def blocks(language: str, heading: str) -> list[str]:
    """The code blocks in `language` below a heading."""
    section = re.split(r"^##+ ", README, flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(heading))
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(system: System) -> dict[str, str]:
    """What differs here from what a reader has: address, folders, an e-mail address without an account."""
    return {
        "http://localhost:8080": system.url,
        "ann@example.com": f"ann-{secrets.token_hex(4)}@example.com",
        ".venv/bin/python": shlex.quote(sys.executable),
        ".venv/bin/todobus": shlex.quote(TODOBUS),
        ".data/": "data/",
    }


def adapt(text: str, here: dict[str, str]) -> str:
    for theirs, ours in here.items():
        assert theirs in README
        text = text.replace(theirs, ours)
    return text


async def run(script: str, system: System) -> str:
    """Bash, in the folder that holds the data folder; stops at the first failure."""
    script = f"set -euo pipefail\n{script}"
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", script, cwd=system.data_dir.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    printed = (await asyncio.wait_for(shell.communicate(), 60))[0].decode()
    assert shell.returncode == 0, printed
    return printed


@asynccontextmanager
async def subscriber(system: System, here: dict[str, str]) -> AsyncIterator[asyncio.StreamReader]:
    """The program of the README and the line that starts it; what it prints."""
    [program], [start] = blocks("python", "Listen to the events"), blocks("sh", "Listen to the events")
    (system.data_dir.parent / "subscriber.py").write_text(program)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"exec {adapt(start, here)}"), cwd=system.data_dir.parent, stdout=subprocess.PIPE
    )
    assert process.stdout
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def test_the_tour_and_the_subscriber_do_what_they_say(system: System, here: dict[str, str]) -> None:
    tour = "\n".join(blocks("sh", "Five minutes with it"))
    printed = await run(adapt(tour, here), system)
    user, listed, completed, stats = [json.loads(line) for line in _documents(printed)]
    assert user["email"] == here["ann@example.com"]
    assert [todo["title"] for todo in listed] == ["Buy milk"]
    assert completed["completed"] is True
    assert (stats["total"], stats["completed"], stats["stale"]) == (1, 1, False)
    async with subscriber(system, here) as output:
        wanted = b"completed: Buy milk\n"
        while await asyncio.wait_for(output.readline(), 20) != wanted:
            pass


async def test_the_commands_to_look_after_it_work(system: System, here: dict[str, str]) -> None:
    [block] = blocks("sh", "Look after it")
    for line in block.splitlines():
        command = adapt(line.partition("#")[0].strip(), here)
        if not command.endswith("events"):  # goes on until Ctrl-C
            await run(f"{command} --data-dir data", system)
    assert "events" in (await run(f"{shlex.quote(TODOBUS)} --help", system))


async def test_every_recipe_it_names_exists(system: System) -> None:
    recipes = (Path(__file__).parents[2] / "Makefile").read_text()
    for name in re.findall(r"\bmake ([a-z-]+)", README):
        assert re.search(rf"^{name}:", recipes, flags=re.MULTILINE), name


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
async def test_every_page_it_links_exists(link: str) -> None:
    assert (Path(__file__).parents[2] / link).exists()


def _documents(printed: str) -> list[str]:
    """curl prints one JSON document after the other, without a line's end between them."""
    decoder, found, rest = json.JSONDecoder(), [], printed.strip()
    while rest:
        _, end = decoder.raw_decode(rest)
        found.append(rest[:end])
        rest = rest[end:].lstrip()
    return found
