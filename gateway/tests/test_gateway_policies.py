"""Rate limits, other origins, trusted proxies."""

import json

import pytest

from api_gateway.errors import RateLimited
from api_gateway.rate_limits import RateLimit

ORIGIN = b"Origin: https://app.example"


PEER = b"127.0.0.1"
WRITTEN = [
    (b"192.0.2.1", b"192.0.2.1"),
    (b"192.0.2.1:4711", b"192.0.2.1"),
    (b'"192.0.2.1:4711"', b"192.0.2.1"),
    (b"for=192.0.2.1", b"192.0.2.1"),
    (b"::ffff:192.0.2.1", b"192.0.2.1"),
    (b"[::ffff:192.0.2.1]:4711", b"192.0.2.1"),
    (b"2001:db8::1", b"2001:db8::1"),
    (b"2001:DB8:0::0001", b"2001:db8::1"),
    (b"[2001:db8::1]", b"2001:db8::1"),
    (b"[2001:db8::1]:4711", b"2001:db8::1"),
    (b'"[2001:db8::1]:4711"', b"2001:db8::1"),
    (b'For="[2001:db8::1]:4711"', b"2001:db8::1"),
    (b"fe80::1%eth0", b"fe80::1"),
    (b"unknown", PEER),
    (b"_hidden", PEER),
    (b"", PEER),
    (b"192.0.2", PEER),
    (b"192.0.2.1:", PEER),
    (b"192.0.2.1:4711:80", PEER),
    (b'"192.0.2.1', PEER),
    (b"[2001:db8::1", PEER),
    (b"::ffff:1.2.3.4.5", PEER),
]


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class TestRateLimit:
    @pytest.fixture
    def clock(self):
        return Clock()

    @pytest.fixture
    def limit(self, clock):
        return RateLimit("user", 60, 10, clock)

    def test_a_burst_then_the_rate(self, limit, clock):
        for _ in range(10):
            limit.take("a")
        with pytest.raises(RateLimited):
            limit.take("a")
        clock.now += 1
        limit.take("a")
        with pytest.raises(RateLimited):
            limit.take("a")

    def test_each_client_for_itself(self, limit):
        for _ in range(10):
            limit.take("a")

        limit.take("b")

    def test_what_was_refused_costs_nothing(self, limit, clock):
        for _ in range(10):
            limit.take("a")
        for _ in range(100):
            with pytest.raises(RateLimited):
                limit.take("a")
        clock.now += 1

        limit.take("a")

    def test_the_client_is_told(self, limit):
        assert limit.take("a") == [(b"ratelimit-policy", b'"user";q=60;w=60'), (b"ratelimit", b'"user";r=9;t=1')]

    def test_a_refusal_says_when(self, limit):
        for _ in range(10):
            limit.take("a")
        with pytest.raises(RateLimited) as raised:
            limit.take("a")

        assert (raised.value.status, raised.value.headers["Retry-After"]) == (429, "1")

    def test_clients_that_have_gone_are_forgotten(self, clock):
        limit = RateLimit("user", 60, 10, clock, max_clients=5)
        for number in range(5):
            limit.take(str(number))
        clock.now += 3600
        limit.take("new")

        assert list(limit._whole_at) == ["new"]


class TestLimitsOfTheGateway:
    async def test_a_user(self, start):
        async with start(user_rate_per_minute=60, user_burst=3) as gateway:
            answers = [await gateway.ask(b"GET /api/todos") for _ in range(4)]

        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers[b"ratelimit-policy"] == b'"user";q=60;w=60'
        assert answers[0].headers[b"ratelimit"].startswith(b'"user";r=2;')
        assert answers[3].headers[b"retry-after"] == b"1"
        assert json.loads(answers[3].body)["code"] == "rate_limited"

    async def test_an_address_without_a_token(self, start, upstreams):
        async with start(address_rate_per_minute=60, address_burst=2) as gateway:
            statuses = [(await gateway.ask(b"POST /api/auth/login", token=False)).status for _ in range(3)]
            assert (await gateway.ask(b"GET /api/todos")).status == 200

        assert statuses == [200, 200, 429]
        assert len(upstreams["auth"].requests) == 2

    async def test_guessing_tokens_counts(self, start):
        async with start(address_burst=2) as gateway:
            guess = b"Authorization: Bearer a.b.c"
            statuses = [(await gateway.ask(b"GET /api/todos", guess, token=False)).status for _ in range(3)]

        assert statuses == [401, 401, 429]

    async def test_they_can_be_switched_off(self, gateway):
        answer = await gateway.ask(b"GET /api/todos")

        assert b"ratelimit" not in answer.headers

    async def test_pages_are_not_limited(self, start):
        async with start(address_burst=1) as gateway:
            assert {(await gateway.ask(b"GET /healthz", token=False)).status for _ in range(5)} == {200}


