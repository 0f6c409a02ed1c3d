"""Services that are unavailable, hang, die or answer nonsense."""

import asyncio
import json

import pytest

from api_gateway.upstream.balancing import Upstream
from api_gateway.upstream.instances import Instance, Policy
from service_testing.waiting import wait_until

OK = b"HTTP/1.1 200 OK\r\n"

BROKEN = {
    "closes at once": b"",
    "not HTTP": b"hello there\r\n\r\n",
    "a cut head": OK + b"content-le",
    "no framing": OK + b"\r\nhello",
    "two lengths": OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "length and chunks": OK + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "another encoding": OK + b"transfer-encoding: gzip\r\n\r\n",
    "a bad status": b"HTTP/1.1 2x0 OK\r\ncontent-length: 0\r\n\r\n",
    "an upgrade": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "a folded header": OK + b"content-length: 0\r\nx: 1\r\n 2\r\n\r\n",
    "headers without end": OK + b"x-a: 1\r\n" * 20_000,
    "a header without end": OK + b"x-a: " + b"a" * 200_000,
    "a head without its body": OK + b"content-length: 5\r\n\r\n",
    "a head without its chunks": OK + b"transfer-encoding: chunked\r\n\r\n",
    "interim answers only": b"HTTP/1.1 100 Continue\r\n\r\n" * 10,
}


def answer_with(raw):
    async def answer(_, writer):
        writer.write(raw)
        await writer.drain()
        writer.close()

    return answer


def first(broken, then):
    """Answers the first request with `broken`, the others with `then`."""
    answers = [broken]

    async def answer(request, writer):
        await (answers.pop() if answers else then)(request, writer)

    return answer


async def hello(_, writer):
    writer.write(OK + b"content-length: 5\r\n\r\nhello")


async def hang(_, writer):
    await asyncio.Event().wait()


