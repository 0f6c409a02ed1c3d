"""Make .venv from a lock file and install the packages of this repository into it, editable.

usage: environment.py LOCK PACKAGE… | environment.py --uv
Needs only Python 3.11 and its venv module; every download is checked against the hashes in LOCK.
"""

import subprocess
import sys
import venv
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"


def fail(message: str) -> None:
    sys.exit(f"todobus: {message}")


def create() -> None:
    if PYTHON.exists():
        return
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, OSError):
        fail("this Python cannot make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv")


def pip(*arguments: str) -> None:
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode:
        fail("installing into .venv failed: pip's own message stands above")


def main(lock: str, *packages: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the first thing an older Python runs
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try: make PYTHON=python3.13 …")
    create()
    if lock == "--uv":
        return pip("uv")
    print(f"installing {lock} into .venv …", flush=True)
    pip("--require-hashes", "--requirement", lock)
    editable = [part for package in packages for part in ("--editable", f"./{package}")]
    return pip("--no-deps", "--no-build-isolation", *editable)


if __name__ == "__main__":
    main(*sys.argv[1:])
