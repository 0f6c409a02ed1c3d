"""What a user has set about reminders, and what has fired."""

from uuid import UUID

import asyncpg

from notifications_service.repository import schedule
from notifications_service.repository.schedule import Fired


async def newest(pool: asyncpg.Pool, user_id: UUID, count: int) -> list[Fired]:
    return await schedule.newest(pool, user_id, count)


async def default_minutes_before(pool: asyncpg.Pool, user_id: UUID) -> int | None:
    """None: todos without reminders of their own are not reminded of."""
    return await schedule.default_minutes_before(pool, user_id)


async def prefer(pool: asyncpg.Pool, user_id: UUID, minutes: int | None) -> None:
    """Set the default; the user's reminders that are still to come move."""
    async with pool.acquire() as connection, connection.transaction():
        await schedule.prefer(connection, user_id, minutes)