class TestBrokenAnswers:
    @pytest.mark.parametrize("name", BROKEN)
    async def test_a_write_is_sent_once_and_the_client_is_told(self, gateway, todos, name):
        todos.answer = answer_with(BROKEN[name])

        answer = await gateway.ask(b"POST /api/todos", body=b"{}")

        assert (answer.status, json.loads(answer.body)["code"]) == (502, "bad_gateway")
        assert len(todos.requests) == 1

    @pytest.mark.parametrize("name", BROKEN)
    async def test_a_read_is_tried_again_once(self, gateway, todos, name):
        todos.answer = first(answer_with(BROKEN[name]), hello)

        assert (await gateway.ask(b"GET /api/todos")).body == b"hello"
        assert len(todos.requests) == 2

    async def test_a_read_is_not_tried_a_third_time(self, gateway, todos):
        todos.answer = answer_with(b"")

        assert (await gateway.ask(b"GET /api/todos")).status == 502
        assert len(todos.requests) == 2

    @pytest.mark.parametrize(
        "begun",
        [OK + b"content-length: 9\r\n\r\nabc", OK + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    )
    async def test_an_answer_that_is_cut_off_ends_cut_off(self, gateway, todos, begun):
        todos.answer = answer_with(begun)
        async with gateway.connection() as client:
            client.send(b"GET /api/todos HTTP/1.1\r\nhost: x\r\n", gateway.authorization, b"\r\n")
            received = await client.reader.read()

        assert received.startswith(OK)
        assert b"abc" in received
        assert not received.endswith(b"0\r\n\r\n")
        assert len(todos.requests) == 1

    async def test_more_than_the_answer_costs_the_connection(self, gateway, todos):
        async def answer(_, writer):
            writer.write(OK + b"content-length: 5\r\n\r\nhello" + OK + b"content-length: 4\r\n\r\nevil")

        todos.answer = answer
        answers = [await gateway.ask(b"GET /api/todos") for _ in range(3)]

        assert {answer.body for answer in answers} == {b"hello"}
        assert todos.connections == 3

    async def test_an_unexpected_answer_costs_the_connection(self, gateway, todos):
        more = asyncio.Event()

        async def answer(_, writer):
            await hello(_, writer)
            await writer.drain()
            await more.wait()
            writer.write(OK + b"content-length: 4\r\n\r\nevil")

        todos.answer = answer
        assert (await gateway.ask(b"GET /api/todos")).body == b"hello"
        instance = gateway.gateway.upstreams["todos"].instances[0]
        idle = instance.idle[0]
        more.set()
        await wait_until(lambda: not idle.usable)
        assert (await gateway.ask(b"GET /api/todos")).body == b"hello"


class TestSlowServices:
    @pytest.fixture
    async def gateway(self, start):
        policy = Policy(first_byte=0.2, total=0.4, sweep=0.05)
        async with start(rate_limits="off", balancing={"policy": policy}) as running:
            yield running

    @pytest.mark.parametrize("line", [b"GET /api/todos", b"POST /api/todos"])
    async def test_no_answer_in_time(self, gateway, todos, line):
        todos.answer = hang

        answer = await gateway.ask(line, body=b"" if line.startswith(b"GET") else b"{}")

        assert (answer.status, json.loads(answer.body)["code"]) == (504, "gateway_timeout")
        assert len(todos.requests) == 1

    async def test_an_answer_that_does_not_end(self, gateway, todos):
        async def answer(_, writer):
            writer.write(OK + b"content-length: 9\r\n\r\nabc")
            await hang(_, writer)

        todos.answer = answer
        async with gateway.connection() as client:
            client.send(b"GET /api/todos HTTP/1.1\r\nhost: x\r\n", gateway.authorization, b"\r\n")
            received = await asyncio.wait_for(client.reader.read(), 5)

        assert received.endswith(b"abc")


class TestAbsentServices:
    async def test_the_client_is_told_when_to_come_back(self, gateway, todos):
        await todos.stop()

        for line in (b"GET /api/todos", b"POST /api/todos"):
            answer = await gateway.ask(line)
            assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")

    async def test_others_are_not_harmed(self, gateway, todos):
        await todos.stop()

        assert (await gateway.ask(b"GET /api/todos")).status == 503
        assert (await gateway.ask(b"GET /api/stats")).status == 200

    async def test_a_service_that_comes_back_is_found(self, gateway, todos):
        await todos.stop()
        assert (await gateway.ask(b"GET /api/todos")).status == 503
        await todos.start()

        async def found():
            return (await gateway.ask(b"GET /api/todos")).status == 200

        await wait_until(found, 5)

    async def test_idle_connections_of_a_restarted_service_are_not_used(self, gateway, todos):
        assert (await gateway.ask(b"GET /api/todos")).status == 200
        await todos.stop()
        await todos.start()

        assert (await gateway.ask(b"POST /api/todos", body=b"{}")).status == 200


@pytest.fixture
async def pair(upstreams):
    """Another instance of the todo service, at the same address list."""
    other = type(upstreams["todos"])()
    await other.start()
    yield upstreams["todos"], other
    await other.stop()


class TestSeveralInstances:
    async def test_both_take_requests(self, start, pair):
        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in pair)) as gateway:
            for _ in range(50):
                await gateway.ask(b"GET /api/todos")

        assert all(one.requests for one in pair)
        assert sum(len(one.requests) for one in pair) == 50

    async def test_no_request_fails_while_one_is_stopped(self, start, pair):
        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in pair)) as gateway:
            await pair[0].stop()
            answers = [await gateway.ask(b"POST /api/todos", body=b"{}") for _ in range(30)]

        assert {answer.status for answer in answers} == {200}
        assert len(pair[1].requests) == 30

    async def test_one_that_breaks_is_ejected(self, start, pair):
        pair[0].answer = answer_with(b"")
        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in pair)) as gateway:
            statuses = [(await gateway.ask(b"GET /api/todos")).status for _ in range(60)]

        assert set(statuses) == {200}
        assert len(pair[0].requests) < 10

    async def test_one_that_answers_with_errors_is_ejected(self, start, pair):
        pair[0].answer = answer_with(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n")
        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in pair)) as gateway:
            statuses = [(await gateway.ask(b"GET /api/todos")).status for _ in range(60)]

        assert len(pair[0].requests) == statuses.count(500) == 5

    async def test_errors_of_all_are_passed_on(self, start, pair):
        """No instance is better than the others: their answers are passed on."""
        for one in pair:
            one.answer = answer_with(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nlater")
        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in pair)) as gateway:
            answers = [await gateway.ask(b"GET /api/todos") for _ in range(30)]

        assert {(answer.status, answer.body) for answer in answers} == {(503, b"later")}

    async def test_second_tries_have_a_budget(self, start, todos):
        """A service that breaks every answer gets one more request for five, not for each."""
        policy = Policy(saved_retries=2.0, failures_to_eject=1000)
        todos.answer = answer_with(b"")
        async with start(rate_limits="off", balancing={"policy": policy}) as gateway:
            for _ in range(20):
                assert (await gateway.ask(b"GET /api/todos")).status == 502

        assert 20 < len(todos.requests) <= 20 + 2 + 20 / 5

    async def test_a_name_that_resolves_otherwise_moves_the_requests(self, start, pair):
        """As when compose or Kubernetes scales: new addresses take requests, gone ones finish theirs."""
        old, new = pair
        known, finish = [("127.0.0.1", old.port)], asyncio.Event()

        async def resolved(host, port):
            return known if host == "todos.test" else [(host, port)]

        async def slowly(request, writer):
            await finish.wait()
            await hello(request, writer)

        old.answer = slowly
        balancing = {"policy": Policy(resolve=0.02), "resolver": resolved}
        async with start(rate_limits="off", balancing=balancing, todos_upstreams="http://todos.test:80") as gateway:
            under_way = asyncio.create_task(gateway.ask(b"GET /api/todos"))
            await wait_until(lambda: old.requests)
            known[:] = [("127.0.0.1", new.port)]
            await wait_until(lambda: gateway.gateway.upstreams["todos"].instances[0].port == new.port)
            moved = [await gateway.ask(b"GET /api/todos") for _ in range(10)]
            finish.set()

            assert (await under_way).body == b"hello"
        assert {answer.status for answer in moved} == {200}
        assert (len(old.requests), len(new.requests)) == (1, 10)


