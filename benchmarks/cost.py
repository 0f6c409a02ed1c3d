"""What a request costs: µs of CPU in each process of the system, for create, list of 20, update and complete.

`--against FOLDER` measures the code of another checkout in turn. Where others use the machine too, CPU time says more
than requests/s. Work that goes on after the answers (relay, projection) is waited for and counted.
"""

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from benchmarks.system import COMPLETE, CREATE, TODOS, UPDATE, Program, run, todo_ids, todobus
from local_cluster.data_folder import DataFolder
from local_cluster.launcher import state_file

HERE = Path(__file__).parent.parent
QUIET_SECONDS, QUIET_CPU = 0.4, 0.05  # all processes together use less while nothing happens
Cost = dict[str, float]


@contextlib.contextmanager
def started(checkout: Path) -> Iterator[tuple[Program, Path]]:
    """A system that runs the code of `checkout`, with some todos; and its data folder."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        os.environ["PYTHONPATH"] = ":".join(map(str, sorted(checkout.glob("*/**/src"))))
        program = stack.enter_context(todobus(folder))
        while min(map(len, todo_ids(program))) < TODOS:
            run(program, folder, CREATE, 2)
        yield program, folder


def cpu_seconds(folder: Path) -> Cost:
    """What each process has used since it started, with its children, also those that have ended."""
    state = state_file.read(DataFolder(folder / "todobus"))
    assert state is not None
    used: Cost = {}
    for entry in state["processes"]:
        process = psutil.Process(entry["pid"])
        seconds = sum(process.cpu_times()[:4])
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                seconds += sum(child.cpu_times()[:2])
        name = entry["name"].partition("-")[0]
        used[name] = used.get(name, 0) + seconds
    return used


def settled(folder: Path) -> Cost:
    """`cpu_seconds` once nothing happens any more."""
    before = cpu_seconds(folder)
    while True:
        time.sleep(QUIET_SECONDS)
        after = cpu_seconds(folder)
        if sum(after.values()) - sum(before.values()) < QUIET_CPU:
            return after
        before = after


def measure(program: Program, folder: Path, name: str, seconds: float, connections: int) -> Cost:
    todos = [ids[:TODOS] for ids in todo_ids(program)]
    before = settled(folder)
    result = run(program, folder, name, seconds, connections, todos)
    after = settled(folder)
    cost = {process: (after[process] - before[process]) / result.requests * 1e6 for process in after}
    return cost | {"all": sum(cost.values()), "per s": result.rate, "p50 ms": result.p50_ms, "p99 ms": result.p99_ms}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, action="append", default=[])
    parser.add_argument("--requests", nargs="*", default=[CREATE, "list of 20", UPDATE, COMPLETE])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    found: dict[tuple[str, str], list[Cost]] = {}
    with contextlib.ExitStack() as stack:
        programs = {str(one): stack.enter_context(started(one)) for one in [HERE, *options.against]}
        for _ in range(options.rounds):
            for name in options.requests:
                for checkout, (program, folder) in programs.items():
                    cost = measure(program, folder, name, options.seconds, options.connections)
                    found.setdefault((name, checkout), []).append(cost)
                    show(name, cost, checkout)
    print("\nmedian")
    for (name, checkout), costs in found.items():
        show(name, {each: median(cost[each] for cost in costs) for each in costs[0]}, checkout)


def show(name: str, cost: Cost, checkout: str) -> None:
    shown = [f"{each} {value:.{2 if each.endswith(' ms') else 0}f}" for each, value in cost.items()]
    print(f"{name:12} {'  '.join(shown)}  {checkout}", flush=True)


if __name__ == "__main__":
    main()
