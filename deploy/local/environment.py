"""Make .venv from a lock file and install the packages of this repository into it, editable.

usage: environment.py LOCK PACKAGE… | environment.py --uv
Needs only Python 3.11 and its venv module; every download is checked against the hashes in LOCK.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import unquote, urlsplit

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


def pip(action: str, *arguments: str) -> None:
    command = [PYTHON, "-m", "pip", action, "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode:
        fail("changing .venv failed: pip's own message stands above")


def uninstall_removed() -> None:
    """Packages of this repository whose folder is gone, such as a service that was tried out."""
    for origin in VENV.glob("lib/*/site-packages/*.dist-info/direct_url.json"):
        source = json.loads(origin.read_text())
        if source.get("dir_info", {}).get("editable") and not Path(unquote(urlsplit(source["url"]).path)).exists():
            pip("uninstall", "--yes", origin.parent.name.partition("-")[0])


def main(lock: str, *packages: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the first thing an older Python runs
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try: make PYTHON=python3.13 …")
    create()
    if lock == "--uv":
        return pip("install", "uv")
    uninstall_removed()
    print(f"installing {lock} into .venv …", flush=True)
    pip("install", "--require-hashes", "--requirement", lock)
    editable = [part for package in packages for part in ("--editable", f"./{package}")]
    return pip("install", "--no-deps", "--no-build-isolation", *editable)


if __name__ == "__main__":
    main(*sys.argv[1:])
