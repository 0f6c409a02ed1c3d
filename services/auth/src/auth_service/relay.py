"""Tells the bus what the database says: events from the outbox, and revocations that did not get out at once.

Auth's rates are low: one row at a time, in order, by whichever instance holds the lock.
"""

import asyncio
import contextlib
import time

import nats.errors
import structlog
from nats.js.errors import Error as JetStreamError

from auth_service.domain import instant
from auth_service.repository import outbox, revocations
from auth_service.repository.outbox import Pending
from auth_service.service.context import Context, announce_everybody
from service_common import database
from service_common.database import Connection
from service_common.revocations import publish
from todobus_events import tasks, topology
from todobus_events.envelope import cloud_event, headers
from todobus_events.jetstream import ProvisioningError, restore_stream, stream_state
from todobus_events.publishing import Message, Refused, publish_one

log = structlog.get_logger("relay")
POLL_SECONDS = 0.25
RETRY_SECONDS = 1.0
LOOK_SECONDS = 30.0
BATCH = 100
BUS_TROUBLE = (nats.errors.Error, JetStreamError, Refused, ProvisioningError)


class Relay:
    """Woken by `context.woken` after a commit; looks every 250 ms for what other instances left.

    Whether the stream still has what it was given is looked at before more is added, and every 30 s.
    """

    def __init__(self, context: Context, replicas: int) -> None:
        self._context = context
        self._replicas = replicas
        self._greet = False
        self._look_at = 0.0
        self._running: asyncio.Task[None] | None = None
        context.bus.on_connect(self._connected)

    async def start(self) -> None:
        self._running = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        await tasks.end(self._running)

    async def _connected(self) -> None:
        """A bus that comes back may have lost what it had: tell the revocations that still matter again."""
        self._greet = True
        self._context.woken.set()

    async def _run(self) -> None:
        while True:
            pause = POLL_SECONDS
            try:
                if self._context.bus.connected:
                    await self._publish()
            except (*database.ERRORS, *BUS_TROUBLE) as error:
                log.warning("not published yet", error=repr(error))
                self._greet = True
                pause = RETRY_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._context.woken.wait()
            self._context.woken.clear()

    async def _publish(self) -> None:
        if self._greet:
            await self._restore()
            self._greet = False
        await self._publish_revocations()
        while await self._publish_events() == BATCH:
            pass

    async def _restore(self) -> None:
        for stream in (topology.USERS, topology.REVOCATIONS_STREAM):
            await restore_stream(self._context.bus.client, stream, self._replicas)
        await revocations.unpublish(self._context.pool)
        self._look_at = 0.0

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
            if (rows or time.monotonic() >= self._look_at) and await self._has_lost_some(connection):
                log.warning("the stream of user events has lost some: every profile is told again")
                await announce_everybody(connection)
                rows = await outbox.pending(connection, BATCH)
            for row in rows:
                bus = self._context.bus
                await publish_one(bus.client, _message(row), observer=bus.observer)
                await outbox.delete(connection, row.id)
            if rows:
                stored = await stream_state(self._context.bus.client, topology.USERS)
                await outbox.advance(connection, topology.USERS, stored.last_sequence)
            return len(rows)

    async def _has_lost_some(self, connection: Connection) -> bool:
        """A store that was wiped, is an old copy or was purged lacks profiles that its readers may not have had."""
        stream = await stream_state(self._context.bus.client, topology.USERS)
        self._look_at = time.monotonic() + LOOK_SECONDS
        is_purged = stream.messages == 0 < stream.last_sequence
        return await outbox.goes_back(connection, topology.USERS, stream.last_sequence) or is_purged


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
