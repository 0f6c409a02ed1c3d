"""What arrives over a raw socket, the exact answer to it, and how many requests the service saw."""

# ruff: noqa: E501 - one case a line
import asyncio
import json

import pytest

from api_gateway.server.limits import Timing
from service_testing.waiting import wait_until

GET = b"GET /api/todos HTTP/1.1\r\n"
POST = b"POST /api/todos HTTP/1.1\r\n"
HOST = b"host: x\r\n"
END = b"\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"

# name: (bytes, with AUTH for a valid token; status; code; requests that reached the service)
CASES = {
    # framing
    "two lengths": (POST + HOST + b"AUTHcontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400, "malformed_request", 0),
    "the same length twice": (POST + HOST + b"AUTHcontent-length: 1\r\ncontent-length: 1\r\n\r\na", 400, "malformed_request", 0),
    "a list of lengths": (POST + HOST + b"AUTHcontent-length: 1, 1\r\n\r\na", 400, "malformed_request", 0),
    "a signed length": (POST + HOST + b"AUTHcontent-length: +1\r\n\r\na", 400, "malformed_request", 0),
    "a negative length": (POST + HOST + b"AUTHcontent-length: -1\r\n\r\na", 400, "malformed_request", 0),
    "a length in hex": (POST + HOST + b"AUTHcontent-length: 0x1\r\n\r\na", 400, "malformed_request", 0),
    "an empty length": (POST + HOST + b"AUTHcontent-length: \r\n\r\n", 400, "malformed_request", 0),
    "a huge length": (POST + HOST + b"AUTHcontent-length: 99999999999999999999\r\n\r\n", 400, "malformed_request", 0),
    "length and chunks": (POST + HOST + b"AUTHcontent-length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n", 400, "malformed_request", 0),
    "chunks and length": (POST + HOST + CHUNKED + b"AUTHcontent-length: 5\r\n\r\n0\r\n\r\n", 400, "malformed_request", 0),
    "chunks twice": (POST + HOST + b"AUTH" + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n", 400, "malformed_request", 0),
    "another encoding": (POST + HOST + b"AUTHtransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "bad_framing", 0),
    "identity": (POST + HOST + b"AUTHtransfer-encoding: identity\r\n\r\n", 400, "bad_framing", 0),
    "chunked with a tab": (POST + HOST + b"AUTHtransfer-encoding:\tchunked\r\n\r\n0\r\n\r\n", 200, None, 1),
    "chunked misspelt": (POST + HOST + b"AUTHtransfer-encoding: xchunked\r\n\r\n0\r\n\r\n", 400, "bad_framing", 0),
    "chunked in HTTP/1.0": (b"POST /api/todos HTTP/1.0\r\n" + HOST + b"AUTH" + CHUNKED + b"\r\n0\r\n\r\n", 400, "bad_framing", 0),
    "a bad chunk size": (POST + HOST + b"AUTH" + CHUNKED + b"\r\nxyz\r\n", 400, "malformed_request", 0),
    "a negative chunk": (POST + HOST + b"AUTH" + CHUNKED + b"\r\n-1\r\n\r\n", 400, "malformed_request", 0),
    "a chunk without its end": (POST + HOST + b"AUTH" + CHUNKED + b"\r\n1\r\nabc\r\n0\r\n\r\n", 400, "malformed_request", 0),
    "a chunk size with a bare LF": (POST + HOST + b"AUTH" + CHUNKED + b"\r\n1\na\r\n0\r\n\r\n", 400, "malformed_request", 0),
    "a chunk extension": (POST + HOST + b"AUTH" + CHUNKED + b"\r\n1;a=b\r\nx\r\n0\r\n\r\n", 200, None, 1),
    "trailers": (POST + HOST + b"AUTH" + CHUNKED + b"\r\n1\r\nx\r\n0\r\nx-user-id: 1\r\n\r\n", 200, None, 1),
    # lines
    "a folded header": (GET + HOST + b"AUTHx-a: 1\r\n 2\r\n\r\n", 400, "malformed_request", 0),
    "bare line feeds": (b"GET /api/todos HTTP/1.1\nhost: x\nAUTH\n", 400, "malformed_request", 0),
    "a bare line feed in a header": (GET + HOST + b"AUTHx-a: 1\nx-b: 2\r\n\r\n", 400, "malformed_request", 0),
    "a bare carriage return": (GET + HOST + b"AUTHx-a: 1\rx-b: 2\r\n\r\n", 400, "malformed_request", 0),
    "a NUL in a header": (GET + HOST + b"AUTHx-a: 1\x002\r\n\r\n", 400, "malformed_request", 0),
    "a control byte in a header": (GET + HOST + b"AUTHx-a: 1\x082\r\n\r\n", 400, "malformed_request", 0),
    "DEL in a header": (GET + HOST + b"AUTHx-a: 1\x7f2\r\n\r\n", 400, "malformed_request", 0),
    "a space before the colon": (GET + HOST + b"AUTHx-a : 1\r\n\r\n", 400, "malformed_request", 0),
    "a space before a name": (GET + b" host: x\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "a name with a bracket": (GET + HOST + b"AUTHx(a): 1\r\n\r\n", 400, "malformed_request", 0),
    "a name with a high byte": (GET + HOST + b"AUTHx\xe9: 1\r\n\r\n", 400, "malformed_request", 0),
    "an empty name": (GET + HOST + b"AUTH: 1\r\n\r\n", 400, "malformed_request", 0),
    "a line without a colon": (GET + HOST + b"AUTHx\r\n\r\n", 400, "malformed_request", 0),
    "a name with an underscore": (GET + HOST + b"AUTHx_user_id: 1\r\n\r\n", 400, "bad_header", 0),
    # host
    "no host": (GET + b"AUTH\r\n", 400, "bad_host", 0),
    "two hosts": (GET + HOST + b"AUTHhost: y\r\n\r\n", 400, "bad_host", 0),
    "an empty host": (GET + b"host: \r\nAUTH\r\n", 400, "bad_host", 0),
    "a host with a path": (GET + b"host: x/y\r\nAUTH\r\n", 400, "bad_host", 0),
    "a host with a user": (GET + b"host: a@x\r\nAUTH\r\n", 400, "bad_host", 0),
    "a list of hosts": (GET + b"host: x, y\r\nAUTH\r\n", 400, "bad_host", 0),
    # target
    "absolute form": (b"GET http://x/api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 200, None, 1),
    "absolute form of another host": (b"GET http://y/api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "absolute form with a user": (b"GET http://a@x/api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "asterisk form": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "no slash": (b"GET api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "an encoded dot": (b"GET /api/todos/%2e%2e/x HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "an encoded slash": (b"GET /api/todos%2fx HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "an encoded backslash": (b"GET /api/todos%5Cx HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "an encoded NUL": (b"GET /api/todos%00 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "an encoded line break": (b"GET /api/todos%0d%0a HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "an encoded percent": (b"GET /api/todos/%252e HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a broken escape": (b"GET /api/todos/%zz HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a cut escape": (b"GET /api/todos/%2 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a semicolon": (b"GET /api/todos;a=b HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a backslash": (b"GET /api\\todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "two slashes": (b"GET /api//todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a dot segment": (b"GET /api/x/../todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a single dot": (b"GET /api/./todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "dots at the end": (b"GET /api/todos/.. HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a fragment": (b"GET /api/todos#x HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "bad_request", 0),
    "a high byte": (b"GET /api/todos/\xe9 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "a high byte in the query": (b"GET /api/todos?q=\xe9 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "a NUL": (b"GET /api/todos\x00 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "a space": (b"GET /api/todos x HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    # method, version
    "an unknown method": (b"BREW /api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "a method in lower case": (b"get /api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 400, "malformed_request", 0),
    "TRACE": (b"TRACE /api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 405, "method_not_allowed", 0),
    "PROPFIND": (b"PROPFIND /api/todos HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 405, "method_not_allowed", 0),
    "CONNECT": (b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 405, "method_not_allowed", 0),
    "HTTP/2.0": (b"GET /api/todos HTTP/2.0\r\n" + HOST + b"AUTH\r\n", 505, "http_version", 0),
    "HTTP/0.9": (b"GET /api/todos\r\n\r\n", 505, "http_version", 0),
    "an HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed_request", 0),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "malformed_request", 0),
    # sizes
    "a long target": (b"GET /api/" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"AUTH\r\n", 414, "uri_too_long", 0),
    "a target without end": (b"GET /api/" + b"a" * 99000, 414, "uri_too_long", 0),
    "a long header": (GET + HOST + b"AUTHx-a: " + b"a" * 17000 + b"\r\n\r\n", 431, "headers_too_large", 0),
    "a header without end": (GET + HOST + b"AUTHx-a: " + b"a" * 99000, 431, "headers_too_large", 0),
    "a name without end": (GET + HOST + b"AUTH" + b"a" * 99000, 431, "headers_too_large", 0),
    "many headers": (GET + HOST + b"AUTH" + b"x-a: 1\r\n" * 100 + END, 431, "headers_too_large", 0),
    "a long body": (POST + HOST + b"AUTHcontent-length: 1048577\r\n\r\n", 413, "content_too_large", 0),
    # other
    "an unknown expectation": (POST + HOST + b"AUTHexpect: tea\r\ncontent-length: 1\r\n\r\n", 417, "expectation_failed", 0),
    "an upgrade": (GET + HOST + b"AUTHconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 400, "upgrade_refused", 0),
    "an upgrade with a body": (
        POST + HOST + b"AUTHconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 1\r\n\r\na",
        400,
        "upgrade_refused",
        0,
    ),
    "authorization named hop-by-hop": (GET + HOST + b"AUTHconnection: authorization\r\n\r\n", 400, "bad_request", 0),
    "forwarding named hop-by-hop": (GET + HOST + b"AUTHconnection: x-forwarded-for\r\n\r\n", 400, "bad_request", 0),
}  # fmt: skip


class TestRawRequests:
    @pytest.mark.parametrize("name", CASES)
    async def test_answer_and_requests_seen(self, gateway, todos, name):
        raw, status, code, seen = CASES[name]
        async with gateway.connection() as client:
            client.send(raw.replace(b"AUTH", gateway.authorization))
            answer = await asyncio.wait_for(client.answer(), 5)
            if status not in {200, 404}:
                assert json.loads(answer.body)["code"] == code
                assert json.loads(answer.body)["request_id"] == answer.headers[b"x-request-id"].decode()
                assert answer.headers[b"content-type"] == b"application/problem+json"

        assert (answer.status, len(todos.requests)) == (status, seen)


class TestPipelining:
    async def test_answers_come_in_order(self, gateway, todos):
        async def answer(request, writer):
            body = request.line.split(b" ")[1]
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))

        todos.answer = answer
        async with gateway.connection() as client:
            for number in range(20):
                client.send(b"GET /api/todos/%d HTTP/1.1\r\n" % number, HOST, gateway.authorization, END)
            bodies = [(await client.answer()).body for _ in range(20)]

        assert bodies == [b"/api/todos/%d" % number for number in range(20)]

    async def test_a_malformed_request_is_answered_after_those_before_it(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(
                GET, HOST, gateway.authorization, END, GET, HOST, gateway.authorization, END, b"nonsense\r\n\r\n"
            )
            answers = [await client.answer() for _ in range(3)]

            assert [answer.status for answer in answers] == [200, 200, 400]
            assert await client.closed()
        assert len(todos.requests) == 2

    async def test_what_follows_a_close_is_not_a_request(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(
                GET, HOST, gateway.authorization, b"connection: close\r\n", END, GET, HOST, gateway.authorization, END
            )
            answer = await client.answer()

            assert (answer.status, answer.headers[b"connection"]) == (200, b"close")
            assert await client.closed()
        assert len(todos.requests) == 1

    async def test_a_body_is_never_read_as_a_request(self, gateway, todos):
        smuggled = GET + HOST + gateway.authorization + END
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, b"content-length: %d\r\n\r\n" % len(smuggled), smuggled)
            await client.answer()
            client.send(GET, HOST, gateway.authorization, END)
            await client.answer()

        assert [request.line.split(b" ")[0] for request in todos.requests] == [b"POST", b"GET"]
        assert todos.requests[0].body == smuggled

    async def test_a_flood_of_requests_is_cut_off(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(*[b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"] * 1000)
            statuses = []
            while not statuses or statuses[-1] == 200:
                statuses.append((await client.answer()).status)

        assert statuses[-1] == 400
        assert len(statuses) < 1000


class TestExpectation:
    async def test_100_continue_comes_when_the_body_is_wanted(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n")
            interim = await client.answer()
            client.send(b"ok")
            answer = await client.answer()

        assert (interim.status, answer.status, todos.requests[0].body) == (100, 200, b"ok")
        assert todos.requests[0].values(b"expect") == []

    @pytest.mark.parametrize(("token", "length", "status"), [(False, 2, 401), (True, 2_000_000, 413)])
    async def test_a_body_that_is_not_wanted_is_not_asked_for(self, gateway, todos, token, length, status):
        async with gateway.connection() as client:
            head = gateway.authorization if token else b""
            client.send(POST, HOST, head, b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % length)
            answer = await client.answer()

            assert (answer.status, answer.headers[b"connection"]) == (status, b"close")
        assert todos.requests == []


class TestSlowClients:
    @pytest.fixture
    async def gateway(self, start):
        timing = Timing(head=0.3, body=0.3, linger=0.1, sweep=0.05)
        async with start(rate_limits="off", server_timing=timing) as running:
            yield running

    @pytest.mark.parametrize("begun", [b"G", b"\r\n", GET, GET + b"host", GET + HOST + b"x-a: "])
    async def test_a_head_that_does_not_end(self, gateway, begun):
        async with gateway.connection() as client:
            client.send(begun)

            assert (await client.answer()).status == 408
            assert await client.closed()

    async def test_a_head_in_drops(self, gateway):
        async with gateway.connection() as client:

            async def drip():
                for byte in GET + b"x-a: " + b"a" * 1000:
                    client.send(bytes([byte]))
                    await asyncio.sleep(0.02)

            dripping = asyncio.create_task(drip())
            assert (await client.answer()).status == 408
            dripping.cancel()

    async def test_a_body_that_does_not_end(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, b"content-length: 5\r\n\r\nab")

            assert (await client.answer()).status == 408
            assert await client.closed()
        assert todos.requests == []

    async def test_the_next_request_of_a_connection_has_a_deadline_too(self, gateway):
        async with gateway.connection() as client:
            client.send(GET, HOST, gateway.authorization, END)
            assert (await client.answer()).status == 200
            client.send(GET)
            assert (await client.answer()).status == 408

    async def test_other_clients_are_answered_beside_five_hundred_of_them(self, gateway):
        slow = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(500)]
        for _, writer in slow:
            writer.write(GET)
        answers = [await gateway.ask(b"GET /api/todos") for _ in range(20)]

        assert {answer.status for answer in answers} == {200}
        for reader, writer in slow:
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
            writer.close()


class TestClosedEnds:
    async def test_a_client_that_only_listens_still_gets_its_answer(self, gateway):
        async with gateway.connection() as client:
            client.send(GET, HOST, gateway.authorization, END)
            client.writer.write_eof()

            assert (await client.answer()).body == b"hello"
            assert await client.closed()

    async def test_a_client_that_goes_in_the_middle_of_its_body_ends_the_exchange(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, b"content-length: 5\r\n\r\nab")
        await wait_until(lambda: gateway.gateway.upstreams["todos"].instances[0].in_flight == 0)

        assert todos.requests == []

    async def test_http_1_0(self, gateway):
        async with gateway.connection() as client:
            client.send(b"GET /api/todos HTTP/1.0\r\n", gateway.authorization, END)

            assert (await client.answer()).body == b"hello"
            assert await client.closed()

    async def test_a_refused_upload_is_not_read(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, b"content-length: 1000000000\r\n\r\n", b"x" * 1_000_000)

            assert (await client.answer()).status == 413
            assert await client.closed()
        assert todos.requests == []

    async def test_chunks_without_end_are_cut_off(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(POST, HOST, gateway.authorization, CHUNKED, END, b"10000\r\n" + b"x" * 65536 + b"\r\n" * 1)
            for _ in range(20):
                client.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")

            assert (await client.answer()).status == 413
        assert todos.requests == []
