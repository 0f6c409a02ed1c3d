"""Keeps the history of users who ask for a past moment: fetched from the change log, as far as it is not there yet."""

import asyncio
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog
from nats.errors import Error as NatsError

from service_common.turns import Turns
from stats_service.domain import feed_fact
from stats_service.errors import HistoryNotReady
from stats_service.repository import history
from stats_service.repository.history import Happened
from todobus_events import change_log
from todobus_events.bus import Bus
from todobus_events.change_log import Page
from todobus_events.requests import RequestError

log = structlog.get_logger("history")
SECONDS = 2.0
AT_ONCE = 4  # users of a process


class Histories:
    """A request fetches for `SECONDS` at most; what it has fetched by then stays, and the next one goes on."""

    def __init__(self, pool: asyncpg.Pool, bus: Bus) -> None:
        self._pool = pool
        self._bus = bus
        self._turns = Turns()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def prepare(self, user_id: UUID) -> int:
        """The user's sequence; the history reaches as far. Raises: HistoryNotReady."""
        try:
            async with asyncio.timeout(SECONDS), self._turns.of(user_id), self._at_once:
                return await self._fetch(user_id)
        except (TimeoutError, NatsError, RequestError) as error:
            raise HistoryNotReady from error

    async def _fetch(self, user_id: UUID) -> int:
        since, has_more = await history.reached(self._pool, user_id), True
        while has_more:
            page = await change_log.page(self._bus.client, str(user_id), since)
            if page.sequence < since:  # the log of a restored backup ends before
                async with self._pool.acquire() as connection, connection.transaction():
                    await history.forget(connection, user_id)
                since = 0
                continue
            if page.last > since:
                await self._add(user_id, since, page)
            since, has_more = page.last, page.has_more and page.last > since
        return page.sequence

    async def _add(self, user_id: UUID, since: int, page: Page) -> None:
        changes, unreadable = list[Happened](), [one.sequence for one in page.unreadable]
        for event in page.events:
            try:
                changes.append(Happened(datetime.fromisoformat(event.time), feed_fact(event.feed_id, event.data)))
            except ValueError as error:
                log.error("a change cannot be read", user=event.user_id, sequence=event.sequence, error=str(error))  # noqa: TRY400
                unreadable.append(event.sequence)
        async with self._pool.acquire() as connection, connection.transaction():
            reached = await history.claim(connection, user_id)
            if reached is None:
                await history.forget(connection, user_id)
            elif reached == since:  # else another instance has added it
                await history.add(connection, user_id, changes, page.last, min(unreadable, default=None))
