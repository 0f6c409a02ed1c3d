"""Commands for operators: findings go to standard output, progress to standard error."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import asyncpg
from nats.errors import Error as NatsError

from service_common import database
from service_common.bus import create_bus
from service_common.settings import BusSettings
from service_common.telemetry import logs
from stats_service.projection.replay import Replay, Report
from todobus_events import change_log
from todobus_events.bus import Bus


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


def verify() -> int:
    report = _run("verified", Replay.verify)
    _print_findings(report)
    print(f"{len(report.differences)} differences in {report.users} users, {report.changes} changes replayed")  # noqa: T201
    return 1 if report.differences or report.unreadable else 0


def rebuild() -> int:
    report = _run("rebuilt", Replay.rebuild)
    _print_findings(report)
    print(f"{report.users} users rebuilt from {report.changes} changes, {len(report.differences)} differences mended")  # noqa: T201
    return 1 if report.unreadable else 0


def _print_findings(report: Report) -> None:
    for finding in [*report.differences, *report.unreadable]:
        print(finding)  # noqa: T201


def _run(verb: str, what: Callable[[Replay], Awaitable[Report]]) -> Report:
    logs.configure_logging("stats", "error", "console")
    try:
        return asyncio.run(_replay(ToolSettings.load(), verb, what))
    except (*database.ERRORS, NatsError) as error:
        sys.exit(f"stats: {error or type(error).__name__}")


async def _replay(settings: ToolSettings, verb: str, what: Callable[[Replay], Awaitable[Report]]) -> Report:
    bus = create_bus(settings, "stats-replay")
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
        report = await what(Replay(bus.client, connection, line.show))
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
