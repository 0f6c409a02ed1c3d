"""Runs the benchmarks in turn: `python -m benchmarks [name …]`; each is a module here that runs alone as well."""

import importlib
import subprocess
import sys
from pathlib import Path

NAMES = ("system", "todos", "gateway")
NOT_ALONE = ("peer.py", "cluster.py")  # part of todos; needs a running cluster


def main(chosen: list[str]) -> int:
    if unknown := set(chosen) - set(known()):
        sys.exit(f"unknown benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(known())}")
    failed = 0
    for name in chosen or known():
        summary = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").splitlines()[0]
        print(f"\n== {name}: {summary}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    return failed


def known() -> list[str]:
    """Those of `NAMES` first, then any other module that has a benchmark."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if _is_benchmark(path))
    return [*NAMES, *(name for name in found if name not in NAMES)]


def _is_benchmark(path: Path) -> bool:
    return not path.name.startswith("_") and path.name not in NOT_ALONE and "\ndef main(" in path.read_text()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
