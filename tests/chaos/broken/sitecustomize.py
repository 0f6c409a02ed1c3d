"""Python runs this before anything else in every process of a system under test, which has this folder on PYTHONPATH.

The folder that CHAOS_ORDERS names says what is wrong in this system: a service's clock (`clock-<service>`: seconds), or
one of our own safeguards (`without-<name>`), so that a test can see that it would be missed.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def main(orders: Path) -> None:
    service = sys.orig_argv[2].removesuffix("_service") if sys.orig_argv[1:2] == ["-m"] else ""
    clock = orders / f"clock-{service}"
    if clock.exists() and "LD_PRELOAD" not in os.environ:
        fake = {"LD_PRELOAD": FAKETIME, "FAKETIME": clock.read_text(), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        os.execve(sys.executable, sys.orig_argv, os.environ | fake)  # noqa: S606 - this very process, under another clock
    if service == "todos" and (orders / "impatient").exists():
        from todos_service import relay

        relay.SESSION["idle_session_timeout"] = "3s"
    if service == "stats" and (orders / "without-healing").exists():
        from stats_service.healing import Healer

        Healer.request = lambda *_: None  # type: ignore[method-assign]
    if service == "api_gateway" and (orders / "without-healing").exists():
        from api_gateway.feeds import Feed

        Feed._mend = lambda *_: None  # type: ignore[method-assign]
    if (orders / "stalls").exists() and service in {"auth", "todos", "stats", "api_gateway"}:
        watch_the_loop(orders / f"stall-{service}-{os.getpid()}")


def watch_the_loop(path: Path) -> None:
    """Write down the longest turn of the event loop: its own CPU seconds, which other programs do not prolong."""
    from service_common import server

    serve = server._serve

    async def watched(*arguments: Any) -> None:
        watching = asyncio.create_task(watch(path))
        await serve(*arguments)
        watching.cancel()

    server._serve = watched  # type: ignore[assignment]


async def watch(path: Path) -> None:
    """Since the file was there last: whoever removes it begins anew."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(0.005)
        keep_the_worst(path, time.thread_time() - before)


def keep_the_worst(path: Path, seconds: float) -> None:
    if not path.exists() or seconds > float(path.read_text()):
        path.write_text(f"{seconds:.4f}")


if "CHAOS_ORDERS" in os.environ and len(sys.orig_argv) > 2:
    main(Path(os.environ["CHAOS_ORDERS"]))
