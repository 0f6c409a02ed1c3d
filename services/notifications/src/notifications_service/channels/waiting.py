"""Sends what waits on a channel: the notices of a user that are of one kind are one message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import groupby
from uuid import UUID

import asyncpg

from notifications_service.domain import Channel
from notifications_service.repository import notices
from notifications_service.repository.notices import Notice
from service_common.periodic import Periodic
from todobus_events import tasks
from todobus_events.tasks import Supervisor

MOST, AT_ONCE = 100, 16  # of a process: notices that are claimed together, messages that are on their way
POLL_SECONDS = 1.0

Send = Callable[[Sequence[Notice]], Awaitable[bool]]


class Waiting:
    """`send` says whether a message is done with; one that is not is tried for a day, at growing intervals."""

    def __init__(self, pool: asyncpg.Pool, channel: Channel, send: Send, supervisor: Supervisor) -> None:
        self._pool, self._channel, self._send, self._supervisor = pool, channel, send, supervisor
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()
        self._periodic = Periodic(channel, self._claim, POLL_SECONDS, supervisor)

    async def start(self) -> None:
        await self._periodic.start()

    async def stop(self) -> None:
        """What is on its way then may be sent again."""
        await self._periodic.stop()
        await tasks.end(*self._running)

    async def _claim(self) -> None:
        """A message that takes long does not hold up the others: it keeps its place, they take the next ones."""
        while len(self._running) < AT_ONCE and (due := await notices.claim(self._pool, self._channel, MOST)):
            for _, found in groupby(sorted(due, key=_message), key=_message):
                task = self._supervisor.start_once(self._channel, partial(self._one, list(found)))
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def _one(self, found: Sequence[Notice]) -> None:
        async with self._places:
            is_done = await self._send(found)
            ended = [notice.id for notice in found if is_done or notice.is_old]
            await notices.delete(self._pool, found[0].user_id, self._channel, ended)


def _message(notice: Notice) -> tuple[UUID, str]:
    return notice.user_id, notice.kind
