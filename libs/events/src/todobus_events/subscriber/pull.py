"""The pull loop: requests that stay open, so that an event arrives as soon as it is stored.

The client library's own `fetch` costs a task, a timer and a random id for each message; here a callback fills a
buffer, from which `batch` takes what is there.
"""

import asyncio
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from pydantic_core import to_json

from todobus_events import tasks

if TYPE_CHECKING:
    from nats.aio.subscription import Subscription

EXPIRES_SECONDS = 30
HEARTBEAT_SECONDS = 5
SILENCE_SECONDS = 2.5 * HEARTBEAT_SECONDS  # two heartbeats missed: the server has forgotten the request
HEARTBEAT, NOT_FOUND, EXPIRED = "100", "404", "408"


class Pull:
    """The open requests of one durable, at most `ahead` messages; and those that came and were not taken yet."""

    def __init__(self, client: Client, stream: str, durable: str, ahead: int) -> None:
        self.lost = asyncio.Event()  # the server does not know the durable, or has just lost it
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._inbox = ""
        self._ahead = ahead
        self._buffer: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._requests = 0
        self._outstanding = 0
        self._heard = 0.0
        self._subscription: Subscription | None = None

    async def subscribe(self) -> None:
        """Once connected; the client renews it at each reconnection."""
        if self._subscription is None:
            self._inbox = self._client.new_inbox()
            self._subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._receive)

    async def stop(self) -> None:
        """Give back what was not taken, so that another instance gets it at once."""
        with contextlib.suppress(Error):
            if self._subscription:
                await self._subscription.drain()  # type: ignore[no-untyped-call] # what is under way still arrives
            for message in self._buffer:
                await message.nak()

    def forget(self) -> None:
        """Ask again: the open requests will not be answered any more."""
        self.lost.clear()
        self._outstanding = 0
        self._arrived.set()

    async def batch(self, most: int) -> list[Msg]:
        """At least one message, at most `most`, without waiting for more than there are."""
        while not self._buffer:
            self._arrived.clear()
            await self._ask()
            await self._listen()
        batch = [self._buffer.popleft() for _ in range(min(most, len(self._buffer)))]
        await self._ask()
        return batch

    async def _ask(self) -> None:
        wanted = self._ahead - self._outstanding - len(self._buffer)
        if wanted < self._ahead // 2 or not self._can_ask():
            return
        self._requests += 1
        self._outstanding += wanted
        self._heard = time.monotonic()
        request = {
            "batch": wanted,
            "expires": EXPIRES_SECONDS * 1_000_000_000,
            "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
        }
        await self._client.publish(self._subject, to_json(request), reply=f"{self._inbox}.{self._requests}")

    def _can_ask(self) -> bool:
        return bool(self._subscription and self._client.is_connected and not self.lost.is_set())

    async def _listen(self) -> None:
        arrived = await tasks.wait_until_set(self._arrived, HEARTBEAT_SECONDS)
        if not arrived and time.monotonic() - self._heard > SILENCE_SECONDS:
            self.forget()

    async def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        status = message.headers.get("Status") if message.headers else None
        if status is None or message.reply.startswith("$JS.ACK."):
            self._outstanding = max(0, self._outstanding - 1)
            self._buffer.append(message)
            self._arrived.set()
        elif status != HEARTBEAT:
            self._end(message, status)

    def _end(self, message: Msg, status: str) -> None:
        """A request ended without all it asked for: by its time, or because the server cannot serve it."""
        if status in (NOT_FOUND, EXPIRED):
            unanswered = int((message.headers or {}).get("Nats-Pending-Messages", self._ahead))
            self._outstanding = max(0, self._outstanding - unanswered)
        else:
            self._outstanding = 0
            self.lost.set()
        self._arrived.set()
