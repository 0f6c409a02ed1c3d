"""`GET /api/events/stream`: a user's events as they happen, in order, none missing, none twice."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import parse_qs

from prometheus_client import Gauge
from starlette.types import Receive, Scope, Send

from api_gateway.concurrency import ConcurrencyLimit
from api_gateway.errors import MethodNotAllowed, TooManyStreams
from api_gateway.live.feeds import Feed
from api_gateway.live.readers import TIMING, Reader, Timing, follow
from service_common.errors import FieldError, Unavailable, Unprocessable
from service_common.revocations import Revocations
from service_common.tokens import scopes
from service_common.tokens.verifier import Claims
from service_common.turns import Turns
from todobus_events import tasks
from todobus_events.bus import Bus
from todobus_events.retry import TRANSIENT

STREAMS_PER_USER = 20
CONCURRENT_QUERIES = 16
NEEDED = scopes.Needed(scopes.Scope.EVENTS_READ)
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

STREAMS = Gauge("live_streams", "Event streams that are open")
FEEDS = Gauge("live_feeds", "Users with an open event stream")


class WrongPosition(Unprocessable):
    def __init__(self, pointer: str) -> None:
        detail = "A position is the id of an event: a whole number, 0 or more."
        super().__init__(detail, errors=[FieldError(pointer, detail)])


class LiveEvents:
    """The handler of the route, and the feeds of the users whose streams are open in this gateway."""

    def __init__(
        self,
        bus: Bus,
        revocations: Revocations,
        draining: Callable[[], bool] = lambda: False,
        timing: Timing = TIMING,
        streams_per_user: int = STREAMS_PER_USER,
        streams_per_address: int = sys.maxsize,
    ) -> None:
        self._bus, self._revocations, self._draining = bus, revocations, draining
        self._timing = timing
        self._of_user = ConcurrencyLimit("A user", streams_per_user, TooManyStreams)
        self._of_address = ConcurrencyLimit("An address", streams_per_address, TooManyStreams)
        self._feeds: dict[str, Feed] = {}
        self._limit = asyncio.Semaphore(CONCURRENT_QUERIES)
        self._turns = Turns()  # a user's feed is opened once and closed once
        self._readers: dict[str, set[Reader]] = {}
        self._tasks: list[tasks.BackgroundTask] = []
        bus.on_connect(self._check_feeds)
        revocations.on_revoked(self._revoke)

    async def start(self) -> None:
        works = {"live-check": self._check_all, "live-draining": self._watch_draining}
        self._tasks = [self._bus.supervisor.start(name, work) for name, work in works.items()]

    async def stop(self) -> None:
        await tasks.stop(*self._tasks)
        self._end_all()

    async def __call__(self, scope: Scope, _: Receive, send: Send, claims: Claims, client: str) -> None:
        """Answer until the stream ends; the server cancels it when the client disconnects. `client`: its address."""
        if scope["method"] != "GET":
            raise MethodNotAllowed("GET")
        NEEDED.check(claims)
        if self._draining():
            raise Unavailable(headers={"Retry-After": "1"})
        since = _position(scope)
        with self._of_user.held(claims.user_id), self._of_address.held(client):
            async with self._reader(claims) as reader:
                await self._place(reader, since)
                await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
                await follow(reader, send)

    @contextlib.asynccontextmanager
    async def _reader(self, claims: Claims) -> AsyncIterator[Reader]:
        """A reader of the user's feed, which stays open while it has readers."""
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
        async with self._turns.of(claims.user_id):
            feed = self._feeds.get(claims.user_id) or await self._open(claims)
            reader = Reader(feed, claims, self._timing)
            feed.followers.add(reader)
            return reader

    async def _open(self, claims: Claims) -> Feed:
        feed = Feed(self._bus, claims.user_id, claims.time_zone, self._limit)
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
        async with self._turns.of(user_id):
            if not reader.feed.followers and self._feeds.get(user_id) is reader.feed:
                del self._feeds[user_id]
                FEEDS.dec()
                await reader.feed.close()

    async def _place(self, reader: Reader, since: int | None) -> None:
        """Set the client's position; one beyond the end of the log, say after a restored backup, counts as the end."""
        if since is not None and since > reader.feed.head:
            reader.feed.check()
            with _available():
                since = min(since, await reader.feed.newest())
        reader.position = reader.feed.head if since is None else since

    def _revoke(self, identity: str) -> None:
        """End the streams of a session, or those of a user whose sessions have ended."""
        feed = self._feeds.get(identity)
        for reader in feed.followers if feed else self._readers.get(identity, ()):
            if self._revocations.revoked(reader.claims):
                reader.end(revoked=True)

    async def _check_feeds(self) -> None:
        for feed in self._feeds.values():
            feed.check()

    async def _check_all(self) -> None:
        """Compare each feed with the change log: this also finds a lost last event, which leaves no gap."""
        while True:
            feeds = list(self._feeds.values())
            for feed in feeds:
                feed.check()
                await asyncio.sleep(self._timing.check / len(feeds))
            if not feeds:
                await asyncio.sleep(self._timing.check)

    async def _watch_draining(self) -> None:
        """A process that is stopping ends its streams: their clients reconnect to another one."""
        while True:
            await asyncio.sleep(0.2)
            if self._draining():  # a signal handler sets it
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


def _position(scope: Scope) -> int | None:
    """The position in `Last-Event-ID`, which a client sends when it reconnects, or else in `?since=`."""
    for name, value in scope["headers"]:
        if name == b"last-event-id" and value:
            return _number(value.decode("latin-1"), "header Last-Event-ID")
    given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("since")
    return _number(given[-1], "?since") if given else None


def _number(text: str, pointer: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - 63 bits hold 18 digits
        raise WrongPosition(pointer)
    return int(text)