class TestOneUser:
    """What one user's requests bring about says nothing about an instance."""

    @pytest.fixture
    async def gateway(self, start, pair):
        policy = Policy(first_byte=0.2, check=0.2, sweep=0.02)
        addresses = ",".join(one.url for one in pair)
        async with start(rate_limits="off", balancing={"policy": policy}, todos_upstreams=addresses) as running:
            yield running

    def ejected(self, gateway):
        return [one.port for one in gateway.gateway.upstreams["todos"].instances if one.ejected_until]

    async def ask(self, gateway, line, user=1):
        token = gateway.authorization_of(f"01939d5a-0000-7000-8000-{user:012}")
        return (await gateway.ask(line, token, token=False)).status

    async def test_time_outs_eject_nothing(self, gateway, pair):
        for one in pair:
            one.answer = hang
        statuses = await asyncio.gather(*(self.ask(gateway, b"GET /api/todos") for _ in range(20)))

        assert set(statuses) == {504}
        assert self.ejected(gateway) == []

    async def test_time_outs_of_several_users_eject_one_that_does_not_answer_a_check(self, gateway, pair):
        pair[0].answer = hang
        for user in range(12):
            await self.ask(gateway, b"GET /api/todos", user)

        assert self.ejected(gateway) == [pair[0].port]
        assert [request.line for request in pair[0].requests if b"servable" in request.line]

    async def test_time_outs_of_several_users_do_not_eject_one_that_does(self, gateway, pair):
        async def answer(request, writer):
            await (hello if b"servable" in request.line else hang)(request, writer)

        pair[0].answer = answer
        for user in range(12):
            await self.ask(gateway, b"GET /api/todos", user)

        assert self.ejected(gateway) == []

    async def test_one_user_who_is_told_later_ejects_nothing(self, gateway, pair):
        pair[0].answer = answer_with(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
        for _ in range(30):
            await self.ask(gateway, b"GET /api/todos")
        assert self.ejected(gateway) == []
        for user in range(30):
            await self.ask(gateway, b"GET /api/todos", user)

        assert self.ejected(gateway) == [pair[0].port]


class TestTheLastInstance:
    """It may answer some requests: an ejection would answer none."""

    @pytest.mark.parametrize("broken", [b"", b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"])
    async def test_failures_do_not_eject_it(self, gateway, todos, broken):
        todos.answer = answer_with(broken)
        for _ in range(10):
            assert (await gateway.ask(b"POST /api/todos", body=b"{}")).status in {500, 502}
        todos.answer = hello

        assert (await gateway.ask(b"POST /api/todos", body=b"{}")).status == 200

    async def test_of_two_that_fail_one_goes_on(self, start, upstreams):
        async with start(
            rate_limits="off", todos_upstreams=f"{upstreams['todos'].url},{upstreams['stats'].url}"
        ) as gateway:
            for name in ("todos", "stats"):
                upstreams[name].answer = answer_with(b"")
            for _ in range(40):
                assert (await gateway.ask(b"POST /api/todos", body=b"{}")).status == 502

            assert sum(not one.ejected_until for one in gateway.gateway.upstreams["todos"].instances) == 1


class TestRestartsUnderLoad:
    async def test_no_read_fails_and_no_write_happens_twice(self, start, upstreams):
        """Three instances; one after the other is killed and comes back, again and again, while clients ask."""
        instances = [upstreams["todos"], type(upstreams["todos"])(), type(upstreams["todos"])()]
        for instance in instances[1:]:
            await instance.start()
        done = asyncio.Event()
        reads, written = [], []

        async def reader():
            while not done.is_set():
                reads.append((await gateway.ask(b"GET /api/todos")).status)

        async def writer(name):
            while not done.is_set():
                written.append(b"%d-%d" % (name, len(written)))
                await gateway.ask(b"POST /api/todos", body=written[-1])

        async with start(rate_limits="off", todos_upstreams=",".join(one.url for one in instances)) as gateway:
            clients = [asyncio.create_task(reader()) for _ in range(4)] + [
                asyncio.create_task(writer(name)) for name in range(4)
            ]
            for turn in range(9):
                instance = instances[turn % 3]
                await instance.stop()
                seen = len(reads)
                await wait_until(lambda seen=seen: len(reads) > seen + 20, 20)
                await instance.start()
                await wait_until(lambda seen=seen: len(reads) > seen + 40, 20)
            done.set()
            await asyncio.gather(*clients)
        for instance in instances[1:]:
            await instance.stop()

        bodies = [request.body for instance in instances for request in instance.requests if request.body]
        assert set(reads) == {200}
        assert len(bodies) == len(set(bodies)) > 100


class TestInstance:
    def test_five_failures_in_a_row_eject(self):
        instance = Instance("todos", "127.0.0.1", 1)
        for _ in range(4):
            instance.take(0)
            instance.failed(unreachable=False)
        assert instance.available(0)
        instance.take(0)
        instance.failed(unreachable=False)

        assert not instance.available(0)

    def test_a_success_in_between_forgives(self):
        instance = Instance("todos", "127.0.0.1", 1)
        for _ in range(20):
            instance.take(0)
            instance.failed(unreachable=False)
            instance.take(0)
            instance.succeeded()

        assert instance.available(0)

    def test_one_request_probes_an_ejected_one(self):
        instance = Instance("todos", "127.0.0.1", 1)
        instance.take(0)
        instance.failed(unreachable=True)
        later = float("inf")
        assert instance.available(later)
        instance.take(later)

        assert not instance.available(later)

    async def test_a_full_service_says_so(self):
        upstream = Upstream("todos", ["http://127.0.0.1:1"], Policy(in_flight=2))
        await upstream.resolve()
        upstream.pick()
        upstream.pick()

        with pytest.raises(Exception, match="busy") as raised:
            upstream.pick()
        assert raised.value.status == 503

    async def test_names_resolve_to_instances(self):
        upstream = Upstream("todos", ["http://localhost:80", "http://127.0.0.1:80", "http://127.0.0.2:81"])
        await upstream.resolve()

        assert {"127.0.0.1:80", "127.0.0.2:81"} <= {instance.name for instance in upstream.instances}
        assert len({instance.name for instance in upstream.instances}) == len(upstream.instances)


class TestCanaries:
    @pytest.mark.parametrize("requests", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
    async def test_no_answer_reaches_another_request(self, gateway, todos, requests):
        """Answers of all kinds, broken ones among them: each client gets its own or an error, never another's."""
        count = 0

        async def answer(request, writer):
            nonlocal count
            count += 1
            body = request.line.split(b" ")[1] * 20
            head = OK + b"content-length: %d\r\n\r\n" % len(body)
            if count % 7 == 0:
                writer.write(head + body[: len(body) // 2])
                await writer.drain()
                writer.close()
            elif count % 11 == 0:
                writer.write(head + body + head + body)
            elif count % 13 == 0:
                writer.write(OK + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
            elif count % 17 == 0:
                writer.write(b"nonsense\r\n\r\n")
            else:
                writer.write(head + body)

        todos.answer = answer
        wholes, parts = [], []

        async def client(worker):
            for number in range(requests // 10):
                path = b"/api/todos/canary-%d-%d" % (worker, number)
                try:
                    received = await gateway.ask(b"GET " + path)
                except asyncio.IncompleteReadError as error:
                    parts.append((path * 20, error.partial))
                else:
                    wholes.extend([(path * 20, received.body)] * (received.status == 200))

        await asyncio.gather(*(client(worker) for worker in range(10)))
        assert len(wholes) > requests / 2
        assert [own for own, received in wholes if own != received] == []
        assert [own for own, received in parts if not own.startswith(received)] == []
