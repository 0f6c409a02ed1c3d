"""One reader of a user's live events: its position in the user's feed, and the stream written from there.

A slow reader has no queue: it goes on from its position, from the change log if need be. The server closes the
connection of one that takes nothing; it may resume.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Counter
from starlette.types import Send

from api_gateway.live.feeds import Feed
from service_common.tokens.verifier import SKEW_SECONDS, Claims
from todobus_events import tasks
from todobus_events.retry import TRANSIENT

HELLO, PING, REVOKED = b"retry: 1000\n\n", b": ping\n\n", b"event: revoked\ndata: {}\n\n"
SENT = Counter("live_events_total", "Events sent to streams")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds between pings; `check` is the time in which each feed is compared with the change log once."""

    ping: float = 15.0
    check: float = 30.0


TIMING = Timing()


class Reader:
    """One open stream; `ended`: it must stop, `revoked`: because its session has ended."""

    def __init__(self, feed: Feed, claims: Claims, timing: Timing = TIMING) -> None:
        self.feed, self.claims, self.timing = feed, claims, timing
        self.position, self.noticed = feed.head, feed.noticed
        self.ended = self.revoked = False
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    def end(self, *, revoked: bool = False) -> None:
        self.ended = True
        self.revoked = self.revoked or revoked
        self.wake()

    async def wait(self, seconds: float) -> None:
        await tasks.wait_until_set(self._news, seconds)
        self._news.clear()


async def follow(reader: Reader, send: Send) -> None:
    """Write to the stream until it or the reader's token ends; the client then comes back with a new one.

    So no stream outlives what the bus remembers of revocations, even if this process is cut off from the bus.
    """
    seconds = reader.claims.expires_at + SKEW_SECONDS - time.time()
    expiry = asyncio.get_running_loop().call_later(seconds, reader.end)
    try:
        await _write(send, HELLO)
        await _write_news(reader, send)
        if reader.revoked:
            await _write(send, REVOKED)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        expiry.cancel()


async def _write_news(reader: Reader, send: Send) -> None:
    pinged = time.monotonic()
    summary, timing = reader.feed.summary, reader.timing
    while not reader.ended:
        await _write_events(reader, send)
        if reader.feed.summary is not summary:
            summary = reader.feed.summary
            await _write(send, summary)
        if reader.noticed < reader.feed.noticed:
            notices, reader.noticed = reader.feed.notices(reader.noticed), reader.feed.noticed
            await _write(send, b"".join(notices))
        if time.monotonic() >= pinged + timing.ping:
            pinged = time.monotonic()
            await _write(send, PING)
        await reader.wait(pinged + timing.ping - time.monotonic())


async def _write_events(reader: Reader, send: Send) -> None:
    """Write all events after the reader's position."""
    while not reader.ended and reader.position < reader.feed.head:
        found = reader.feed.after(reader.position)
        if found is None:
            found = await _from_log(reader)
        if not found:
            reader.position = reader.feed.head
            return
        await _write(send, b"".join(frame for _, frame in found))
        reader.position = found[-1][0]
        SENT.inc(len(found))


async def _from_log(reader: Reader) -> Sequence[tuple[int, bytes]]:
    """A page of the change log; waits while the log cannot be read."""
    while not reader.ended:
        try:
            return await reader.feed.page(reader.position)
        except TRANSIENT:
            await asyncio.sleep(1)
    return []


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
