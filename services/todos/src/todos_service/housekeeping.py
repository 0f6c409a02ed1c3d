"""From time to time: idempotency keys and trash whose time is over. Any number of instances may do it at once."""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from service_common import database
from todobus_events import tasks
from todos_service.errors import StaleVersion, TodoNotFound
from todos_service.repository import users
from todos_service.service import todos
from todos_service.service.todos import Condition, Owner
from todos_service.settings import Settings

log = structlog.get_logger("housekeeping")
BATCH = 500


class Housekeeping:
    """Runs as long as the process; what fails now is done the next time."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, wake: Callable[[], None]) -> None:
        self._settings = settings
        self._pool = pool
        self._wake = wake
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="housekeeping")

    async def stop(self) -> None:
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._settings.housekeeping_seconds)
            try:
                await users.forget_keys(self._pool, self._settings.idempotency_hours)
                await empty_trash(self._pool, self._settings.trash_days)
                self._wake()
            except database.ERRORS as error:
                log.warning("housekeeping failed", error=repr(error))


async def empty_trash(pool: asyncpg.Pool, days: int) -> int:
    """Purge what was deleted longer ago, an event each; how many. What changed meanwhile is left alone."""
    purged = 0
    while rows := await users.old_trash(pool, days, BATCH):
        for row in rows:
            try:
                await todos.purge(pool, Owner(row["user_id"], "UTC"), row["id"], Condition(frozenset({row["version"]})))
                purged += 1
            except (TodoNotFound, StaleVersion):
                continue
    return purged
