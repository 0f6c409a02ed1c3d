import asyncio
import json

import pytest


class TestRequestToService:
    async def test_method_target_headers_and_body_arrive_as_sent(self, gateway, todos):
        await gateway.ask(
            b"PATCH /api/todos/1?a=%20b&c", b"Content-Type: application/json", b"X-Custom: 1", body=b'{"a":1}'
        )

        request = todos.requests[0]
        assert request.line == b"PATCH /api/todos/1?a=%20b&c HTTP/1.1"
        assert request.body == b'{"a":1}'
        assert request.values(b"host") == [b"todobus.test"]
        assert request.values(b"content-type") == [b"application/json"]
        assert request.values(b"x-custom") == [b"1"]
        assert request.values(b"authorization")[0].startswith(b"Bearer ")

    async def test_the_gateway_says_who_asks(self, gateway, todos):
        answer = await gateway.ask(b"GET /api/todos")

        request = todos.requests[0]
        assert request.values(b"x-forwarded-for") == [b"127.0.0.1"]
        assert request.values(b"x-forwarded-proto") == [b"http"]
        assert request.values(b"x-forwarded-host") == [b"todobus.test"]
        assert request.values(b"via") == [b"1.1 todobus"]
        assert request.values(b"x-request-id") == [answer.headers[b"x-request-id"]]

    @pytest.mark.parametrize(
        "forged",
        [
            b"X-User-Id: 1",
            b"X-Forwarded-For: 9.9.9.9",
            b"X-Forwarded-Host: evil",
            b"Forwarded: for=9.9.9.9",
            b"X-Real-IP: 9.9.9.9",
            b"X-HTTP-Method-Override: DELETE",
            b"X-Request-Id: chosen-by-client",
            b"X-Auth-User: 1",
            b"X-Original-URL: /internal",
        ],
    )
    async def test_what_only_the_gateway_may_say_is_dropped(self, gateway, todos, forged):
        await gateway.ask(b"GET /api/todos", forged)

        name, _, value = forged.partition(b": ")
        assert value not in todos.requests[0].values(name.lower())

    async def test_a_trace_goes_on_in_a_span_of_the_gateway(self, gateway, todos):
        await gateway.ask(b"GET /api/todos", b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

        version, trace, span, flags = todos.requests[0].values(b"traceparent")[0].split(b"-")
        assert (version, trace, flags) == (b"00", b"0af7651916cd43dd8448eb211c80319c", b"01")
        assert span != b"b7ad6b7169203331"

    async def test_a_broken_traceparent_is_replaced(self, gateway, todos):
        await gateway.ask(b"GET /api/todos", b"traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01")

        assert not todos.requests[0].values(b"traceparent")[0].startswith(b"00-0000000000")

    async def test_a_body_streams_to_the_service(self, gateway, todos):
        async with gateway.connection() as client:
            head = b"POST /api/todos HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
            client.send(head, gateway.authorization, b"\r\n5\r\nfirst\r\n")
            await asyncio.sleep(0)
            client.send(b"6\r\nsecond\r\n0\r\n\r\n")
            answer = await client.answer()

        assert answer.status == 200
        assert todos.requests[0].body == b"firstsecond"

    async def test_a_long_body_keeps_its_length(self, gateway, todos):
        body = bytes(range(256)) * 4096
        answer = await gateway.ask(b"POST /api/import", body=body)

        assert answer.status == 200
        assert todos.requests[0].body == body
        assert todos.requests[0].values(b"content-length") == [b"1048576"]

    async def test_a_body_over_the_limit_is_refused_before_it_is_read(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(
                b"POST /api/todos HTTP/1.1\r\nhost: x\r\ncontent-length: 1048577\r\n", gateway.authorization, b"\r\n"
            )
            answer = await client.answer()

        assert (answer.status, json.loads(answer.body)["code"]) == (413, "content_too_large")
        assert todos.requests == []

    @pytest.mark.parametrize("path", [b"/api/auth/login", b"/api/auth/sessions", b"/api/users/me", b"/api/tokens"])
    async def test_a_body_for_an_account_is_small(self, gateway, upstreams, path):
        within = await gateway.ask(b"POST " + path, body=bytes(16 * 1024))
        over = await gateway.ask(b"POST " + path, body=bytes(16 * 1024 + 1))
        async with gateway.connection() as client:
            head = b"POST " + path + b" HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
            client.send(head, gateway.authorization, b"\r\n4001\r\n" + bytes(0x4001) + b"\r\n0\r\n\r\n")
            chunked = await client.answer()

        assert [answer.status for answer in (within, over, chunked)] == [200, 413, 413]
        assert json.loads(over.body)["detail"] == "A body may have up to 16384 bytes."
        assert len(upstreams["auth"].requests) == 1

    @pytest.mark.parametrize(("length", "status"), [(32 * 1024 * 1024, 200), (32 * 1024 * 1024 + 1, 413)])
    async def test_an_import_may_be_large(self, gateway, todos, length, status):
        answer = await gateway.ask(b"POST /api/import?dry_run=true", body=bytes(length))

        assert answer.status == status
        assert [len(request.body) for request in todos.requests] == [length] * (status == 200)

    async def test_an_import_in_chunks_may_be_large(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(b"POST /api/import HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n")
            client.send(gateway.authorization, b"\r\n")
            for _ in range(32):
                client.send(b"100000\r\n" + bytes(0x100000) + b"\r\n")
                await client.writer.drain()
            client.send(b"0\r\n\r\n")

            assert (await client.answer()).status == 200
        assert [len(request.body) for request in todos.requests] == [32 * 1024 * 1024]

    async def test_chunks_may_not_be_more_than_their_content(self, gateway, todos):
        async with gateway.connection() as client:
            client.send(b"POST /api/todos HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n")
            client.send(gateway.authorization, b"\r\n", b"1;%b\r\nx\r\n" % (b"a" * 10_000) * 20)

            assert (await client.answer()).status == 413

    async def test_connections_to_a_service_are_used_again(self, gateway, todos):
        for _ in range(5):
            await gateway.ask(b"GET /api/todos")

        assert (len(todos.requests), todos.connections) == (5, 1)


class TestAnswerOfService:
    async def answer_with(self, upstream, *parts):
        async def answer(_, writer):
            writer.write(b"".join(parts))

        upstream.answer = answer

    async def test_status_headers_and_body_come_back(self, gateway, todos):
        await self.answer_with(
            todos, b'HTTP/1.1 201 Created\r\nETag: "1"\r\nLocation: /x\r\nContent-Length: 2\r\n\r\n{}'
        )

        answer = await gateway.ask(b"POST /api/todos", body=b"{}")

        assert (answer.status, answer.body) == (201, b"{}")
        assert (answer.headers[b"etag"], answer.headers[b"location"]) == (b'"1"', b"/x")

    async def test_security_headers_are_added(self, gateway, todos):
        answer = await gateway.ask(b"GET /api/todos")

        assert answer.headers[b"x-content-type-options"] == b"nosniff"
        assert answer.headers[b"referrer-policy"] == b"no-referrer"
        assert answer.headers[b"cache-control"] == b"no-store"
        assert answer.headers[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"

    async def test_the_cache_header_of_a_service_stands(self, gateway, upstreams):
        cached = b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=300\r\nServer: x\r\nContent-Length: 0\r\n\r\n"
        await self.answer_with(upstreams["auth"], cached)

        answer = await gateway.ask(b"GET /.well-known/jwks.json", token=False)

        assert answer.headers[b"cache-control"] == b"public, max-age=300"
        assert b"server" not in answer.headers

    async def test_chunks_pass_through(self, gateway, todos):
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        await self.answer_with(todos, chunked)

        assert (await gateway.ask(b"GET /api/export")).body == b"abcde"

    async def test_an_answer_streams(self, gateway, todos):
        go_on = asyncio.Event()

        async def answer(_, writer):
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await go_on.wait()
            writer.write(b"2\r\nde\r\n0\r\n\r\n")

        todos.answer = answer
        async with gateway.connection() as client:
            client.send(b"GET /api/export HTTP/1.1\r\nhost: x\r\n", gateway.authorization, b"\r\n")
            await client.reader.readuntil(b"abc\r\n")
            go_on.set()
            assert await client.reader.readuntil(b"0\r\n\r\n") == b"2\r\nde\r\n0\r\n\r\n"

    async def test_head_has_no_body_and_the_connection_lives_on(self, gateway, todos):
        async def answer(request, writer):
            body = b"" if request.line.startswith(b"HEAD") else b"hello"
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n" + body)

        todos.answer = answer
        head = await gateway.ask(b"HEAD /api/todos")
        get = await gateway.ask(b"GET /api/todos")

        assert (head.status, head.headers[b"content-length"], get.body) == (200, b"5", b"hello")
        assert todos.connections == 1

    @pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
    async def test_answers_without_a_body(self, gateway, todos, status):
        await self.answer_with(todos, b"HTTP/1.1 " + status + b"\r\n\r\n")

        assert (await gateway.ask(b"GET /api/todos")).status == int(status[:3])
        assert (await gateway.ask(b"GET /api/todos")).status == int(status[:3])
        assert todos.connections == 1

    async def test_interim_answers_are_not_passed_on(self, gateway, todos):
        early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        await self.answer_with(todos, early, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        answer = await gateway.ask(b"GET /api/todos")

        assert (answer.status, answer.body) == (200, b"ok")
        assert b"link" not in answer.headers
