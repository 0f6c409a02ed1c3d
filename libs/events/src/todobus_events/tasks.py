"""Background tasks of a process: their waits, their failures and their end."""

import asyncio
import contextlib
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timing:
    """When a task that failed runs again, and when it is given up; in seconds, but `failures`."""

    first_pause: float = 0.1  # doubled with each failure in a row
    longest_pause: float = 10.0
    recovery: float = 10.0  # a run that lasts this long ends the row of failures
    failures: int = 10  # in a row
    patience: float = 300.0  # from the first failure in a row


class BackgroundTask:
    """Runs `work`, which does not end by itself, until it is stopped; runs it again when it fails or ends."""

    def __init__(self, name: str, work: Work, supervisor: "Supervisor", *, essential: bool) -> None:
        self.name, self.essential = name, essential
        self.failures = 0  # in a row
        self.failing_since = 0.0
        self._work, self._supervisor = work, supervisor
        self._running_since = time.monotonic()  # infinite while it waits for its next run
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=name)

    @property
    def is_down(self) -> bool:
        """Whether it has failed and not run for long enough since."""
        return self.failures > 0 and time.monotonic() - self._running_since < self._supervisor.timing.recovery

    async def stop(self) -> None:
        """Cancel it and wait for its end."""
        await self.finish(0)

    async def finish(self, seconds: float) -> None:
        """Let the work end by itself; cancel it after so many seconds."""
        self._stopping = True
        if self in self._supervisor.tasks:
            self._supervisor.tasks.remove(self)
        if seconds > 0 and self._running_since < math.inf:
            await asyncio.wait([self._task], timeout=seconds)
        await end(self._task)

    async def _run(self) -> None:
        while True:
            self._running_since = time.monotonic()
            try:
                await self._work()
                error: BaseException = RuntimeError("it has ended")
            except (Exception, asyncio.CancelledError) as caught:  # noqa: BLE001 - the supervisor logs it
                error = caught
            if self._stopping or _is_cancelled():
                return
            self._count()
            self._supervisor.failed(self.name, error)
            if self._is_hopeless():
                self._supervisor.give_up(self)
            await asyncio.sleep(self._pause())

    def _count(self) -> None:
        now = time.monotonic()
        if now - self._running_since >= self._supervisor.timing.recovery:
            self.failures = 0
        if self.failures == 0:
            self.failing_since = now
        self.failures += 1
        self._running_since = math.inf

    def _is_hopeless(self) -> bool:
        timing = self._supervisor.timing
        return self.failures >= timing.failures or time.monotonic() - self.failing_since >= timing.patience

    def _pause(self) -> float:
        timing = self._supervisor.timing
        longest = timing.first_pause * 2.0 ** min(self.failures - 1, 30)
        return min(longest, timing.longest_pause) * random.uniform(0.5, 1)  # noqa: S311 - a jitter


class Supervisor:
    """Starts the background tasks of a process and runs again those that fail, at growing intervals.

    This one goes on for ever; a process may end in `give_up`, which is called after `timing.failures` failures in a
    row, or a row of them that lasts `timing.patience`.
    """

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self.tasks: list[BackgroundTask] = []

    def start(self, name: str, work: Work, *, essential: bool = True) -> BackgroundTask:
        """Run `work` until the task is stopped. A process works without a task that is not `essential`."""
        task = BackgroundTask(name, work, self, essential=essential)
        self.tasks.append(task)
        return task

    def start_once(self, name: str, work: Work) -> "asyncio.Task[None]":
        """Run `work`, which ends by itself; it is not run again."""

        async def run() -> None:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - `failed` logs it
                self.failed(name, error)

        return asyncio.create_task(run(), name=name)

    @property
    def down(self) -> list[BackgroundTask]:
        """The tasks that do not run now, or have just failed."""
        return [task for task in self.tasks if task.is_down]

    def failed(self, name: str, error: BaseException) -> None:
        """Work has raised, or has ended before it was stopped."""
        log.error("the task %s failed", name, exc_info=error)

    def give_up(self, task: BackgroundTask) -> None:
        """The task fails again and again."""


async def stop(*tasks: BackgroundTask | None) -> None:
    """Stop those that were started."""
    for task in tasks:
        if task:
            await task.stop()


def _is_cancelled() -> bool:
    """Whether somebody cancels the current task; work may also end with the CancelledError of another task."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def wait_until_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, `seconds` at most; whether it is set. It stays set: who uses it again clears it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def end(*tasks: "asyncio.Task[Any] | None", again_seconds: float = 0.5) -> None:
    """Cancel tasks and wait until they have ended; what they raised is not raised here.

    Python 3.11's `asyncio.wait_for`, which the client libraries use, loses a cancellation that comes in the moment
    its future is done (cpython issue 86296), so a task that goes on is cancelled again after `again_seconds`.
    """
    pending = {task for task in tasks if task}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again_seconds)
