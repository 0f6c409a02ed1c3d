"""The push channel: to every browser of the user, through the push service that the browser names."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
from prometheus_client import Counter

from notifications_service.channels import wording
from notifications_service.channels.web_push import Identity, decoded, encoded, encrypt
from notifications_service.delivery.sender import Sender
from notifications_service.repository import push
from notifications_service.repository.notices import Notice
from notifications_service.repository.push import Subscription

PUSHED = Counter("notifications_pushes_total", "Requests to push services", ["result"])
SECONDS = 24 * 3600  # that a push service keeps a message for a browser that is off
GONE = (404, 410)
LINES, LONGEST = 5, 100  # so that it fits: a push service takes 4096 bytes


class Pushing:
    def __init__(self, pool: asyncpg.Pool, sender: Sender, identity: Identity) -> None:
        self._pool, self._sender, self._identity = pool, sender, identity

    async def send(self, found: Sequence[Notice]) -> bool:
        """Whether it is done with: a browser has it, or there is none any more."""
        first = found[0]
        told = await wording.of(self._pool, first.user_id, found)
        browsers = await push.of_user(self._pool, first.user_id) if told else ()
        if not told or not browsers:
            return True
        content, topic = orjson.dumps(payload(first, told)), encoded(first.id.bytes)
        results = await asyncio.gather(*(self.push(first.user_id, browser, content, topic) for browser in browsers))
        return "sent" in results or "failed" not in results

    async def push(self, user_id: UUID, browser: Subscription, content: bytes, topic: str) -> str:
        """`sent`, `gone`, which ends the subscription, `refused`, or `failed`, when another try may succeed."""
        url = httpx.URL(browser.endpoint)
        headers = {
            "authorization": self._identity.authorization(f"{url.scheme}://{url.netloc.decode()}", datetime.now(UTC)),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(SECONDS),
            "topic": topic,
            "urgency": "high",
        }
        body = encrypt(content, decoded(browser.p256dh), decoded(browser.auth))
        outcome = await self._sender.post(browser.endpoint, headers, body)
        if outcome.is_success:
            result = "sent"
        elif outcome.status in GONE:
            result = "gone"
            await push.remove(self._pool, user_id, browser.endpoint)
        else:
            result = "refused" if outcome.status in range(400, 429) else "failed"
        PUSHED.labels(result).inc()
        return result


def payload(first: Notice, told: dict[str, Any]) -> dict[str, Any]:
    """What the browser shows; `todo_id` is there where it is about one todo."""
    title, lines = wording.in_short(first.kind, told)
    shown = {
        "id": str(first.id),
        "kind": wording.NAMES[first.kind],
        "title": title[:LONGEST],
        "body": "\n".join(line[:LONGEST] for line in lines[:LINES]),
    }
    todos = told.get("todos", [])
    return shown | ({"todo_id": todos[0]["id"]} if len(todos) == 1 else {})
