"""API tokens at the gateway: changed for an access token, which goes upstream in their place."""

import asyncio
import contextlib
import json
import time
import uuid

import pytest

from api_gateway import api_tokens
from api_gateway.api_tokens import ask_auth
from api_gateway.errors import TokensUnavailable
from service_common.bus import create_bus
from service_common.settings import BusSettings
from service_common.tokens.api_tokens import ApiToken, make
from service_testing.waiting import wait_until
from todobus_events import topology

from .conftest import USER

INVALID = b'Bearer realm="todos", error="invalid_token"'


class Auth:
    """Stands where auth answers on the bus; `claims` of each valid token by its id."""

    def __init__(self, issuer=None):
        self.issuer = issuer
        self.claims = {}
        self.asked = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.away = False

    def token(self, **claims):
        text = make(token_id := uuid.uuid4())
        self.claims[ApiToken.read(text)] = {
            "sid": str(token_id),
            "scope": "todos:read",
            "token_name": "script",
        } | claims
        return text

    async def ask(self, token):
        self.asked.append(token.id)
        await self.gate.wait()
        if self.away:
            raise TokensUnavailable
        claims = self.claims.get(token)
        return None if claims is None else self.issuer.token(USER, **claims)


@pytest.fixture
def auth():
    return Auth()


@pytest.fixture
async def gateway(start, auth):
    async with start(ask=auth.ask, rate_limits="off") as running:
        auth.issuer = running.issuer
        yield running


@pytest.fixture
def clock(gateway):
    """Moves the time of the tokens, in seconds."""

    def move(seconds):
        gateway.gateway.api_tokens._clock = lambda: time.time() + seconds

    return move


async def ask(gateway, text, line=b"GET /api/todos", scheme=b"Bearer ", *headers):
    return await gateway.ask(line, b"authorization: " + scheme + text.encode(), *headers, token=False)


class TestExchange:
    async def test_the_service_gets_an_access_token_in_its_place(self, gateway, auth, todos):
        text = auth.token()

        assert (await ask(gateway, text)).status == 200
        [authorization] = todos.requests[0].values(b"authorization")
        assert (await gateway.issuer.verifier().authenticate(authorization.decode())).scope == {"todos:read"}
        assert text.encode() not in todos.requests[0].head

    async def test_auth_is_asked_once_however_many_wait_and_follow(self, gateway, auth, todos):
        text = auth.token()
        auth.gate.clear()
        waiting = [asyncio.create_task(ask(gateway, text)) for _ in range(50)]
        await wait_until(lambda: auth.asked)
        auth.gate.set()
        assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
        for _ in range(50):
            await ask(gateway, text)
        assert len(auth.asked) == 1
        assert len(todos.requests) == 100

    async def test_one_that_gives_up_leaves_the_others_waiting(self, gateway, auth):
        text = auth.token()
        auth.gate.clear()
        async with gateway.connection() as client:
            client.send(f"GET /api/todos HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {text}\r\n\r\n".encode())
            await wait_until(lambda: auth.asked)
        other = asyncio.create_task(ask(gateway, text))
        auth.gate.set()
        assert (await other).status == 200

    async def test_it_is_renewed_before_it_expires(self, gateway, auth, clock):
        text = auth.token()
        await ask(gateway, text)
        clock(269)
        await ask(gateway, text)
        assert len(auth.asked) == 1
        clock(271)
        await ask(gateway, text)
        await ask(gateway, text)
        assert len(auth.asked) == 2

    async def test_without_auth_known_ones_go_on_until_they_expire_and_others_wait(self, gateway, auth, clock):
        known, other = auth.token(), auth.token()
        await ask(gateway, known)
        auth.away = True
        clock(271)
        assert (await ask(gateway, known)).status == 200
        answer = await ask(gateway, other)
        assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")
        assert len(auth.asked) == 2  # not again at once
        clock(301)
        assert (await ask(gateway, known)).status == 503
        auth.away = False
        clock(303)
        assert (await ask(gateway, other)).status == 200

    async def test_the_user_is_who_is_limited(self, start, auth):
        async with start(ask=auth.ask, user_rate_per_minute=60, user_burst=3) as gateway:
            auth.issuer = gateway.issuer
            texts = [auth.token(), auth.token()]
            statuses = [(await ask(gateway, texts[number % 2])).status for number in range(5)]
        assert statuses == [200, 200, 200, 429, 429]


