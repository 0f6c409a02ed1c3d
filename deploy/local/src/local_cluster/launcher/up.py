"""`todobus up`: checks what could go wrong, prepares the engines' folders, and launches the cluster."""

import asyncio
import os
from typing import Annotated

from cyclopts import Parameter

from local_cluster import credentials
from local_cluster.cli import DEFAULT, DataDir
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher import state_file, web_build
from local_cluster.launcher.engines.process import port_is_free
from local_cluster.launcher.launch import Launch
from local_cluster.launcher.plan import ENGINES, Options, Plan
from local_cluster.launcher.terminal import Terminal
from local_cluster.services import SERVICES

MOST_INSTANCES = 16
AUTOMATIC = "auto"


def up(
    *,
    port: Annotated[int, Parameter(help="The port of the gateway.")] = 8080,
    data_dir: DataDir = DEFAULT,
    scale: Annotated[
        list[str] | None,
        Parameter(
            negative=(),
            help="SERVICE=N: run N instances of auth, todos, stats or notifications; auto, the default: by the cores.",
        ),
    ] = None,
    web: Annotated[bool, Parameter(help="Build and serve the web app.")] = True,
    rate_limits: Annotated[bool, Parameter(help="Limit requests (off for load tests).")] = True,
    demo: Annotated[bool, Parameter(negative=(), help="Make a demo account with ten weeks of history.")] = False,
) -> None:
    """Run a cluster on `data_dir` until a signal stops it. Raises ClusterError."""
    numbers = parse_scale(scale or [])
    folder = DataFolder(data_dir)
    folder.create()
    with folder.lock():
        if left := state_file.end_leftovers(folder):
            print(f"ended what a killed launcher left running: {', '.join(left)}", flush=True)
        require_free(port)
        web_root = web_build.built(print) if web else None
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        options = Options(port, numbers, cores, rate_limits, demo, web_root)
        plan = Plan(folder, credentials.load_or_generate(folder), options)
        _initialise(plan)
        _launch(plan)


def parse_scale(scale: list[str]) -> dict[str, int]:
    """`todos=2` and the like; what is not named is left to `plan.automatic`."""
    numbers = {}
    for part in scale:
        if part == AUTOMATIC:
            continue
        service, _, number = part.partition("=")
        if service not in SERVICES or not number.isdecimal() or not 1 <= int(number) <= MOST_INSTANCES:
            forms = f"auto, or SERVICE=N with N from 1 to {MOST_INSTANCES}; services: {', '.join(SERVICES)}"
            raise ClusterError(f"--scale {part}: give {forms}")
        numbers[service] = int(number)
    return numbers


def require_free(port: int) -> None:
    if not port_is_free(port):
        raise ClusterError(f"port {port} is in use{_holder(port)}; choose another with --port")


def _holder(port: int) -> str:
    """The process that listens there, as far as the system tells."""
    import psutil  # noqa: PLC0415 - loaded only to explain

    try:
        listening = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        pid = next(c.pid for c in listening if c.pid and getattr(c.laddr, "port", None) == port)
        return f" by {psutil.Process(pid).name()} (pid {pid})"
    except (psutil.Error, StopIteration):
        return ""


def _initialise(plan: Plan) -> None:
    plan.postgres.program(), plan.nats.program()  # fail on a missing wheel before anything is written
    plan.postgres.initialise()
    plan.nats.initialise()
    plan.write_subscriber_files()


def _launch(plan: Plan) -> None:
    names = ["postgres", "nats", *(instance.name for instance in plan.instances)]
    terminal = Terminal(plan.folder.logs, names, quiet=ENGINES)
    try:
        asyncio.run(Launch(plan, terminal).run())
        terminal.say("stopped")
    finally:
        terminal.close()
