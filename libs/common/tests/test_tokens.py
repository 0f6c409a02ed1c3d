"""Every way to bend a token gives the same answer, byte for byte, and never makes this process call anybody."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from service_common.http.dependencies import Caller
from service_common.http.errors import install_errors
from service_common.http.routes import Route, needs
from service_common.supervision import Supervisor
from service_common.tokens import verifier as verification
from service_common.tokens.errors import InvalidToken
from service_common.tokens.keys import COOLDOWN_SECONDS, STALE_SECONDS, FetchedKeys
from service_common.tokens.scopes import Scope
from service_common.tokens.verifier import Verifier
from service_testing.tokens import FixedKeys, TokenIssuer
from service_testing.waiting import wait_until

from .token_attacks import ATTACKS, USER, header, signed


class Api:
    """A service with one route that needs a token, and keys fetched from a JWKS endpoint."""

    def __init__(self, issuer: TokenIssuer, keys: FetchedKeys, client: httpx.AsyncClient) -> None:
        self.issuer, self.keys, self.client = issuer, keys, client

    async def get(self, *authorization: bytes) -> httpx.Response:
        return await self.client.get("/", headers=[(b"authorization", value) for value in authorization])


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    issuer = TokenIssuer()
    async with issuer.serve() as url:
        keys = FetchedKeys(url)
        app = FastAPI()
        app.state.verifier = Verifier(keys, "todobus", "todobus")
        install_errors(app)

        router = APIRouter(route_class=Route)

        @router.get("/")
        @needs(Scope.PROFILE_READ)
        async def root(caller: Caller) -> dict[str, str]:
            return {"user": caller.user_id}

        app.router.routes.extend(router.routes)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            await keys.start(Supervisor())
            await wait_until(lambda: issuer.requests == 1 and keys._keys)
            yield Api(issuer, keys, client)
            await keys.stop()


BAD = 'Bearer realm="todos", error="invalid_token"'


class TestAttacks:
    @pytest.fixture
    async def refusal(self, api: Api) -> httpx.Response:
        return await api.get(b"Bearer x")

    @pytest.mark.parametrize("name", ATTACKS)
    async def test_gets_the_same_bytes_and_calls_nobody(self, api: Api, refusal: httpx.Response, name: str):
        answer = await api.get(b"Bearer " + ATTACKS[name](api.issuer).encode())
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, BAD)
        assert (answer.headers.raw, answer.content) == (refusal.headers.raw, refusal.content)
        assert api.issuer.requests == 1

    def test_covers_every_claim(self):
        for claim in (*verification.STRINGS, *verification.TIMES):
            assert {f"no {claim}", f"{claim} null"} <= ATTACKS.keys()

    async def test_what_the_attacks_bend_is_itself_valid(self, api: Api):
        token = signed(api.issuer, header(api.issuer), api.issuer.payload(USER))
        answer = await api.get(f"Bearer {token}".encode())
        assert answer.json() == {"user": str(USER)}


class TestAuthorizationHeader:
    async def test_none_is_challenged_without_an_error(self, api: Api):
        answer = await api.get()
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="todos"')

    async def test_another_scheme_is_no_token(self, api: Api):
        answer = await api.get(b"Basic YTpi")
        assert answer.headers["www-authenticate"] == 'Bearer realm="todos"'

    async def test_the_scheme_is_taken_in_any_case(self, api: Api):
        answer = await api.get(f"bEARER {api.issuer.token(USER)}".encode())
        assert answer.status_code == 200

    async def test_two_are_refused(self, api: Api):
        good = f"Bearer {api.issuer.token(USER)}".encode()
        answer = await api.get(good, good)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, BAD)


class TestVerifier:
    async def test_forgives_five_seconds_of_skew(self):
        issuer, now = TokenIssuer(), int(time.time())
        late = issuer.token(USER, iat=now - 302, exp=now - 2, auth_time=now - 302)
        assert (await issuer.verifier().verify(late)).user_id == str(USER)

    async def test_checks_expiry_at_every_use_of_a_cached_token(self):
        issuer, clock = TokenIssuer(), Clock()
        clock.now = time.time()
        verifier, token = Verifier(FixedKeys(issuer.jwks), "todobus", "todobus", clock=clock), issuer.token(USER)
        clock.now = (await verifier.verify(token)).expires_at + verification.SKEW_SECONDS + 1
        with pytest.raises(InvalidToken):
            await verifier.verify(token)

    async def test_asks_for_revocation_at_every_use_of_a_cached_token(self):
        issuer, ended = TokenIssuer(), set()
        verifier = issuer.verifier()
        verifier._revoked = lambda claims: claims.session_id in ended
        token = issuer.token(USER)
        ended.add((await verifier.verify(token)).session_id)
        with pytest.raises(InvalidToken):
            await verifier.verify(token)

    async def test_forgets_the_token_used_longest_ago(self):
        issuer = TokenIssuer()
        verifier = Verifier(FixedKeys(issuer.jwks), "todobus", "todobus", cache_size=2)
        first, second, third = (issuer.token(uuid.uuid4()) for _ in range(3))
        for token in (first, second, first, third):
            await verifier.verify(token)
        assert list(verifier._verified) == [first, third]

    async def test_takes_claims_it_does_not_know(self):
        issuer = TokenIssuer()
        assert await issuer.verifier().verify(issuer.token(USER, added_later=1))


class TestFetchedKeys:
    async def test_an_unknown_id_costs_one_fetch_in_thirty_seconds(self):
        issuer, clock = TokenIssuer(), Clock()
        async with issuer.serve() as url:
            keys = FetchedKeys(url, clock)
            found = await asyncio.gather(*(keys.key("A" * 43) for _ in range(5)))
            assert (set(found), issuer.requests) == ({None}, 1)
            assert await keys.key(issuer.key_id)
            clock.now += COOLDOWN_SECONDS + 1
            assert [await keys.key("A" * 43) for _ in range(5)] == [None] * 5
            assert issuer.requests == 2

    async def test_keeps_what_it_has_for_a_day_while_auth_is_away(self):
        issuer, clock = TokenIssuer(), Clock()
        async with issuer.serve() as url:
            keys = FetchedKeys(url, clock)
            assert await keys.key(issuer.key_id)
        clock.now += STALE_SECONDS - 1
        assert await keys.key("A" * 43) is None
        assert await keys.key(issuer.key_id)
        await keys.check()
        clock.now += 2
        assert await keys.key(issuer.key_id) is None
        with pytest.raises(ConnectionError):
            await keys.check()

    async def test_is_not_ready_before_keys_are_loaded(self):
        with pytest.raises(ConnectionError):
            await FetchedKeys("http://127.0.0.1:9/").check()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