class TestAttacks:
    async def test_one_that_ended_gets_the_same_bytes_as_any_bad_token(self, gateway, auth):
        text = auth.token()
        await ask(gateway, text)
        auth.claims.clear()
        gateway.gateway.api_tokens._granted.clear()
        bad = await gateway.ask(b"GET /api/todos", b"authorization: Bearer nothing", token=False)
        ended = await ask(gateway, text)

        assert ended.headers[b"www-authenticate"] == bad.headers[b"www-authenticate"] == INVALID
        assert _without_id(ended.body) == _without_id(bad.body)

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
            lambda text: text[:-10] + "0" * 10,
            lambda text: text[:40],
            lambda text: text + "0",
            lambda text: text + " ",
            lambda _: "tdb_",
            lambda _: "tdb_" + "z" * 72,
            lambda text: text.upper(),
            lambda text: text + "," + text,
            lambda text: text + " " + text,
        ],
    )
    async def test_what_is_no_token_costs_no_look_up(self, gateway, auth, change):
        assert (await ask(gateway, change(auth.token()))).status == 401
        assert auth.asked == []

    async def test_an_unknown_one_is_looked_up_once(self, gateway, auth):
        text = make(uuid.uuid4())
        assert [(await ask(gateway, text)).status for _ in range(5)] == [401] * 5
        assert len(auth.asked) == 1

    async def test_another_secret_with_a_known_id(self, gateway, auth):
        text = auth.token()
        assert (await ask(gateway, text)).status == 200
        assert (await ask(gateway, make(ApiToken.read(text).id))).status == 401
        assert (await ask(gateway, text)).status == 200

    async def test_elsewhere_than_in_the_header_it_is_nothing(self, gateway, auth, todos):
        text = auth.token().encode()
        for line, header in (
            (b"GET /api/todos?access_token=" + text, b"x: y"),
            (b"GET /api/todos?token=" + text, b"x: y"),
            (b"GET /api/todos", b"cookie: access_token=" + text),
            (b"GET /api/todos", b"x-api-key: " + text),
            (b"GET /api/todos", b"authorization: Basic " + text),
            (b"GET /api/todos", b"authorization: " + text),
            (b"GET /api/todos", b"authorization: Bearer  " + text),
        ):
            assert (await gateway.ask(line, header, token=False)).status == 401
        assert (auth.asked, todos.requests) == ([], [])

    async def test_beside_another_header_it_is_refused(self, gateway, auth):
        answer = await gateway.ask(b"GET /api/todos", b"authorization: Bearer " + auth.token().encode())
        assert (answer.status, auth.asked) == (400, [])

    async def test_the_scheme_may_be_written_in_either_case(self, gateway, auth):
        assert (await ask(gateway, auth.token(), scheme=b"bearer ")).status == 200

    async def test_guesses_of_an_address_are_limited_and_others_go_on(self, start, auth):
        limits = {"address_rate_per_minute": 60, "address_burst": 5}
        async with start(ask=auth.ask, trusted_proxies="127.0.0.1/32", **limits) as gateway:
            auth.issuer = gateway.issuer

            async def of(address, text):
                return (await ask(gateway, text, b"GET /api/todos", b"Bearer ", b"x-forwarded-for: " + address)).status

            guesses = [await of(b"2001:db8::%d" % number, make(uuid.uuid4())) for number in range(1, 9)]
            assert guesses == [401] * 5 + [429] * 3
            assert len(auth.asked) == 5
            assert await of(b"2001:db8:0:1::1", auth.token()) == 200

    async def test_guesses_at_once_are_limited_too(self, start, auth):
        async with start(ask=auth.ask, address_rate_per_minute=60, address_burst=5) as gateway:
            auth.gate.clear()
            guesses = [asyncio.create_task(ask(gateway, make(uuid.uuid4()))) for _ in range(20)]
            await wait_until(lambda: sum(task.done() for task in guesses) >= 15)
            auth.gate.set()
            await asyncio.gather(*guesses)
        assert len(auth.asked) == 5

    async def test_valid_ones_use_up_no_guesses(self, start, auth):
        async with start(ask=auth.ask, address_rate_per_minute=60, address_burst=5) as gateway:
            auth.issuer = gateway.issuer
            statuses = [(await ask(gateway, auth.token())).status for _ in range(12)]
        assert statuses == [200] * 12

    async def test_memory_is_bounded(self, gateway, auth, monkeypatch):
        monkeypatch.setattr(api_tokens, "MOST", 3)
        first, *others = [auth.token() for _ in range(4)]
        for text in (first, *others, first):
            await ask(gateway, text)
        assert len(auth.asked) == 5
        for _ in range(5):
            await ask(gateway, make(uuid.uuid4()))
        assert [len(gateway.gateway.api_tokens._granted), len(gateway.gateway.api_tokens._refused)] == [3, 3]


def _without_id(body):
    return body.partition(b'"request_id"')[0]


class TestAskingAuth:
    @pytest.fixture
    async def bus(self, nats):
        settings = BusSettings(nats_url=nats.url, nats_user="gateway", nats_password=nats.passwords["gateway"])
        bus = create_bus(settings, "gateway")
        await bus.start()
        await wait_until(lambda: bus.connected)
        yield bus
        await bus.stop()

    async def test_it_gets_what_auth_answers(self, bus, nats):
        asked, answers = (
            [],
            [b'{"access_token": "x"}', b'{"access_token": null}', b'{"error": {"code": "unavailable"}}'],
        )
        auth = await nats.connect("auth")

        async def answer(message):
            asked.append(json.loads(message.data))
            await message.respond(answers[len(asked) - 1])

        await auth.subscribe(topology.RPC_EXCHANGE, cb=answer)
        await auth.flush()
        token = ApiToken.read(make(uuid.uuid4()))

        async def answered():  # a new server may not know of the subscription yet
            with contextlib.suppress(TokensUnavailable):
                return await ask_auth(bus, token)

        assert await wait_until(answered) == "x"
        assert await ask_auth(bus, token) is None
        with pytest.raises(TokensUnavailable):
            await ask_auth(bus, token)
        assert asked == [{"id": str(token.id), "digest": token.digest.hex()}] * 3

    async def test_without_auth_or_without_the_bus_it_says_so(self, bus, nats):
        token = ApiToken.read(make(uuid.uuid4()))
        with pytest.raises(TokensUnavailable):
            await ask_auth(bus, token)
        nats.kill()
        with pytest.raises(TokensUnavailable):
            await ask_auth(bus, token)
