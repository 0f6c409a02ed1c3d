"""What a user has set about reminders, and what has fired."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from notifications_service import notices
from notifications_service.domain import MAX_TESTS, Channel, Preferences, next_digest
from notifications_service.errors import TooManyTests
from notifications_service.repository import preferences, schedule
from notifications_service.repository.schedule import Fired


async def newest(pool: asyncpg.Pool, user_id: UUID, count: int) -> list[Fired]:
    return await schedule.newest(pool, user_id, count)


async def chosen(pool: asyncpg.Pool, user_id: UUID) -> Preferences:
    return await preferences.get(pool, user_id)


async def choose(pool: asyncpg.Pool, user_id: UUID, given: Mapping[str, Any]) -> Preferences:
    """Set what is given; with another default the user's reminders that are still to come move."""
    async with pool.acquire() as connection, connection.transaction():
        await schedule.lock(connection, [user_id])
        before = await preferences.get(connection, user_id)
        after = replace(before, **given)
        zone = await preferences.zone(connection, user_id)
        moves = after.default_minutes_before != before.default_minutes_before
        digest_at = next_digest(datetime.now(UTC), zone, after.digest_hour)
        await preferences.save(connection, user_id, after, digest_at, moves=moves)
        if moves:
            await schedule.schedule(connection, [user_id], None)
    return after


async def send_test(pool: asyncpg.Pool, user_id: UUID) -> list[Channel]:
    """The channels on which a test message is sent now. Raises: TooManyTests."""
    async with pool.acquire() as connection, connection.transaction():
        if not await preferences.add_test(connection, user_id):
            seconds = await preferences.next_test(connection, user_id)
            raise TooManyTests(seconds, f"{MAX_TESTS} tests an hour are sent at most.")
        return await notices.put_test(connection, user_id, uuid4(), datetime.now(UTC))


async def save_profile(
    pool: asyncpg.Pool, user_id: UUID, sequence: int, email: str, time_zone: str, *, email_verified: bool
) -> None:
    """What a user event says; in another zone the daily digest comes at another instant."""
    async with pool.acquire() as connection, connection.transaction():
        await preferences.save_profile(connection, user_id, sequence, email, time_zone, email_verified=email_verified)
        zone = await preferences.zone(connection, user_id)
        hour = (await preferences.get(connection, user_id)).digest_hour
        await preferences.next_digest(connection, user_id, next_digest(datetime.now(UTC), zone, hour))
