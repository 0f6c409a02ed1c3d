"""The state file: what runs, for `todobus status`, and what a killed launcher may have left behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_cluster.data_folder import DataFolder, write_private
from local_cluster.launcher.supervised import Supervised

END_SECONDS = 5


def write(folder: DataFolder, port: int, processes: Iterable[Supervised]) -> None:
    launcher = {"pid": os.getpid(), "started": started(os.getpid()), "port": port}
    write_private(folder.state, json.dumps({"launcher": launcher, "processes": [_entry(p) for p in processes]}))


def read(folder: DataFolder) -> dict[str, Any] | None:
    """The state of the running cluster; None when none runs on this folder."""
    state = _load(folder)
    return state if state and is_alive(state["launcher"]) else None


def is_alive(entry: dict[str, Any]) -> bool:
    """Whether the recorded process still runs; the start time is compared because pids are reused."""
    return entry["pid"] is not None and started(entry["pid"]) == entry["started"]


def started(pid: int) -> str | None:
    """When a process started, as the system writes it; None when there is no such process, or it is a zombie."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    if Path("/proc/self/stat").exists():
        return None
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def end_leftovers(folder: DataFolder) -> list[str]:
    """End what a launcher that was killed may have left running; the caller holds the folder's lock."""
    left = [entry for entry in (_load(folder) or {"processes": []})["processes"] if is_alive(entry)]
    for entry in left:
        with suppress(ProcessLookupError):
            os.kill(entry["pid"], signal.SIGQUIT if entry["name"] == "postgres" else signal.SIGKILL)
    deadline = time.monotonic() + END_SECONDS
    while any(is_alive(entry) for entry in left) and time.monotonic() < deadline:
        time.sleep(0.02)
    return [entry["name"] for entry in left]


def _load(folder: DataFolder) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = json.loads(folder.state.read_text())
    except (OSError, ValueError):
        return None
    return state


def _entry(process: Supervised) -> dict[str, Any]:
    return {
        "name": process.name,
        "pid": process.pid,
        "port": process.port,
        "state": process.state,
        "restarts": process.restarts,
        "started": started(process.pid) if process.pid else None,
    }
