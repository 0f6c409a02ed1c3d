"""Live events on a real gateway and a real bus; the todo service's answers come from a feed that the test writes."""

import asyncio
import contextlib
import resource
import statistics
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from api_gateway.live import feeds
from api_gateway.live.event_stream import LiveEvents
from api_gateway.live.readers import Timing
from api_gateway.server import limits as server_limits
from service_common.bus import create_bus
from service_common.revocations import Revocation, Revocations, publish
from service_common.settings import BusSettings
from service_common.telemetry.http_requests import SLOW_SECONDS
from service_common.tokens.verifier import SKEW_SECONDS
from service_testing.damaged_events import damages
from service_testing.event_examples import example
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import cloud_event
from todobus_events.registry import EVENTS


class TodoService:
    """Writes events into a log, publishes them or not, and answers `todos.rpc.changes` as the todo service does."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.log: dict[str, list[bytes]] = {}
        self.asked = 0

    async def start(self) -> None:
        await self.client.subscribe(topology.RPC_CHANGES, cb=self._answer)
        await self.client.flush()

    def write(self, user_id: str, event_type: str = "todo.updated.v1", **data: Any) -> bytes:
        events = self.log.setdefault(user_id, [])
        sequence = len(events) + 1
        event = cloud_event(
            event_id=str(uuid.uuid4()),
            source="/services/todos",
            event_type=event_type,
            subject=str(uuid.uuid4()),
            time=datetime.now(UTC).isoformat(),
            user_id=user_id,
            traceparent=None,
            sequence=sequence,
            data=orjson.dumps({"sequence": sequence, **data}),
        )
        events.append(event)
        return event

    async def publish(self, user_id: str, event: bytes) -> None:
        await self.client.publish(topology.todo_event(user_id, "updated"), event)

    async def happen(self, user_id: str, count: int = 1, **data: Any) -> None:
        for _ in range(count):
            await self.publish(user_id, self.write(user_id, **data))

    async def _answer(self, message: Any) -> None:
        self.asked += 1
        question = orjson.loads(message.data)
        log = self.log.get(question["user_id"], [])
        found = log[question["since"] :][: question["limit"]]
        rest = {"sequence": len(log), "has_more": bool(found) and question["since"] + len(found) < len(log)}
        await message.respond(orjson.dumps(rest | {"events": [orjson.loads(event) for event in found]}))


class Stream:
    """A client's end of an event stream."""

    def __init__(self, client: Any, status: int, headers: dict[str, str]) -> None:
        self.client, self.status, self.headers = client, status, headers
        self.blocks = self._read()

    async def _read(self) -> AsyncIterator[dict[str, str]]:
        text = ""
        while chunk := await self._chunk():
            text += chunk.decode()
            *blocks, text = text.split("\n\n")
            for block in blocks:
                yield dict(line.split(": ", 1) for line in block.split("\n"))

    async def _chunk(self) -> bytes:
        size = int(await self.client.reader.readline(), 16)
        body = await self.client.reader.readexactly(size)
        await self.client.reader.readexactly(2)
        return body

    async def next(self, seconds: float = 5) -> dict[str, str]:
        return await asyncio.wait_for(anext(self.blocks), seconds)

    async def ids(self, count: int) -> list[int]:
        found: list[int] = []
        while len(found) < count:
            block = await self.next()
            if "id" in block:
                found.append(int(block["id"]))
        return found

    async def ended(self) -> bool:
        with pytest.raises(StopAsyncIteration):
            await self.next()
        return True


