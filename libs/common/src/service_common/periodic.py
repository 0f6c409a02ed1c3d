"""Work that is done again and again, such as deleting what has expired."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from service_common import database
from todobus_events import tasks
from todobus_events.tasks import BackgroundTask, Supervisor

log = structlog.get_logger("periodic")


class Periodic:
    """Does `work`, then waits for `seconds`. The process works without it: its failures are counted and shown."""

    def __init__(
        self, name: str, work: Callable[[], Awaitable[object]], seconds: float, supervisor: Supervisor
    ) -> None:
        self._name, self._work, self._seconds, self._supervisor = name, work, seconds, supervisor
        self._task: BackgroundTask | None = None

    async def start(self) -> None:
        self._task = self._supervisor.start(self._name, self._run, essential=False)

    async def stop(self) -> None:
        await tasks.stop(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._work()
            except database.TRANSIENT as error:
                log.warning("periodic work failed", task=self._name, error=repr(error))
            await asyncio.sleep(self._seconds)
