"""Browsers that have subscribed to Web Push."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

import asyncpg

from notifications_service.delivery.sender import Sender
from notifications_service.repository import push
from notifications_service.repository.push import Subscription
from notifications_service.service import addresses
from service_common.revocations import Revocations

AT_ONCE = 10_000  # sessions, for which one statement looks


class Browsers:
    """`public_key` is what a browser is told to subscribe with."""

    def __init__(self, pool: asyncpg.Pool, sender: Sender, public_key: str) -> None:
        self._pool, self._sender, self.public_key = pool, sender, public_key

    async def all(self, user_id: UUID) -> Sequence[Subscription]:
        return await push.of_user(self._pool, user_id)

    async def subscribe(self, user_id: UUID, endpoint: str, p256dh: str, auth: str, session_id: UUID) -> Subscription:
        """Until the session ends. Raises: RefusedAddress."""
        await addresses.check(self._sender.resolver, endpoint, "/endpoint")
        async with self._pool.acquire() as connection, connection.transaction():
            return await push.add(connection, user_id, endpoint, p256dh, auth, session_id)

    async def unsubscribe(self, user_id: UUID, endpoint: str) -> None:
        await push.remove(self._pool, user_id, endpoint)


class EndedSessions:
    """Whoever has the device of a session that was ended is not to read what is pushed to its user."""

    def __init__(self, pool: asyncpg.Pool, revocations: Revocations) -> None:
        self._pool = pool
        self._ended: set[str] = set()  # at a start there may be a million
        revocations.on_revoked(self._ended.add)

    async def forget(self) -> None:
        """Those that have ended since the last time that this succeeded, some at a time."""
        while ended := list(islice(self._ended, AT_ONCE)):
            await push.remove_ended(self._pool, [UUID(identity) for identity in ended])
            self._ended.difference_update(ended)
