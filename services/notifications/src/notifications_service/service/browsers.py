"""Browsers that have subscribed to Web Push."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from notifications_service.delivery.sender import Sender
from notifications_service.repository import push
from notifications_service.repository.push import Subscription
from notifications_service.service import addresses
from service_common.revocations import Revocations


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
        self._ended: set[UUID] = set()
        revocations.on_revoked(lambda identity: self._ended.add(UUID(identity)))

    async def forget(self) -> None:
        """Those that have ended since the last time that this succeeded."""
        if ended := frozenset(self._ended):
            await push.remove_ended(self._pool, ended)
            self._ended -= ended
