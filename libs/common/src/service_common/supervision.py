"""The parts of a process: what runs beside its requests, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

import asyncpg
import structlog

from service_common import database
from todobus_events import tasks

Lifespan = Callable[[object], AbstractAsyncContextManager[None]]
log = structlog.get_logger("supervision")


class Part(Protocol):
    """Something that runs as long as the process."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def lifespan(pool: asyncpg.Pool, parts: Iterable[Part]) -> Lifespan:
    """Opens the pool, then starts the parts in their order; stops them in the reverse order."""

    @asynccontextmanager
    async def run(_: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(pool)
            for part in parts:
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    return run


class Periodic:
    """Does `work`, then waits for `seconds`, again and again. An error of the database is logged; the work goes on."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        self._name = name
        self._work = work
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._work()
            except database.ERRORS as error:
                log.warning("periodic work failed", task=self._name, error=repr(error))
            await asyncio.sleep(self._seconds)
