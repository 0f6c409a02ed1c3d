"""What the service reads on the bus; twins of the endpoints."""

from uuid import UUID

import asyncpg

from example_service import service
from service_common import user_events
from service_common.database import Connection
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.models import TodoChange
from todobus_events.subscriber import Consumer, OrderedConsumer
from todobus_events.subscriber.postgres import PostgresCheckpoint

SERVICE = "example"  # also the name of its durables


def create_todo_events(bus: Bus, pool: asyncpg.Pool) -> OrderedConsumer[Connection]:
    async def handle(event: Event, connection: Connection) -> None:
        change = TodoChange.model_validate(event.data) if event.type.startswith("todo.") else None
        await service.count(connection, UUID(event.user_id), event.sequence, change)

    return OrderedConsumer(bus, SERVICE, handle, PostgresCheckpoint(pool, SERVICE))


def create_user_events(bus: Bus, pool: asyncpg.Pool) -> Consumer:
    checkpoint = PostgresCheckpoint(pool, SERVICE)

    async def erase(user_id: UUID) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await checkpoint.finish(connection, str(user_id))
            await service.erase(connection, user_id)

    return user_events.consumer(bus, SERVICE, erase=erase)
