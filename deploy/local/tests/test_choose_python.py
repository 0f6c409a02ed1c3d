"""Which Python `make up` takes, by `choose_python.sh`, of programs that stand in for Pythons."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "choose_python.sh"
Build = Callable[[str, str, str], Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def make(folder: str, name: str, program: str) -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{program}\n")
        path.chmod(0o755)
        return path

    return make


def chosen(*folders: Path) -> str:
    """What the script prints with these folders as the search path."""
    environment = os.environ | {"PATH": ":".join(map(str, folders))}
    done = subprocess.run(["/bin/sh", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout.strip()


def test_the_fastest_build_of_the_newest_version_is_chosen(build: Build, tmp_path: Path) -> None:
    build("a folder", "python3.13", "echo 900")
    fastest = build("another", "python3.13", "echo 800")
    build("last", "python3.13", "echo 1000")
    build("last", "python3.12", "echo 1")
    assert chosen(tmp_path / "a folder", tmp_path / "another", tmp_path / "last") == str(fastest)


def test_one_that_does_not_start_is_passed_over(build: Build, tmp_path: Path) -> None:
    build("shims", "python3.14", "echo 'not set up' >&2; exit 127")
    build("bare", "python3.13", "echo \"No module named 'ensurepip'\" >&2; exit 1")
    older = build("bare", "python3.12", "echo 900")
    assert chosen(tmp_path / "shims", tmp_path / "bare") == str(older)


def test_without_any_the_machine_has_to_say_what_python3_is(tmp_path: Path) -> None:
    assert chosen(tmp_path) == "python3"


def test_this_python_is_measured(build: Build, tmp_path: Path) -> None:
    python = build("here", f"python3.{sys.version_info.minor}", f'exec "{sys.executable}" "$@"')
    assert chosen(tmp_path / "here") == str(python)
