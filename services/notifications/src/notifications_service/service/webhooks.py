"""A user's webhooks: made, changed, tried out, played again."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from notifications_service.delivery.sender import Sender
from notifications_service.delivery.signing import Secrets
from notifications_service.delivery.worker import Worker, attempt
from notifications_service.domain import MAX_WEBHOOKS, Outcome, Webhook
from notifications_service.errors import NoChangeLog, NoSuchWebhook, TooManyWebhooks
from notifications_service.repository import webhooks
from notifications_service.repository.webhooks import CHANGEABLE, Delivery
from notifications_service.service import addresses
from service_common.turns import Turns
from todobus_events import change_log
from todobus_events.bus import Bus
from todobus_events.retry import TRANSIENT

TEST = "webhook.test.v1"
TESTS_AT_ONCE = 16  # of a process; of a user one
BEYOND = 2**62  # the change log has nothing after it, and says where the feed stands


class Webhooks:
    def __init__(self, pool: asyncpg.Pool, bus: Bus, sender: Sender, secrets: Secrets, worker: Worker) -> None:
        self._pool, self._bus, self._sender, self._secrets, self._worker = pool, bus, sender, secrets, worker
        self._turns, self._tests = Turns(), asyncio.Semaphore(TESTS_AT_ONCE)

    def secret(self, webhook: Webhook) -> str:
        return self._secrets.of_webhook(webhook.id, webhook.generation)

    async def all(self, user_id: UUID) -> list[Webhook]:
        return await webhooks.of_user(self._pool, user_id)

    async def get(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """Raises: NoSuchWebhook."""
        return _known(await webhooks.get(self._pool, user_id, webhook_id))

    async def create(self, user_id: UUID, url: str, types: Sequence[str], project_id: UUID | None) -> Webhook:
        """Begins with what happens from now on. Raises: RefusedAddress, TooManyWebhooks, NoChangeLog."""
        await addresses.check(self._sender.resolver, url)
        sequence = await self._sequence(user_id)
        async with self._pool.acquire() as connection, connection.transaction():
            made = await webhooks.add(connection, user_id, url, types, project_id, sequence)
        if made is None:
            raise TooManyWebhooks(MAX_WEBHOOKS)
        return made

    async def change(self, user_id: UUID, webhook_id: UUID, given: Mapping[str, Any]) -> Webhook:
        """Set what is given; an endpoint that is enabled again goes on where it stopped.

        Raises: NoSuchWebhook, RefusedAddress.
        """
        known = await self.get(user_id, webhook_id)
        values = {name: given.get(name, getattr(known, name)) for name in CHANGEABLE}
        if values["url"] != known.url:
            await addresses.check(self._sender.resolver, values["url"])
        reason = None if values["enabled"] else known.disabled_reason or "user"
        changed = _known(await webhooks.change(self._pool, user_id, webhook_id, values, reason))
        self._worker.wake()
        return changed

    async def rotate_secret(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """The old secret signs too for a day. Raises: NoSuchWebhook."""
        return _known(await webhooks.rotate(self._pool, user_id, webhook_id))

    async def replay(self, user_id: UUID, webhook_id: UUID, from_sequence: int) -> Webhook:
        """Deliver again, in order and with the same ids, from this change on. Raises: NoSuchWebhook."""
        moved = _known(await webhooks.replay(self._pool, user_id, webhook_id, from_sequence - 1))
        self._worker.wake()
        return moved

    async def delete(self, user_id: UUID, webhook_id: UUID) -> None:
        """Raises: NoSuchWebhook."""
        if not await webhooks.delete(self._pool, user_id, webhook_id):
            raise NoSuchWebhook

    async def attempts(self, user_id: UUID, webhook_id: UUID, count: int) -> list[Delivery]:
        """Raises: NoSuchWebhook."""
        await self.get(user_id, webhook_id)
        return await webhooks.attempts(self._pool, user_id, webhook_id, count)

    async def test(self, user_id: UUID, webhook_id: UUID) -> Outcome:
        """Send an event of no meaning at once, whether the endpoint is enabled or not. Raises: NoSuchWebhook."""
        async with self._turns.of(user_id), self._tests:
            webhook = await self.get(user_id, webhook_id)
            event_id, now = str(uuid.uuid4()), datetime.now(UTC)
            outcome = await self._sender.deliver(webhook, event_id, _test_event(webhook, event_id, now))
            await webhooks.log_test(self._pool, user_id, webhook_id, attempt(event_id, TEST, None, now, outcome))
            return outcome

    async def _sequence(self, user_id: UUID) -> int:
        try:
            await self._bus.check()
            return (await change_log.page(self._bus.client, str(user_id), BEYOND, 1)).sequence
        except TRANSIENT as error:
            raise NoChangeLog from error


def _known(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NoSuchWebhook
    return webhook


def _test_event(webhook: Webhook, event_id: str, now: datetime) -> bytes:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/services/notifications",
        "type": TEST,
        "subject": str(webhook.id),
        "time": now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "userid": str(webhook.user_id),
        "data": {"message": "A test from Todobus."},
    }
    return orjson.dumps(event)
