"""`GET /api/events/stream`: a user's events as they happen, in order, none missing, none twice.

A reader is a position in the user's feed. One that is slow holds no queue: it reads on from where it is, from the
change log if need be, and one that takes nothing at all is let go and may resume.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

from prometheus_client import Counter, Gauge
from starlette.types import Receive, Scope, Send

from api_gateway.errors import MethodNotAllowed
from api_gateway.live.feeds import Feed
from service_common.errors import FieldError, TooManyRequests, Unavailable, Unprocessable
from service_common.revocations import Revocations
from service_common.tokens.verifier import Claims
from todobus_events import tasks
from todobus_events.bus import Bus
from todobus_events.retry import TRANSIENT

STREAMS_PER_USER = 20
PING_SECONDS = 15.0
SEND_SECONDS = 30.0
CHECK_SECONDS = 30.0
QUESTIONS_AT_ONCE = 16
LIFE_SECONDS = 3600.0  # then the client comes again with a token of today
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
HELLO, PING, REVOKED = b"retry: 1000\n\n", b": ping\n\n", b"event: revoked\ndata: {}\n\n"

STREAMS = Gauge("live_streams", "Event streams that are open")
FEEDS = Gauge("live_feeds", "Users with an open event stream")
SENT = Counter("live_events_total", "Events sent to streams")
SLOW = Counter("live_slow_streams_total", "Streams let go because their reader took nothing")


class WrongPosition(Unprocessable):
    def __init__(self, pointer: str) -> None:
        detail = "A position is the id of an event: a whole number, 0 or more."
        super().__init__(detail, errors=[FieldError(pointer, detail)])


class TooManyStreams(TooManyRequests):
    code = "too_many_streams"

    def __init__(self) -> None:
        super().__init__(f"A user may have {STREAMS_PER_USER} event streams open.", headers={"Retry-After": "5"})


class Reader:
    """One open stream; `ended` says that it must stop, `revoked` that its session has."""

    def __init__(self, feed: Feed, claims: Claims) -> None:
        self.feed = feed
        self.claims = claims
        self.position = feed.head
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


class LiveEvents:
    """The handler, and the feeds of the users whose streams are open in this gateway."""

    def __init__(self, bus: Bus, revocations: Revocations, draining: Callable[[], bool] = lambda: False) -> None:
        self._bus = bus
        self._revocations = revocations
        self._draining = draining
        self._feeds: dict[str, Feed] = {}
        self._limit = asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._readers: dict[str, set[Reader]] = {}
        self._minding: list[asyncio.Task[None]] = []
        bus.on_connect(self._check_feeds)
        revocations.on_revoked(self._revoke)

    async def start(self) -> None:
        self._minding = [asyncio.create_task(self._mind()), asyncio.create_task(self._watch_draining())]

    async def stop(self) -> None:
        for task in self._minding:
            task.cancel()
        self._end_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send, claims: Claims) -> None:
        if scope["method"] != "GET":
            raise MethodNotAllowed("GET")
        if self._draining():
            raise Unavailable(headers={"Retry-After": "1"})
        since = _position(scope)
        async with self._reader(claims) as reader:
            await self._place(reader, since)
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            leaving = asyncio.create_task(_watch_disconnect(receive, reader))
            try:
                await _follow(reader, send)
            finally:
                leaving.cancel()

    @contextlib.asynccontextmanager
    async def _reader(self, claims: Claims) -> AsyncIterator[Reader]:
        """A place among the user's streams, whose feed is open as long as it has one."""
        reader = await self._join(claims)
        sessions = self._readers.setdefault(claims.session_id, set())
        sessions.add(reader)
        STREAMS.inc()
        try:
            if self._revocations.revoked(claims):
                reader.end(revoked=True)
            yield reader
        finally:
            STREAMS.dec()
            sessions.discard(reader)
            if not sessions:
                self._readers.pop(claims.session_id, None)
            await self._leave(reader)

    async def _join(self, claims: Claims) -> Reader:
        async with self._lock(claims.user_id):
            feed = self._feeds.get(claims.user_id) or await self._open(claims)
            if len(feed.followers) >= STREAMS_PER_USER:
                raise TooManyStreams
            reader = Reader(feed, claims)
            feed.followers.add(reader)
            return reader

    async def _open(self, claims: Claims) -> Feed:
        feed = Feed(self._bus.client, claims.user_id, claims.time_zone, self._limit)
        try:
            with _available():
                await self._bus.check()
                await feed.open()
        except BaseException:
            await feed.close()
            raise
        self._feeds[claims.user_id] = feed
        FEEDS.inc()
        return feed

    async def _leave(self, reader: Reader) -> None:
        reader.feed.followers.discard(reader)
        user_id = reader.claims.user_id
        async with self._lock(user_id):
            if not reader.feed.followers and self._feeds.get(user_id) is reader.feed:
                del self._feeds[user_id]
                FEEDS.dec()
                await reader.feed.close()

    def _lock(self, user_id: str) -> asyncio.Lock:
        """One for a user, as long as anybody holds or awaits it: a feed is opened and closed once."""
        return self._locks.setdefault(user_id, asyncio.Lock())

    async def _place(self, reader: Reader, since: int | None) -> None:
        """Where the client was; a position that the log has not reached (it was restored, say) counts as its end."""
        if since is not None and since > reader.feed.head:
            reader.feed.check()
            with _available():
                since = min(since, await reader.feed.newest())
        reader.position = reader.feed.head if since is None else since

    def _revoke(self, session_id: str) -> None:
        for reader in self._readers.get(session_id, ()):
            reader.end(revoked=True)

    async def _check_feeds(self) -> None:
        for feed in self._feeds.values():
            feed.check()

    async def _mind(self) -> None:
        """Also a last event that got lost, with nothing behind it to show the gap, is found."""
        while True:
            feeds = list(self._feeds.values())
            for feed in feeds:
                feed.check()
                await asyncio.sleep(CHECK_SECONDS / len(feeds))
            if not feeds:
                await asyncio.sleep(CHECK_SECONDS)

    async def _watch_draining(self) -> None:
        """A process that is told to stop ends its streams: their clients go to another one."""
        while not self._draining():  # noqa: ASYNC110 - a signal handler sets it
            await asyncio.sleep(0.2)
        self._end_all()

    def _end_all(self) -> None:
        for readers in self._readers.values():
            for reader in readers:
                reader.end()


