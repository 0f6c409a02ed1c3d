"""The parts of a process: what runs beside its requests, from its start to its end."""

import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from todobus_events import tasks
from todobus_events.tasks import BackgroundTask, Timing, Work

Lifespan = Callable[[object], AbstractAsyncContextManager[None]]
log = structlog.get_logger("supervision")

FAILURES = Counter("part_failures_total", "Times that a background task failed or ended", ["part"])
DOWN = Gauge("part_down", "1 while a background task that failed has not recovered", ["part"])


def end_process() -> None:
    """Stop as at a signal: requests in flight are answered."""
    signal.raise_signal(signal.SIGTERM)


class Supervisor(tasks.Supervisor):
    """The background tasks of a process, with metrics; it ends a process that cannot go on, which is then restarted."""

    def __init__(self, timing: Timing | None = None, end: Callable[[], object] = end_process) -> None:
        super().__init__(timing)
        self.gave_up = False
        self._end = end

    def start(self, name: str, work: Work, *, essential: bool = True) -> BackgroundTask:
        task = super().start(name, work, essential=essential)
        DOWN.labels(name).set_function(lambda: task.is_down)
        return task

    def failed(self, name: str, error: BaseException) -> None:
        FAILURES.labels(name).inc()
        log.error("a background task failed", part=name, error=repr(error), exc_info=error)

    def give_up(self, task: BackgroundTask) -> None:
        if task.essential and not self.gave_up:
            self.gave_up = True
            log.critical("the process ends: a background task cannot go on", part=task.name, failures=task.failures)
            self._end()


class Part(Protocol):
    """Something that runs as long as the process."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@asynccontextmanager
async def running(parts: Iterable[Part]) -> AsyncIterator[None]:
    """Starts the parts in their order; stops them in the reverse order."""
    async with AsyncExitStack() as stack:
        for part in parts:
            await part.start()
            stack.push_async_callback(part.stop)
        yield


def lifespan(pool: AbstractAsyncContextManager[object], parts: Iterable[Part]) -> Lifespan:
    """Opens the pool, then runs the parts."""

    @asynccontextmanager
    async def run(_: object) -> AsyncIterator[None]:
        async with pool, running(parts):
            yield

    return run
