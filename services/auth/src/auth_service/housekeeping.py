"""From time to time: keys that grow old, sessions and failures that are over, erasures that nobody has confirmed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from auth_service.repository import audit, erasures, failures, revocations, sessions
from auth_service.service.context import Context, announce_deleted
from service_common import database
from todobus_events import tasks

log = structlog.get_logger("housekeeping")
PAUSE_SECONDS = 60.0
ERASURE_PAUSE_SECONDS = 1.0


class Housekeeping:
    """Every instance does it; whatever one did, the next finds done."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._running = [
            asyncio.create_task(self._repeat(self._tidy, PAUSE_SECONDS), name="housekeeping"),
            asyncio.create_task(self._repeat(self._tell_erasures, ERASURE_PAUSE_SECONDS), name="erasures"),
        ]

    async def stop(self) -> None:
        await tasks.end(*self._running)

    async def _repeat(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            try:
                await work()
            except database.ERRORS as error:
                log.warning("not done yet", error=repr(error))
            await asyncio.sleep(pause)

    async def _tidy(self) -> None:
        pool = self._context.pool
        await self._context.keyring.maintain()
        await sessions.delete_dead(pool)
        await revocations.delete_dead(pool)
        await failures.delete_old(pool)
        await audit.delete_old(pool)

    async def _tell_erasures(self) -> None:
        async with self._context.pool.acquire() as connection, connection.transaction():
            due = await erasures.due(connection)
            for user_id, sequence in due:
                await announce_deleted(connection, user_id, sequence)
        if due:
            self._context.woken.set()
