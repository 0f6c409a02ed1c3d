"""`todobus status`: each process with its pid, port, state and restarts."""

import json
from typing import Any

from local_cluster.cli import DEFAULT, AsJson, DataDir
from local_cluster.operator import running

SHOWN = ("name", "pid", "port", "state", "restarts")
COLOURS = {"ready": "green", "failed": "red", "backing off": "red", "starting": "yellow", "stopping": "yellow"}


def status(*, data_dir: DataDir = DEFAULT, as_json: AsJson = False) -> int:
    cluster = running.find(data_dir)
    processes = [{name: process[name] for name in SHOWN} for process in cluster.processes] if cluster else []
    if as_json:
        print(json.dumps(processes, indent=2))
    elif cluster:
        _show(cluster.port, processes)
    else:
        print(f"nothing runs on {data_dir}")
    return 0 if processes and all(process["state"] == "ready" for process in processes) else 1


def _show(port: int, processes: list[dict[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - not for --json
    from rich.table import Table  # noqa: PLC0415

    table = Table(*SHOWN, box=None, header_style="bold")
    for process in processes:
        colour = COLOURS.get(process["state"], "white")
        cells = [str(process[name]) if process[name] is not None else "" for name in SHOWN]
        table.add_row(
            *(f"[{colour}]{cell}[/]" if name == "state" else cell for name, cell in zip(SHOWN, cells, strict=True))
        )
    console = Console()
    console.print(f"Todobus at http://localhost:{port}", style="bold", highlight=False)
    console.print(table)
