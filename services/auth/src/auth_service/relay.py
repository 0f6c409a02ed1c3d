"""Tells the bus what the database says: events from the outbox, and revocations that did not get out at once.

Auth's rates are low: one row at a time, in order, by whichever instance holds the lock.
"""

import asyncio
import contextlib

import asyncpg
import nats.errors
import structlog
from nats.js.errors import Error as JetStreamError

from auth_service.domain import instant
from auth_service.repository import outbox, revocations
from auth_service.repository.outbox import Pending
from auth_service.service.context import Context
from service_common import topology
from service_common.events.envelope import cloud_event, headers
from service_common.publishing import Message, Refused, publish_one
from service_common.revocations import publish

log = structlog.get_logger("relay")
POLL_SECONDS = 0.25
RETRY_SECONDS = 1.0
BATCH = 100
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error, JetStreamError, Refused)


class Relay:
    """Woken by `context.woken` after a commit; looks every 250 ms for what other instances left."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._running: asyncio.Task[None] | None = None
        context.bus.on_connect(self._connected)

    async def start(self) -> None:
        self._running = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _connected(self) -> None:
        """A bus that comes back may have lost what it had: tell the revocations that still matter again."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await revocations.unpublish(self._context.pool)
        self._context.woken.set()

    async def _run(self) -> None:
        while True:
            pause = POLL_SECONDS
            try:
                if self._context.bus.connected:
                    await self._publish()
            except TROUBLE as error:
                log.warning("not published yet", error=repr(error))
                pause = RETRY_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._context.woken.wait(), pause)
            self._context.woken.clear()

    async def _publish(self) -> None:
        await self._publish_revocations()
        while await self._publish_events() == BATCH:
            pass

    async def _publish_revocations(self) -> None:
        for session_id, until in await revocations.unpublished(self._context.pool, BATCH):
            await publish(self._context.bus, str(session_id), until)
            await revocations.published(self._context.pool, [session_id])

    async def _publish_events(self) -> int:
        """How many were published; a row goes once the stream has it, one that went twice is stored once."""
        async with self._context.pool.acquire() as connection, connection.transaction():
            if not await outbox.try_lock(connection):
                return 0
            rows = await outbox.pending(connection, BATCH)
            for row in rows:
                await publish_one(self._context.bus.client, _message(row))
                await outbox.delete(connection, row.id)
            return len(rows)


def _message(row: Pending) -> Message:
    payload = cloud_event(
        event_id=str(row.event_id),
        source="/services/auth",
        event_type=f"user.{row.verb}.v1",
        subject=str(row.user_id),
        time=instant(row.occurred_at),
        sequence=row.sequence,
        user_id=str(row.user_id),
        traceparent=row.traceparent or None,
        data=row.data,
    )
    subject = topology.user_event(row.user_id, row.verb)
    return Message(str(row.event_id), subject, payload, headers(row.traceparent or None))