class TestOtherOrigins:
    @pytest.fixture
    async def open_gateway(self, start):
        async with start(rate_limits="off", allowed_origins="https://app.example") as running:
            yield running

    async def test_none_by_default(self, gateway):
        answer = await gateway.ask(b"GET /api/todos", ORIGIN)

        assert [name for name in answer.headers if name.startswith(b"access-control")] == []

    async def test_a_listed_one(self, open_gateway):
        answer = await open_gateway.ask(b"GET /api/todos", ORIGIN)

        assert answer.headers[b"access-control-allow-origin"] == b"https://app.example"
        assert answer.headers[b"vary"] == b"origin"

    @pytest.mark.parametrize("origin", [b"https://evil.example", b"https://app.example.evil", b"null", b"*"])
    async def test_another(self, open_gateway, origin):
        answer = await open_gateway.ask(b"GET /api/todos", b"Origin: " + origin)

        assert b"access-control-allow-origin" not in answer.headers
        assert answer.headers[b"vary"] == b"origin"

    async def test_preflight(self, open_gateway, todos):
        asked = b"Access-Control-Request-Method: PATCH"
        answer = await open_gateway.ask(b"OPTIONS /api/todos/1", ORIGIN, asked, token=False)

        assert answer.status == 204
        assert b"PATCH" in answer.headers[b"access-control-allow-methods"]
        assert todos.requests == []

    async def test_refusals_can_be_read_too(self, open_gateway):
        answer = await open_gateway.ask(b"GET /api/todos", ORIGIN, token=False)

        assert (answer.status, answer.headers[b"access-control-allow-origin"]) == (401, b"https://app.example")

    @pytest.mark.parametrize("origin", ["*", "null"])
    async def test_no_list_opens_it_to_all(self, start, origin):
        async with start(allowed_origins=origin) as gateway:
            answer = await gateway.ask(b"GET /api/todos", b"Origin: " + origin.encode())

        assert b"access-control-allow-origin" not in answer.headers


class TestTrustedProxies:
    @pytest.fixture
    async def behind(self, start):
        async with start(trusted_proxies="127.0.0.0/8, 10.0.0.0/8", address_burst=1) as running:
            yield running

    @pytest.fixture
    def ask(self, behind):
        """The status for a client that proxies in front name so; each client has one request."""

        async def asked(chain):
            forwarded = b"X-Forwarded-For: " + chain
            return (await behind.ask(b"POST /api/auth/login", forwarded, token=False)).status

        return asked

    async def test_what_they_say_goes_on_and_of_the_chain_the_client(self, behind, todos):
        await behind.ask(
            b"GET /api/todos",
            b"X-Forwarded-For: 9.9.9.9, 10.0.0.1",
            b"X-Forwarded-Proto: https",
            b"X-Forwarded-Host: todo.example",
            b"X-Request-Id: from-the-proxy",
        )

        request = todos.requests[0]
        assert request.values(b"x-forwarded-for") == [b"9.9.9.9"]
        assert request.values(b"x-forwarded-proto") == [b"https"]
        assert request.values(b"x-forwarded-host") == [b"todo.example"]
        assert request.values(b"x-request-id") == [b"from-the-proxy"]

    async def test_the_client_is_the_last_address_that_is_no_trusted_proxy(self, ask):
        assert await ask(b"1.1.1.1, 9.9.9.9, 10.0.0.1") == 200
        assert await ask(b"2.2.2.2, 9.9.9.9, 10.0.0.2") == 429
        assert await ask(b"9.9.9.9, 8.8.8.8, 10.0.0.1") == 200

    async def test_an_ipv4_client_is_itself_also_in_ipv6(self, ask):
        assert await ask(b"::ffff:192.0.2.1") == 200
        assert await ask(b"::ffff:192.0.2.2") == 200
        assert await ask(b"192.0.2.1") == 429

    async def test_an_ipv6_client_is_its_network(self, ask):
        assert await ask(b"2001:db8:1:2::1") == 200
        assert await ask(b"2001:db8:1:2:ffff::9") == 429
        assert await ask(b"2001:db8:1:3::1") == 200

    @pytest.mark.parametrize(("written", "address"), WRITTEN)
    async def test_an_address_in_each_of_its_forms(self, behind, todos, written, address):
        await behind.ask(b"GET /api/todos", b"X-Forwarded-For: " + written + b", 10.0.0.1")

        assert todos.requests[0].values(b"x-forwarded-for") == [address]

    async def test_a_proxy_in_front_of_a_proxy_is_known_in_each_of_its_forms(self, behind, todos):
        await behind.ask(
            b"GET /api/todos", b'X-Forwarded-For: 9.9.9.9, ::ffff:10.0.0.1, "[::ffff:10.0.0.2]:80", 10.0.0.3:1'
        )

        assert todos.requests[0].values(b"x-forwarded-for") == [b"9.9.9.9"]

    async def test_https_in_front_of_it(self, behind):
        secure = await behind.ask(b"GET /healthz", b"X-Forwarded-Proto: https", token=False)
        plain = await behind.ask(b"GET /healthz", token=False)

        assert b"max-age=" in secure.headers[b"strict-transport-security"]
        assert b"strict-transport-security" not in plain.headers
