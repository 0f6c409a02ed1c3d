"""Profiles for services that do not have them."""

from auth_service.service.context import Context, announce_all


async def publish_all(context: Context) -> int:
    """Publish the profile of every user again; how many there are."""
    async with context.pool.acquire() as connection, connection.transaction():
        count = await announce_all(connection)
    context.wake()
    return count