class Gateway:
    """A gateway with live events, and streams to it."""

    def __init__(self, running: Any, live_events: LiveEvents, bus: Bus) -> None:
        self.running, self.live, self.bus = running, live_events, bus

    @contextlib.asynccontextmanager
    async def stream(self, user_id: str, query: str = "", *headers: str, **claims: Any) -> AsyncIterator[Stream]:
        token = self.running.issuer.token(user_id, **claims)
        lines = [f"GET /api/events/stream{query} HTTP/1.1", "host: x", f"authorization: Bearer {token}", *headers]
        async with self.running.connection() as client:
            client.send("\r\n".join([*lines, "", ""]).encode())
            head = (await client.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            named = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            stream = Stream(client, int(head[0].split()[1]), named)
            if stream.status == 200:
                assert await stream.next() == {"retry": "1000"}
            yield stream


@pytest.fixture
def user() -> str:
    return str(uuid.uuid4())


@pytest.fixture
async def todo_service(nats: NatsServer) -> TodoService:
    service = TodoService(await nats.connect("todos"))
    await service.start()
    return service


@contextlib.asynccontextmanager
async def gateway_of(
    start: Any, nats: NatsServer, server_timing: server_limits.Timing = server_limits.TIMING, **live: Any
) -> AsyncIterator[Gateway]:
    settings = BusSettings(nats_url=nats.url, nats_user="gateway", nats_password=nats.passwords["gateway"])
    bus = create_bus(settings, "gateway")
    revocations = Revocations(bus)
    draining = False
    live_events = LiveEvents(bus, revocations, lambda: draining, **live)
    await bus.start()
    await wait_until(lambda: bus.connected)
    async with start(handlers={"live": live_events}, rate_limits="off", server_timing=server_timing) as running:
        await live_events.start()
        yield Gateway(running, live_events, bus)
        await live_events.stop()
    await revocations.stop()
    await bus.stop()


@pytest.fixture
async def gateway(start: Any, nats: NatsServer, todo_service: TodoService) -> AsyncIterator[Gateway]:
    async with gateway_of(start, nats) as running:
        yield running


class TestFollowing:
    async def test_it_begins_with_what_happens_now(self, gateway, todo_service, user) -> None:
        await todo_service.happen(user, 3)
        async with gateway.stream(user) as stream:
            assert stream.status == 200
            assert stream.headers["content-type"] == "text/event-stream"
            assert stream.headers["cache-control"] == "no-store"
            event = todo_service.write(user, text="a\nb")
            await todo_service.publish(user, event)
            block = await stream.next()
        assert (block["id"], block["event"]) == ("4", "todo.updated.v1")
        assert orjson.loads(block["data"]) == orjson.loads(event)

    async def test_a_user_sees_nothing_of_another(self, gateway, todo_service, user) -> None:
        other = str(uuid.uuid4())
        async with gateway.stream(user) as stream:
            await todo_service.happen(other, 3)
            await todo_service.happen(user)
            assert (await stream.next())["id"] == "1"

    async def test_every_tab_sees_everything_over_one_subscription(self, gateway, todo_service, user) -> None:
        def subscriptions() -> list[str]:
            return [each.subject for each in gateway.bus.client._subs.values() if user in each.subject]

        async with contextlib.AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(gateway.stream(user)) for _ in range(3)]
            assert subscriptions() == [
                topology.todo_events_of(user),
                topology.stats_updated(user),
                topology.notification_event(user, "*"),
            ]
            await todo_service.happen(user, 5)
            assert [await tab.ids(5) for tab in tabs] == [[1, 2, 3, 4, 5]] * 3
        await wait_until(lambda: not subscriptions())

    async def test_what_comes_twice_or_out_of_order_is_put_right(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            events = [todo_service.write(user) for _ in range(4)]
            for index in (1, 0, 0, 3, 1, 2, 3):
                await todo_service.publish(user, events[index])
            await todo_service.happen(user)
            assert await stream.ids(5) == [1, 2, 3, 4, 5]

    async def test_what_was_lost_is_asked_for(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            todo_service.write(user)
            todo_service.write(user)
            await todo_service.happen(user)
            assert await stream.ids(3) == [1, 2, 3]

    async def test_a_type_that_is_not_known_is_an_event_like_any_other(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            await todo_service.happen(user)
            event = todo_service.write(user, "project.created.v1")
            await todo_service.client.publish(topology.feed_event(user, "project.created.v1"), event)
            await todo_service.happen(user)
            blocks = [await stream.next() for _ in range(3)]
        assert [block["id"] for block in blocks] == ["1", "2", "3"]
        assert blocks[1]["event"] == "project.created.v1"
        assert todo_service.asked == 1  # for the position; no gap was healed

    async def test_a_lost_last_event_shows_when_the_projection_has_it(self, gateway, todo_service, user, nats) -> None:
        async with gateway.stream(user) as stream:
            todo_service.write(user)
            stats = await nats.connect("stats")
            await stats.publish(topology.stats_updated(user), b'{"as_of_sequence":1}')
            assert await stream.ids(1) == [1]

    async def test_without_the_todo_service_a_gap_waits_until_it_is_back(self, start, nats, todo_service, user) -> None:
        async with gateway_of(start, nats) as gateway, gateway.stream(user) as stream:
            missed = [todo_service.write(user) for _ in range(3)]
            subscription = next(iter(todo_service.client._subs.values()))
            await subscription.unsubscribe()
            await todo_service.publish(user, missed[2])
            await wait_until(lambda: _feed(gateway, user)._healer.running)
            await todo_service.start()
            assert await stream.ids(3) == [1, 2, 3]

    async def test_an_unreadable_event_is_skipped(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            await todo_service.publish(user, b"{")
            await todo_service.happen(user)
            assert await stream.ids(1) == [1]

    async def test_damaged_events_are_read_from_the_log(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            first = orjson.loads(todo_service.write(user))
            found = damages(first, depth=2)
            for damage in found:
                await todo_service.publish(user, damage.of(orjson.loads(todo_service.log[user][-1])))
                todo_service.write(user)
            await todo_service.happen(user)
            numbers = list(range(1, len(found) + 3))
            assert await asyncio.wait_for(stream.ids(len(numbers)), 30) == numbers

    async def test_an_event_of_another_user_is_not_shown(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as stream:
            await todo_service.publish(user, todo_service.write(str(uuid.uuid4()), text="of another"))
            await todo_service.happen(user, text="my own")
            assert "my own" in (await stream.next())["data"]

    async def test_what_the_log_does_not_know_is_not_shown(self, gateway, todo_service, user) -> None:
        """As after a restored backup: the bus repeats an event of a history that is gone."""
        async with gateway.stream(user) as stream:
            events = [todo_service.write(user) for _ in range(5)]
            del todo_service.log[user][1:]
            await todo_service.publish(user, events[4])
            assert await stream.ids(1) == [1]
            await todo_service.happen(user, text="the new second")
            assert "the new second" in (await stream.next())["data"]


def _feed(gateway: Gateway, user: str) -> feeds.Feed:
    return gateway.live._feeds[user]


class TestResuming:
    async def test_everything_after_the_position_follows(self, gateway, todo_service, user) -> None:
        await todo_service.happen(user, 5)
        for query, *headers in (["?since=2"], ["", "Last-Event-ID: 2"], ["?since=0", "last-event-id: 2"]):
            async with gateway.stream(user, query, *headers) as stream:
                assert await stream.ids(3) == [3, 4, 5]
        async with gateway.stream(user, "?since=5") as stream:
            await todo_service.happen(user)
            assert await stream.ids(1) == [6]

    async def test_a_thousand_missed_events_come_once_each(self, gateway, todo_service, user) -> None:
        for _ in range(1000):
            todo_service.write(user)
        async with gateway.stream(user, "?since=0") as stream:
            started = time.monotonic()
            await todo_service.happen(user, 50)
            assert await stream.ids(1050) == list(range(1, 1051))
            assert time.monotonic() - started < 10

    async def test_a_position_that_this_gateway_has_not_heard_of_yet(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user) as first:
            todo_service.write(user)
            todo_service.write(user)
            async with gateway.stream(user, "?since=1") as second:
                await todo_service.happen(user)
                assert await second.ids(2) == [2, 3]
            assert await first.ids(3) == [1, 2, 3]

    async def test_a_position_beyond_the_log_counts_as_its_end(self, gateway, todo_service, user) -> None:
        await todo_service.happen(user, 2)
        async with gateway.stream(user, "?since=999") as stream:
            await todo_service.happen(user)
            assert await stream.ids(1) == [3]

    async def test_an_invalid_position_is_refused(self, gateway, user) -> None:
        for query, *headers in (["?since=x"], ["?since=-1"], ["?since="], ["", "Last-Event-ID: 1.5"]):
            async with gateway.stream(user, query, *headers) as stream:
                assert stream.status == 422

    async def test_it_goes_on_once_the_bus_is_back(self, gateway, todo_service, user, nats) -> None:
        async with gateway.stream(user) as stream:
            await todo_service.happen(user)
            assert await stream.ids(1) == [1]
            nats.kill()
            await wait_until(lambda: not gateway.bus.connected)
            todo_service.write(user)
            await nats.start()
            assert await stream.ids(1) == [2]

    async def test_without_the_bus_no_stream_begins(self, gateway, user, nats) -> None:
        nats.kill()
        await wait_until(lambda: not gateway.bus.connected)
        async with gateway.stream(user) as stream:
            assert (stream.status, stream.headers["retry-after"]) == (503, "2")


class TestSummaries:
    async def test_the_new_summary_is_asked_for_and_sent_without_an_id(self, gateway, user, nats) -> None:
        questions = []
        stats = await nats.connect("stats")

        async def answer(message) -> None:
            questions.append(orjson.loads(message.data))
            await message.respond(orjson.dumps({"total": len(questions)}))

        await stats.subscribe(topology.RPC_SUMMARY, cb=answer)
        async with gateway.stream(user, zoneinfo="Asia/Tokyo") as stream:
            for number in (1, 2):
                for _ in range(50):
                    await stats.publish(topology.stats_updated(user), b'{"as_of_sequence":0}')
                assert await stream.next() == {"event": "stats.updated", "data": f'{{"total":{number}}}'}
        assert questions[0] == {"user_id": user, "time_zone": "Asia/Tokyo"}
        assert len(questions) < 5


class TestNotifications:
    async def test_come_as_they_happen_to_every_tab_and_have_no_id(self, gateway, todo_service, user, nats) -> None:
        notifications = await nats.connect("notifications")
        event = orjson.dumps(example(EVENTS["reminder.fired.v1"]) | {"userid": user})
        async with gateway.stream(user) as first, gateway.stream(user) as second:
            await notifications.publish(topology.notification_event(user, "fired"), b"{")
            await notifications.publish(topology.notification_event(user, "fired"), event)
            for tab in (first, second):
                assert await tab.next() == {"event": "reminder.fired", "data": event.decode()}
            await todo_service.happen(user)
            assert await first.ids(1) == [1]


class TestEnding:
    async def test_a_revoked_session_ends_with_its_event_and_others_go_on(
        self, gateway, user, nats, todo_service
    ) -> None:
        ended = str(uuid.uuid4())
        auth = Bus(nats.url, user="auth", password=nats.passwords["auth"], name="auth")
        await auth.start()
        await wait_until(lambda: auth.connected)
        async with gateway.stream(user, sid=ended) as first, gateway.stream(user) as second:
            await publish(auth, Revocation(f"sid.{ended}", time.time() + 60))
            assert await first.next() == {"event": "revoked", "data": "{}"}
            assert await first.ended()
            await todo_service.happen(user)
            assert await second.ids(1) == [1]
        await auth.stop()

    async def test_sessions_of_a_user_end_together_but_for_a_later_one(self, gateway, user, nats, todo_service) -> None:
        ids = [f"01939d5a-0000-7000-8000-00000000000{number}" for number in range(4)]
        auth = Bus(nats.url, user="auth", password=nats.passwords["auth"], name="auth")
        await auth.start()
        await wait_until(lambda: auth.connected)
        async with (
            gateway.stream(user, sid=ids[0]) as first,
            gateway.stream(user, sid=ids[1]) as second,
            gateway.stream(user, sid=ids[3]) as later,
        ):
            await publish(auth, Revocation(f"sub.{user}", time.time() + 60, ids[2]))
            for stream in (first, second):
                assert await stream.next() == {"event": "revoked", "data": "{}"}
                assert await stream.ended()
            await todo_service.happen(user)
            assert await later.ids(1) == [1]
        await auth.stop()

    async def test_a_process_that_stops_ends_its_streams(self, gateway, user) -> None:
        async with gateway.stream(user) as stream:
            await gateway.live.stop()
            assert await stream.ended()

    async def test_nothing_is_left_when_the_client_goes(self, gateway, user) -> None:
        async with gateway.stream(user):
            assert gateway.live._feeds
        await wait_until(lambda: not gateway.live._feeds and not gateway.live._readers)

    async def test_it_ends_with_its_token(self, gateway, user) -> None:
        expired_soon = int(time.time()) - SKEW_SECONDS + 2
        async with gateway.stream(user, iat=expired_soon - 60, exp=expired_soon) as stream:
            assert await stream.ended()

    async def test_it_ends_with_its_token_while_the_bus_is_down(self, gateway, todo_service, user, nats) -> None:
        expired_soon = int(time.time()) - SKEW_SECONDS + 3
        todo_service.write(user)
        async with gateway.stream(user, "?since=0", iat=expired_soon - 60, exp=expired_soon) as stream:
            assert await stream.ids(1) == [1]
            nats.kill()
            assert await stream.ended()

    async def test_it_pings(self, start, nats, todo_service, user) -> None:
        timing = Timing(ping=0.05)
        async with gateway_of(start, nats, timing=timing) as gateway, gateway.stream(user) as stream:
            assert await stream.next() == {"": "ping"}

    async def test_a_long_stream_is_no_slow_request(self, start, nats, todo_service, user) -> None:
        with capture_logs() as logs:
            async with gateway_of(start, nats, timing=Timing(ping=SLOW_SECONDS * 1.1)) as gateway:
                async with gateway.stream(user) as stream:
                    assert await stream.next() == {"": "ping"}
                await wait_until(lambda: not gateway.live._feeds)
        assert [line for line in logs if line["event"] == "request"] == []

    async def test_the_stream_of_a_reader_that_takes_nothing_ends(self, start, nats, user, todo_service) -> None:
        server_timing = server_limits.Timing(write=0.1, sweep=0.02)
        async with gateway_of(start, nats, server_timing=server_timing) as gateway:

            async def let_go() -> bool:
                await todo_service.happen(user, text="x" * 500_000)
                return not gateway.live._feeds

            async with gateway.stream(user):
                await wait_until(let_go)  # how much the sockets between them hold is the system's choice
            last = len(todo_service.log[user])
            async with gateway.stream(user, f"?since={last - 2}") as stream:
                assert await stream.ids(2) == [last - 1, last]


class TestLimits:
    async def test_a_user_has_a_number_of_streams(self, start, nats, todo_service, user) -> None:
        async with gateway_of(start, nats, streams_per_user=2) as gateway:
            async with gateway.stream(user), gateway.stream(user):
                async with gateway.stream(user) as third:
                    assert (third.status, third.headers["retry-after"]) == (429, "5")
                async with gateway.stream(str(uuid.uuid4())) as other:
                    assert other.status == 200
            await wait_until(lambda: not gateway.live._feeds)
            async with gateway.stream(user) as again:
                assert again.status == 200

    async def test_an_address_has_a_number_of_streams(self, start, nats, todo_service) -> None:
        async with (
            gateway_of(start, nats, streams_per_address=1) as gateway,
            gateway.stream(str(uuid.uuid4())),
            gateway.stream(str(uuid.uuid4())) as second,
        ):
            problem = orjson.loads(await second.client.reader.readuntil(b"}"))
        assert (problem["status"], problem["code"]) == (429, "too_many_streams")
        assert problem["detail"] == "An address may have 1 event streams open."

    async def test_there_is_nothing_below_it(self, gateway) -> None:
        for path in (b"/api/events/stream/x", b"/api/events/stream/"):
            assert (await gateway.running.ask(b"GET " + path)).status == 404

    async def test_a_token_needs_the_scope(self, gateway, todo_service, user) -> None:
        async with gateway.stream(user, scope="events:read") as stream:
            assert stream.status == 200
        async with gateway.stream(user, scope="todos:read stats:read") as stream:
            challenge = 'bearer realm="todos", error="insufficient_scope", scope="events:read"'
            assert (stream.status, stream.headers["www-authenticate"]) == (403, challenge)

    async def test_it_is_read_only(self, gateway) -> None:
        answer = await gateway.running.ask(b"POST /api/events/stream")
        assert (answer.status, answer.headers[b"allow"]) == (405, b"GET")


@pytest.mark.slow
async def test_a_thousand_streams_on_one_gateway(gateway, todo_service) -> None:
    """Prints how long events took to reach the streams; gateway, bus and readers share this machine."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    users = [str(uuid.uuid4()) for _ in range(100)]
    delays: list[float] = []

    async def read(stream: Stream) -> list[int]:
        found = []
        while len(found) < 10:
            block = await stream.next(60)
            if "id" in block:
                found.append(int(block["id"]))
                delays.append(time.time() - orjson.loads(block["data"])["data"]["at"])
        return found

    async with contextlib.AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(gateway.stream(user)) for user in users for _ in range(10)]
        reading = asyncio.gather(*(read(stream) for stream in streams))
        for _ in range(10):
            for user in users:
                await todo_service.happen(user, at=time.time())
                await todo_service.client.flush()
        assert await reading == [list(range(1, 11))] * 1000
    cuts = statistics.quantiles(delays, n=100)
    print(f"\n10,000 events to 1,000 streams: p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms")  # noqa: T201
    assert cuts[98] < 2
