"""Finding what the bus has lost, and fetching it from the change log: the same for every reader.

A gap in front of a newer event shows by itself: the reader requests its user. A lost last event does not, so the
positions of all users are compared too: at each connection, and every 30 s.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from todobus_events import change_log, tasks
from todobus_events.bus import Bus
from todobus_events.retry import TRANSIENT, pause

log = logging.getLogger(__name__)


PATIENCE_SECONDS = 0.2  # an event that is only late arrives within this time
COMPARE_SECONDS = 30.0


class GapHealer:
    """Runs `fill(user_id, target)` for each requested user: one run per user at a time, as many users as `limit` lets.

    `fill` reads `change_log.pages` behind the user's position and applies them; if the position has reached `target`
    meanwhile, it does nothing. After a `transient` error it runs again, at growing intervals; after any other one,
    which is logged, at the next request.
    """

    def __init__(
        self,
        fill: Callable[[str, int], Awaitable[None]],
        limit: asyncio.Semaphore,
        *,
        transient: tuple[type[Exception], ...] = TRANSIENT,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._fill, self._limit, self._transient, self._patience = fill, limit, transient, patience
        self._targets: dict[str, int] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}

    @property
    def running(self) -> int:
        """Users that are not up to date yet."""
        return len(self._runs)

    def request(self, user_id: str, target: int) -> None:
        """Bring the user to the sequence `target`, in the background."""
        self._targets[user_id] = max(target, self._targets.get(user_id, 0))
        if user_id not in self._runs:
            self._runs[user_id] = asyncio.create_task(self._run(user_id), name="heal")

    async def settle(self, most: int = 0) -> None:
        """Wait until at most so many users are not up to date yet."""
        while len(self._runs) > most:
            await asyncio.wait(self._runs.values(), return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        await tasks.end(*self._runs.values())

    async def _run(self, user_id: str) -> None:
        failures = 0
        try:
            while user_id in self._targets:
                await asyncio.sleep(pause(failures) if failures else self._patience)
                failures = 0 if await self._filled(user_id, self._targets.pop(user_id)) else failures + 1
        except Exception:
            log.exception("user %s cannot be brought up to date", user_id)
        finally:
            self._targets.pop(user_id, None)
            del self._runs[user_id]

    async def _filled(self, user_id: str, target: int) -> bool:
        try:
            async with self._limit:
                await self._fill(user_id, target)
        except self._transient as error:
            log.warning("user %s is not up to date yet: %r", user_id, error)
            self.request(user_id, target)
            return False
        return True


class HeadComparison:
    """Requests every user that `behind` names of the heads it is given: `{user_id: sequence}` to `{user_id: target}`.

    It does so at each connection, every `seconds`, and soon again after an error.
    """

    MOST = 1000  # users that are requested at once

    def __init__(
        self,
        bus: Bus,
        healer: GapHealer,
        behind: Callable[[Mapping[str, int]], Awaitable[Mapping[str, int]]],
        *,
        transient: tuple[type[Exception], ...] = TRANSIENT,
        seconds: float = COMPARE_SECONDS,
    ) -> None:
        self._bus, self._healer, self._behind = bus, healer, behind
        self._transient, self._seconds = transient, seconds
        self._now = asyncio.Event()
        self._task: tasks.BackgroundTask | None = None
        bus.on_connect(self._connected)

    async def start(self) -> None:
        if self._bus.connected:
            self._now.set()
        self._task = self._bus.supervisor.start("compare-heads", self._run)

    async def stop(self) -> None:
        """End the comparison and the requests it has made."""
        await tasks.stop(self._task)
        await self._healer.stop()

    async def compare(self) -> int:
        """Request who is behind now; how many. Raises what asking and `behind` raise."""
        count = 0
        async for found in self._found():
            for user_id, target in found.items():
                self._healer.request(user_id, target)
            count += len(found)
            await self._healer.settle(self.MOST)
        return count

    async def _found(self) -> AsyncIterator[Mapping[str, int]]:
        async for heads in change_log.heads(self._bus.client):
            yield await self._behind(heads)

    async def _connected(self) -> None:
        self._now.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            await tasks.wait_until_set(self._now, pause(failures) if failures else self._seconds)
            self._now.clear()
            failures = 0 if await self._compared() else failures + 1

    async def _compared(self) -> bool:
        """Whether it could be done; without a connection there is nothing to do before the next one."""
        try:
            if self._bus.connected:
                await self.compare()
        except self._transient as error:
            log.info("heads cannot be compared now: %r", error)
            return False
        return True
