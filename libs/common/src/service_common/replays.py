"""What the commands `verify` and `rebuild` share: findings go to standard output, progress to standard error."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
from nats.aio.client import Client
from nats.errors import Error as NatsError

from service_common import database
from service_common.bus import create_bus
from service_common.settings import BusSettings
from service_common.telemetry import logs
from todobus_events import change_log
from todobus_events.bus import Bus


@dataclass
class Report:
    """What a replay has found so far; a difference says as text what it is."""

    users: int = 0
    changes: int = 0
    differences: list[Any] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


OnProgress = Callable[[Report], None]


class Replay(Protocol):
    """What a service makes of the change log; both give the report of what was different."""

    async def verify(self) -> Report: ...

    async def rebuild(self) -> Report: ...


NewReplay = Callable[[Client, asyncpg.Connection, OnProgress], Replay]
Replaying = Callable[[Client, asyncpg.Connection, OnProgress], Awaitable[Report]]


class ToolSettings(BusSettings):
    database_url: str
    connect_seconds: float = 10


class ProgressLine:
    """A bar on a terminal; elsewhere a line every two seconds."""

    def __init__(self, verb: str, total: int) -> None:
        self._verb, self._total = verb, total
        self._started = self._shown = time.monotonic()
        self._bar = sys.stderr.isatty()

    def show(self, report: Report, *, last: bool = False) -> None:
        now = time.monotonic()
        if not last and now - self._shown < (0.1 if self._bar else 2):
            return
        self._shown = now
        part = min(1.0, report.changes / self._total) if self._total else 1.0
        rate = report.changes / max(now - self._started, 0.001)
        line = f"{self._verb} {part:4.0%}  {report.changes:,} changes of {report.users:,} users, {rate:,.0f}/s"
        bar = f"\r[{'#' * round(30 * part):30}] " if self._bar else ""
        print(f"{bar}{line}", end="" if self._bar and not last else "\n", file=sys.stderr, flush=True)  # noqa: T201


def verify(service: str, new_replay: NewReplay) -> int:
    """The exit code: 1 when anything is different or cannot be read."""
    report = _run(service, "verified", lambda *given: new_replay(*given).verify())
    _print_findings([*report.differences, *report.unreadable])
    print(f"{len(report.differences)} differences in {report.users} users, {report.changes} changes replayed")  # noqa: T201
    return 1 if report.differences or report.unreadable else 0


def rebuild(service: str, new_replay: NewReplay) -> int:
    """The exit code: 1 when anything cannot be read."""
    report = _run(service, "rebuilt", lambda *given: new_replay(*given).rebuild())
    _print_findings([*report.differences, *report.unreadable])
    print(f"{report.users} users rebuilt from {report.changes} changes, {len(report.differences)} differences mended")  # noqa: T201
    return 1 if report.unreadable else 0


def _print_findings(findings: Sequence[Any]) -> None:
    for finding in findings:
        print(finding)  # noqa: T201


def _run(service: str, verb: str, replay: Replaying) -> Report:
    logs.configure_logging(service, "error", "console")
    try:
        return asyncio.run(_replay(service, ToolSettings.load(), verb, replay))
    except (*database.ERRORS, NatsError) as error:
        sys.exit(f"{service}: {error or type(error).__name__}")


async def _replay(service: str, settings: ToolSettings, verb: str, replay: Replaying) -> Report:
    bus = create_bus(settings, f"{service}-replay")
    connected = asyncio.Event()

    async def ready() -> None:
        connected.set()

    bus.on_connect(ready)
    await bus.start()
    connection = await asyncpg.connect(settings.database_url, timeout=settings.connect_seconds)
    try:
        async with asyncio.timeout(settings.connect_seconds):
            await connected.wait()
        line = ProgressLine(verb, await _size(bus))
        report = await replay(bus.client, connection, line.show)
    except TimeoutError as error:
        raise ConnectionError("the bus or the todo service does not answer") from error
    else:
        line.show(report, last=True)
        return report
    finally:
        await connection.close()
        await bus.stop()


async def _size(bus: Bus) -> int:
    return sum([sum(heads.values()) async for heads in change_log.heads(bus.client)])
