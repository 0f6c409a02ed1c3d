"""Python runs this before anything else in every process of a system under test, which has this folder on PYTHONPATH.

The folder that CHAOS_ORDERS names says what is wrong in this system: a service's clock (`clock-<service>`: seconds), or
one of our own safeguards, so that a test can see that it would be missed.
"""

import asyncio
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
BETWEEN_SECONDS = 0.1  # so that a fault comes between two steps in the wrong order, and NATS is not back yet


def main(orders: Path) -> None:
    service = sys.orig_argv[2].removesuffix("_service") if sys.orig_argv[1:2] == ["-m"] else ""
    clock = orders / f"clock-{service}"
    if clock.exists() and "LD_PRELOAD" not in os.environ:
        fake = {"LD_PRELOAD": FAKETIME, "FAKETIME": clock.read_text(), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        os.execve(sys.executable, sys.orig_argv, os.environ | fake)  # noqa: S606 - this very process, under another clock
    if service == "todos" and (orders / "impatient").exists():
        impatient()
    if service == "todos" and (orders / "forget-before-publishing").exists():
        forget_before_publishing()
    if service in {"stats", "api_gateway"} and (orders / "without-healing").exists():
        from todobus_events.gaps import GapHealer

        GapHealer.request = lambda *_: None  # type: ignore[method-assign]
    if service == "stats" and (orders / "acknowledge-before-counting").exists():
        acknowledge_before_counting()
    if service == "stats" and (orders / "without-durable").exists():
        from todobus_events.subscriber import consumer

        consumer.ensure_consumer = nothing
    if (orders / "stalls").exists() and service in {"auth", "todos", "stats", "api_gateway"}:
        watch_the_loop(orders / f"stall-{service}-{os.getpid()}")


async def nothing(*_: Any) -> None:
    pass


def impatient() -> None:
    """PostgreSQL ends the idle session of a frozen relay after 3 s."""
    from service_common.relay import Timing
    from todos_service import app

    app.Relay = partial(app.Relay, timing=Timing(idle_session_seconds=3))  # type: ignore[misc, assignment]


def forget_before_publishing() -> None:
    """Rows are deleted from the outbox before they are published."""
    from todos_service.repository.outbox import Outbox

    pending = Outbox.pending

    async def delete_first(self: Outbox, connection: Any, after: int, count: int) -> Any:
        rows = await pending(self, connection, after, count)
        if rows:
            await self.delete(connection, [row["id"] for row in rows], 0)
            await asyncio.sleep(BETWEEN_SECONDS)
        return rows

    Outbox.pending = delete_first  # type: ignore[method-assign]


def acknowledge_before_counting() -> None:
    """The consumer's handler returns at once, so events are acknowledged; they are counted later, in order."""
    from stats_service import subscribers

    create = subscribers.create_todo_events
    subscribers.create_todo_events = lambda bus, projector: create(bus, LateProjector(projector))  # type: ignore[assignment, arg-type]


class LateProjector:
    def __init__(self, projector: Any) -> None:
        self.projector = projector
        self.batches: asyncio.Queue[Any] = asyncio.Queue()
        self.counting: asyncio.Task[None] | None = None

    async def apply(self, facts: Any) -> None:
        self.batches.put_nowait(facts)
        self.counting = self.counting or asyncio.create_task(self.count())

    async def count(self) -> None:
        while True:
            facts = await self.batches.get()
            await asyncio.sleep(BETWEEN_SECONDS)
            await self.projector.apply(facts)


def watch_the_loop(path: Path) -> None:
    """Write the longest turn of the event loop to `path`, in CPU seconds, which other programs do not prolong."""
    from service_common.http import server

    serve = server.serve

    async def watched(*arguments: Any) -> None:
        watching = asyncio.create_task(watch(path))
        await serve(*arguments)
        watching.cancel()

    server.serve = watched  # type: ignore[assignment]


async def watch(path: Path) -> None:
    """Keep the maximum in the file, which a reader removes to start again."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(0.005)
        keep_the_worst(path, time.thread_time() - before)


def keep_the_worst(path: Path, seconds: float) -> None:
    try:
        worst = float(path.read_text())
    except FileNotFoundError:
        worst = -1.0
    if seconds > worst:
        path.write_text(f"{seconds:.4f}")


if "CHAOS_ORDERS" in os.environ and len(sys.orig_argv) > 2:
    main(Path(os.environ["CHAOS_ORDERS"]))