@contextlib.contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except TRANSIENT as error:
        raise Unavailable("Live events are not available now.", headers={"Retry-After": "2"}) from error


async def _follow(reader: Reader, send: Send) -> None:
    """Write to the stream until it ends; what cannot be written within SEND_SECONDS ends it too."""
    try:
        await _write(send, HELLO)
        await _write_news(reader, send)
        if reader.revoked:
            await _write(send, REVOKED)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except TimeoutError:
        SLOW.inc()


async def _write_news(reader: Reader, send: Send) -> None:
    started = pinged = time.monotonic()
    summary = reader.feed.summary
    while not reader.ended and time.monotonic() < started + LIFE_SECONDS:
        await _write_events(reader, send)
        if reader.feed.summary is not summary:
            summary = reader.feed.summary
            await _write(send, summary)
        if time.monotonic() >= pinged + PING_SECONDS:
            pinged = time.monotonic()
            await _write(send, PING)
        await reader.wait(pinged + PING_SECONDS - time.monotonic())


async def _write_events(reader: Reader, send: Send) -> None:
    """All that there is after the reader's position."""
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
    """A page of the change log; while it cannot be read, the reader waits."""
    while not reader.ended:
        try:
            return await reader.feed.page(reader.position)
        except TRANSIENT:
            await asyncio.sleep(1)
    return []


async def _write(send: Send, body: bytes) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _watch_disconnect(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.end()


def _position(scope: Scope) -> int | None:
    """`Last-Event-ID`, which a client sends when it comes again, goes before `?since=` of its URL."""
    for name, value in scope["headers"]:
        if name == b"last-event-id" and value:
            return _number(value.decode("latin-1"), "header Last-Event-ID")
    given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("since")
    return _number(given[-1], "?since") if given else None


def _number(text: str, pointer: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - 63 bits hold 18 digits
        raise WrongPosition(pointer)
    return int(text)
