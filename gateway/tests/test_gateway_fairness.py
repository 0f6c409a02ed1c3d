"""What one client may take, and that others do not lose it: places of services, memory, connections."""

import asyncio
import contextlib
import json
import socket

import pytest

from api_gateway.concurrency import Places
from api_gateway.server.limits import READ_AHEAD_BYTES, TIMING, Timing
from api_gateway.upstream.instances import Policy
from service_testing.waiting import wait_until

USER = "01939d5a-0000-7000-8000-000000000001"  # of the tokens that a client sends by default
GET = b"GET /api/todos HTTP/1.1\r\nhost: x\r\n"
OTHER_USER = "01939d5a-0000-7000-8000-000000000009"
LARGE = 12_000_000


def in_flight(gateway, service="todos"):
    return sum(one.in_flight for one in gateway.gateway.upstreams[service].instances)


async def large(_, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LARGE + bytes(LARGE))


@contextlib.asynccontextmanager
async def unread(gateway, *requests):
    """A client that sends requests and reads no answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.settimeout(0)
    with contextlib.closing(connection):
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, ("127.0.0.1", gateway.port))
        await loop.sock_sendall(connection, b"".join(requests))
        yield connection


def answer_after(wait, upstreams):
    """Each answer of each service waits."""

    async def answer(_, writer):
        await wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")

    for upstream in upstreams.values():
        upstream.answer = answer


class TestInFlight:
    @pytest.fixture
    def waiting(self, upstreams):
        """All services answer once this is set."""
        go_on = asyncio.Event()
        answer_after(go_on.wait, upstreams)
        return go_on

    async def test_a_user(self, start, todos, waiting):
        async with start(user_in_flight=2) as gateway:
            asking = [asyncio.create_task(gateway.ask(b"GET /api/todos")) for _ in range(2)]
            await wait_until(lambda: len(todos.requests) == 2)
            third = await gateway.ask(b"GET /api/todos")
            other = asyncio.create_task(
                gateway.ask(b"GET /api/todos", gateway.authorization_of(OTHER_USER), token=False)
            )
            await wait_until(lambda: len(todos.requests) == 3)
            waiting.set()
            answers = [*await asyncio.gather(*asking, other), await gateway.ask(b"GET /api/todos")]

        assert (third.status, third.headers[b"retry-after"]) == (429, b"1")
        assert json.loads(third.body)["code"] == "too_many_requests_in_flight"
        assert json.loads(third.body)["detail"] == "A user may have 2 requests in flight."
        assert [answer.status for answer in answers] == [200, 200, 200, 200]

    async def test_an_address_without_a_token(self, start, upstreams, waiting):
        async with start(address_in_flight=1) as gateway:
            first = asyncio.create_task(gateway.ask(b"POST /api/auth/login", token=False))
            await wait_until(lambda: upstreams["auth"].requests)
            second = await gateway.ask(b"POST /api/auth/login", token=False)
            with_token = asyncio.create_task(gateway.ask(b"GET /api/todos"))
            await wait_until(lambda: upstreams["todos"].requests)
            waiting.set()
            answers = await asyncio.gather(first, with_token)

        assert (second.status, json.loads(second.body)["code"]) == (429, "too_many_requests_in_flight")
        assert [answer.status for answer in answers] == [200, 200]

    async def test_a_client_that_disconnects_holds_nothing(self, start, todos, waiting):
        async with start(user_in_flight=1, server_timing=Timing(linger=0.1, sweep=0.02)) as gateway:
            async with gateway.connection() as client:
                client.send(GET, gateway.authorization, b"\r\n")
                await wait_until(lambda: todos.requests)
            await wait_until(lambda: in_flight(gateway) == 0)
            asking = asyncio.create_task(gateway.ask(b"GET /api/todos"))
            await wait_until(lambda: len(todos.requests) == 2)
            waiting.set()

            assert (await asking).status == 200

    async def test_what_a_client_gives_up_ends_at_the_service(self, start, todos):
        async def hang(_, writer):
            await asyncio.Event().wait()

        todos.answer = hang
        async with start(server_timing=Timing(linger=0.1, sweep=0.02)) as gateway:
            async with gateway.connection() as client:
                client.send(GET, gateway.authorization, b"\r\n")
                await wait_until(lambda: todos.requests)
                assert not todos.readers[0].at_eof()
            await wait_until(todos.readers[0].at_eof)


class TestPlaces:
    """A user has some places at the services; further requests wait for one."""

    @pytest.fixture
    def going_on(self, upstreams):
        """How many answers the services may give."""
        going_on = asyncio.Semaphore(0)
        answer_after(going_on.acquire, upstreams)
        return going_on

    @staticmethod
    async def asked(client, gateway, number, *, waiting):
        """Send a request and wait until it is at the service or, `waiting`, until it has its place in the queue."""
        client.send(b"GET /api/todos/%d HTTP/1.1\r\nhost: x\r\n" % number, gateway.authorization, b"\r\n")
        await wait_until(lambda: gateway.gateway.places_of_users.waiting(USER) == waiting)

    async def test_a_burst_of_100_is_answered_with_16_at_the_services(self, start, todos, going_on):
        async with start() as gateway:
            asking = [asyncio.create_task(gateway.ask(b"GET /api/todos")) for _ in range(100)]
            await wait_until(lambda: gateway.gateway.places_of_users.waiting(USER) == 84)
            await wait_until(lambda: len(todos.requests) == 16)
            other = asyncio.create_task(
                gateway.ask(b"GET /api/todos", gateway.authorization_of(OTHER_USER), token=False)
            )
            await wait_until(lambda: len(todos.requests) == 17)
            for _ in range(101):
                going_on.release()
                await wait_until(lambda: in_flight(gateway) <= 17)
            answers = await asyncio.gather(*asking, other)

        assert {answer.status for answer in answers} == {200}

    async def test_they_wait_in_order_of_arrival(self, start, todos, going_on):
        async with start(user_places=1) as gateway, contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(gateway.connection()) for _ in range(5)]
            for number, client in enumerate(clients):
                await self.asked(client, gateway, number, waiting=number)
            for client in clients:
                going_on.release()
                assert (await client.answer()).status == 200

        assert [request.line.split()[1] for request in todos.requests] == [b"/api/todos/%d" % n for n in range(5)]

    async def test_one_that_disconnects_leaves_the_queue(self, start, todos, going_on):
        timing = Timing(linger=0.1, sweep=0.02)
        async with start(user_places=1, user_in_flight=3, server_timing=timing) as gateway:
            async with contextlib.AsyncExitStack() as stack:
                clients = [await stack.enter_async_context(gateway.connection()) for _ in range(3)]
                for number, client in enumerate(clients):
                    await self.asked(client, gateway, number, waiting=number)
                assert (await gateway.ask(b"GET /api/todos")).status == 429
                clients[1].writer.close()
                await wait_until(lambda: gateway.gateway.places_of_users.waiting(USER) == 1)
                for client in (clients[0], clients[2]):
                    going_on.release()
                    assert (await client.answer()).status == 200
            going_on.release()
            assert (await gateway.ask(b"GET /api/todos/3")).status == 200

        assert [request.line.split()[1][-1:] for request in todos.requests] == [b"0", b"2", b"3"]

    async def test_the_wait_ends_with_the_deadline_of_the_request(self, start, going_on):
        policy = Policy(first_byte=30, total=0.3)
        async with start(user_places=1, balancing={"policy": policy}) as gateway:
            first = asyncio.create_task(gateway.ask(b"GET /api/todos"))
            await wait_until(lambda: in_flight(gateway) == 1)
            late = await gateway.ask(b"GET /api/todos")
            going_on.release()

            assert (late.status, late.headers[b"retry-after"]) == (429, b"1")
            assert json.loads(late.body)["code"] == "too_many_requests_in_flight"
            assert (await first).status == 200

    async def test_an_address_without_a_token(self, start, upstreams, going_on):
        async with start(address_places=1) as gateway:
            asking = [asyncio.create_task(gateway.ask(b"POST /api/auth/login", token=False)) for _ in range(5)]
            await wait_until(lambda: gateway.gateway.places_of_addresses.waiting("127.0.0.1") == 4)
            assert len(upstreams["auth"].requests) == 1
            for _ in range(5):
                going_on.release()

            assert {answer.status for answer in await asyncio.gather(*asking)} == {200}

    async def test_a_place_for_one_that_is_just_being_cancelled_goes_to_the_next(self):
        places = Places("A user", places=1, most=3)
        places.enter("ann")
        given_up, next_one = places.enter("ann"), places.enter("ann")
        given_up.cancel()
        places.leave("ann")
        assert not next_one.done()
        places.leave("ann", given_up)
        assert next_one.done()
        places.leave("ann", next_one)

        assert places.enter("ann") is None


class TestSlowReaders:
    async def test_the_place_is_given_back_once_the_rest_of_an_answer_is_in_memory(self, gateway, todos):
        """The service goes on until its answer no longer fits into the sockets; what follows waits in the gateway."""

        async def answer(_, writer):
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while not any(one.paused for one in gateway.connections):
                writer.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0)
            rest = READ_AHEAD_BYTES // 2
            writer.write(b"%x\r\n" % rest + bytes(rest) + b"\r\n0\r\n\r\n")

        todos.answer = answer
        async with unread(gateway, GET, gateway.authorization, b"\r\n"):
            await wait_until(lambda: todos.requests)
            await wait_until(lambda: in_flight(gateway) == 0)

            assert any(one.paused for one in gateway.connections)

    async def test_one_that_takes_nothing_is_closed(self, start, todos):
        todos.answer = large
        timing = Timing(write=0.3, sweep=0.05)
        async with (
            start(rate_limits="off", server_timing=timing) as gateway,
            unread(gateway, GET, gateway.authorization, b"\r\n"),
        ):
            await wait_until(lambda: in_flight(gateway) == 1)
            await wait_until(lambda: not gateway.connections)
            await wait_until(lambda: in_flight(gateway) == 0)

    async def test_the_last_answer_of_a_connection_has_a_deadline_too(self, start, todos):
        todos.answer = large
        timing = Timing(write=0.3, sweep=0.05)
        async with (
            start(rate_limits="off", server_timing=timing) as gateway,
            unread(gateway, GET, gateway.authorization, b"connection: close\r\n\r\n"),
        ):
            await wait_until(lambda: gateway.connections)
            await wait_until(lambda: not gateway.connections)

    async def test_one_that_reads_all_the_time_gets_everything(self, start, todos):
        todos.answer = large
        timing, received = Timing(write=0.1, sweep=0.02), 0
        async with (
            start(rate_limits="off", server_timing=timing) as gateway,
            unread(gateway, GET, gateway.authorization, b"\r\n") as connection,
        ):
            while received < LARGE:
                part = await asyncio.get_running_loop().sock_recv(connection, 65536)
                assert part
                received += len(part)

    async def test_further_requests_of_a_connection_wait_until_it_is_read(self, gateway, todos):
        async def answer(_, writer):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n" + bytes(200_000))

        todos.answer = answer
        requests = [GET, gateway.authorization, b"\r\n"] * 60
        async with unread(gateway, *requests):
            await wait_until(lambda: any(one.paused for one in gateway.connections))
            await wait_until(lambda: in_flight(gateway) == 0)
            answered = len(todos.requests)
            for _ in range(5):
                await gateway.ask(b"GET /api/todos")

            assert len(todos.requests) == answered + 5 < 60

    async def test_many_of_them_take_no_place_from_others(self, start, todos):
        async def answer(request, writer):
            if b"/large" in request.line:
                await large(request, writer)
            else:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")

        todos.answer = answer
        ask = GET.replace(b"/api/todos", b"/api/todos/large")
        async with contextlib.AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(
                start(balancing={"policy": Policy(in_flight=8)}, user_in_flight=4)
            )
            for _ in range(20):
                await stack.enter_async_context(unread(gateway, ask, gateway.authorization, b"\r\n"))
            await wait_until(lambda: in_flight(gateway) == 4)
            other = gateway.authorization_of(OTHER_USER)
            answers = [await gateway.ask(b"GET /api/todos", other, token=False) for _ in range(20)]

        assert {answer.status for answer in answers} == {200}


class TestConnections:
    @pytest.fixture
    async def gateway(self, start):
        async with start(address_connections=4) as running:
            yield running

    async def test_the_longest_idle_of_an_address_makes_room_for_a_new_one(self, gateway):
        async with contextlib.AsyncExitStack() as stack:
            idle = [await stack.enter_async_context(gateway.connection()) for _ in range(4)]
            await wait_until(lambda: len(gateway.connections) == 4)

            assert (await gateway.ask(b"GET /healthz", token=False)).status == 200
            assert await idle[0].closed()
            idle[1].send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            assert (await idle[1].answer()).status == 200

    async def test_one_with_too_many_at_work_is_refused(self, gateway):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                client = await stack.enter_async_context(gateway.connection())
                client.send(GET)
            soon = asyncio.get_running_loop().time() + 2 * TIMING.head
            await wait_until(lambda: sum(one.deadline < soon for one in gateway.connections) == 4)
            refused = await stack.enter_async_context(gateway.connection())
            answer = await refused.answer()

            assert (answer.status, json.loads(answer.body)["code"]) == (429, "too_many_connections")
            assert await refused.closed()

    async def test_another_address_has_its_own(self, gateway):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                client = await stack.enter_async_context(gateway.connection())
                client.send(GET)
            await wait_until(lambda: len(gateway.connections) == 4)
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, local_addr=("127.0.0.2", 0))
            with contextlib.closing(writer):
                writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")

                assert (await reader.readline()).startswith(b"HTTP/1.1 200")

    async def test_a_trusted_proxy_may_have_more(self, start):
        async with contextlib.AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(start(address_connections=4, trusted_proxies="127.0.0.0/8"))
            for _ in range(10):
                await stack.enter_async_context(gateway.connection())
            await wait_until(lambda: len(gateway.connections) == 10)
