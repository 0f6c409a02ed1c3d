"""Log in by a provider of OpenID Connect: a certified one, which runs for the test."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import jwt
import pyotp
import pytest
from pydantic import SecretStr

from auth_service.settings import OpenIdProvider, Settings
from service_testing.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdServer, openid_server

from .conftest import NEW_PASSWORD, PASSWORD, Service, Start

CALLBACK = "/api/auth/providers/{}/callback"
REDIRECTS = [f"https://todo.example{CALLBACK.format(name)}" for name in ("good", "other")]


def provider(issuer: str, **more: Any) -> OpenIdProvider:
    return OpenIdProvider(issuer=issuer, client_id=CLIENT_ID, client_secret=SecretStr(CLIENT_SECRET), **more)


class Visit(NamedTuple):
    """A log-in that came back from the provider: `query` and `cookie` are what the browser brings."""

    query: dict[str, str]
    cookie: str


class Way:
    """A service with the provider `good`, and a browser."""

    def __init__(self, service: Service, server: OpenIdServer) -> None:
        self.service, self.server = service, server
        self.email = f"{uuid.uuid4().hex}@example.com"
        self.sub = uuid.uuid4().hex

    async def become(self, *, verified: bool = True, **claims: Any) -> None:
        await self.server.become(self.sub, email=self.email, email_verified=verified, name="Ann Lee", **claims)

    async def start(self, name: str = "good", **query: str) -> httpx.Response:
        return await self.service.client.get(f"/api/auth/providers/{name}/start", params=query)

    async def visit(self, **query: str) -> Visit:
        answer = await self.start(**query)
        assert answer.status_code == 302, answer.text
        return Visit(await self.server.log_in(answer.headers["location"]), answer.cookies["provider_login"])

    async def back(self, visit: Visit, name: str = "good", **headers: str) -> httpx.Response:
        self.service.client.cookies.clear()
        headers = {"Cookie": f"provider_login={visit.cookie}", **headers}
        return await self.service.client.get(CALLBACK.format(name), params=visit.query, headers=headers)

    async def log_in(self, **query: str) -> httpx.Response:
        return await self.back(await self.visit(**query))

    async def session(self) -> dict[str, Any]:
        """Log in, and take the cookie to the app."""
        answer = await self.log_in()
        assert answer.status_code == 302, answer.text
        cookie = {"Cookie": f"refresh_token={answer.cookies['refresh_token']}"}
        tokens = (await self.service.client.post("/api/auth/refresh", headers=cookie)).json()
        return tokens | {"headers": {"Authorization": f"Bearer {tokens['access_token']}"}}

    async def identities(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.service.client.get("/api/auth/identities", headers=session["headers"])
        return answer.json()

    async def account(self, *, verified: bool) -> dict[str, Any]:
        """An account with a password and the provider's address."""
        session = await self.service.session((await self.service.register(email=self.email))["email"])
        if verified:
            token = await self.service.token(self.email, "Verify")
            assert (await self.service.call("verify-email", token=token)).status_code == 204
        return session


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdServer]:
    with openid_server(*REDIRECTS) as running:
        yield running


@pytest.fixture
async def way(start: Start, server: OpenIdServer) -> Way:
    return await _way(start, server)


async def _way(start: Start, server: OpenIdServer, **update: Any) -> Way:
    # `other` is a second provider, which would accept the same client: the server under another name.
    other = server.issuer.replace("127.0.0.1", "localhost")
    providers = {"good": provider(server.issuer, name="Good"), "other": provider(other)}
    made = Way(await start(update={"oidc": providers} | update), server)
    await made.become()
    return made


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


INVALID = (400, "invalid_provider_login")


class TestProviders:
    async def test_are_those_that_are_set_up(self, way: Way):
        answer = await way.service.client.get("/api/auth/providers")
        assert answer.json() == [{"id": "good", "name": "Good"}, {"id": "other", "name": "Other"}]
        assert outcome(await way.start("unknown"))[0] == 404
        assert (await way.service.client.get(CALLBACK.format("unknown"))).status_code == 404

    def test_are_named_by_variables_and_by_a_secret(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        company = {"issuer": "https://id.example", "client_id": "a", "client_secret": "hidden"}
        (tmp_path / "todobus_oidc").write_text(json.dumps({"company": company}))
        monkeypatch.setenv("TODOBUS_OIDC_OTHER_ISSUER", "https://other.example")
        monkeypatch.setenv("TODOBUS_OIDC_OTHER_CLIENT_ID", "b")
        found = Settings(_secrets_dir=tmp_path, **settings.model_dump(exclude={"oidc"})).oidc
        assert {name: (one.issuer, one.client_id) for name, one in found.items()} == {
            "company": ("https://id.example", "a"),
            "other": ("https://other.example", "b"),
        }
        assert found["company"].client_secret.get_secret_value() == "hidden"

    async def test_are_asked_with_state_nonce_and_a_challenge(self, way: Way):
        [one, two] = [await way.start(), await way.start()]
        queries = [parse_qs(urlsplit(answer.headers["location"]).query) for answer in (one, two)]
        assert queries[0]["redirect_uri"] == [REDIRECTS[0]]
        assert queries[0]["code_challenge_method"] == ["S256"]
        assert all(queries[0][name] != queries[1][name] for name in ("state", "nonce", "code_challenge"))
        cookie = one.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/api/auth/providers", "Max-Age=600"))


class TestLogin:
    async def test_makes_an_account_the_first_time(self, way: Way):
        session = await way.session()
        user = session["user"]
        assert (user["email"], user["display_name"]) == (way.email, "Ann Lee")
        security = await way.service.client.get("/api/auth/security", headers=session["headers"])
        assert (security.json()["email_verified"], security.json()["password"]) == (True, False)
        again = await way.session()
        assert again["user"]["id"] == user["id"]
        [identity] = await way.identities(again)
        assert (identity["provider"], identity["email"]) == ("good", way.email)
        assert await way.service.mailed(way.email, "You can log in to Todobus by Good")

    async def test_ends_where_it_began(self, way: Way):
        answer = await way.log_in(next="/stats?x=1")
        assert answer.headers["location"] == "/stats?x=1"
        assert answer.headers["cache-control"] == "no-store"
        cookies = answer.headers.get_list("set-cookie")
        assert cookies[0].startswith("refresh_token=")
        assert "SameSite=Strict" in cookies[0]
        assert cookies[1].startswith('provider_login=""; HttpOnly; Max-Age=0')

    async def test_joins_an_account_that_both_have_verified(self, way: Way):
        before = await way.account(verified=True)
        session = await way.session()
        assert session["user"]["id"] == before["user"]["id"]
        assert (await way.service.login(way.email)).status_code == 200

    async def test_knows_the_person_whatever_the_address(self, way: Way):
        first = await way.session()
        way.email = f"{uuid.uuid4().hex}@example.org"
        await way.become(verified=False)
        assert (await way.session())["user"]["id"] == first["user"]["id"]

    async def test_is_finished_by_the_second_factor(self, way: Way):
        session = await way.account(verified=True)
        made = (await way.service.call("totp", session)).json()
        code = pyotp.TOTP(made["secret"]).now()
        recovery = (await way.service.call("totp/confirm", session, code=code)).json()["recovery_codes"]
        answer = await way.log_in(next="/stats")
        assert "refresh_token" not in answer.cookies
        path, _, fragment = answer.headers["location"].partition("#")
        given = {name: values[0] for name, values in parse_qs(fragment).items()}
        assert (path, given["next"]) == ("/login", "/stats")
        done = await way.service.call("login/mfa", mfa_token=given["mfa_token"], code=recovery[0])
        assert done.json()["user"]["email"] == way.email

    async def test_survives_new_keys_of_the_provider(self, way: Way, monkeypatch: pytest.MonkeyPatch):
        await way.session()
        await way.server.rotate_keys()
        assert outcome(await way.log_in()) == INVALID  # the keys were fetched a moment ago
        monkeypatch.setattr("auth_service.openid.PAUSE_SECONDS", 0)
        await way.session()


class TestIsRefused:
    async def test_where_the_provider_has_not_verified_the_address(self, way: Way):
        for prepare in (way.account(verified=True), None):
            if prepare:
                await prepare
            await way.become(verified=False)
            assert outcome(await way.log_in()) == (403, "provider_email_unverified")
            way.email = f"{uuid.uuid4().hex}@example.com"

    async def test_where_the_account_has_not_verified_its_address(self, way: Way):
        await way.account(verified=False)
        assert outcome(await way.log_in()) == (409, "account_unverified")

    @pytest.mark.parametrize(("mode", "code"), [("closed", "registration_closed"), ("invite", "invitation_required")])
    async def test_where_no_accounts_are_made(self, start: Start, server: OpenIdServer, mode: str, code: str):
        way = await _way(start, server, registration=mode)
        assert outcome(await way.log_in()) == (403, code)

    async def test_for_a_disabled_account(self, way: Way, rows: asyncpg.Connection):
        await way.session()
        await rows.execute("update users set disabled = true")
        assert outcome(await way.log_in()) == (403, "account_disabled")

    async def test_with_another_state_or_none(self, way: Way):
        visit = await way.visit()
        for query in (visit.query | {"state": "x"}, {"code": visit.query["code"]}, visit.query | {"state": "é\0"}):
            assert outcome(await way.back(visit._replace(query=query))) == INVALID

    async def test_in_another_browser(self, way: Way):
        visit, other = await way.visit(), await way.visit()
        for cookie in (other.cookie, "", "x", visit.cookie[:-4] + "AAAA"):
            assert outcome(await way.back(visit._replace(cookie=cookie))) == INVALID

    async def test_with_the_code_of_another(self, way: Way):
        """PKCE and the nonce: a code that was stolen is of no use in the browser of a thief."""
        victim, thief = await way.visit(), await way.visit()
        query = thief.query | {"code": victim.query["code"]}
        assert outcome(await way.back(thief._replace(query=query))) == INVALID

    async def test_with_a_nonce_of_another_log_in(self, way: Way, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("auth_service.openid.urlencode", lambda query: httpx.QueryParams(query | {"nonce": "x"}))
        assert outcome(await way.log_in()) == INVALID

    @pytest.mark.parametrize(
        "claims",
        [{"azp": "another"}, {"aud": [CLIENT_ID, "another"]}, {"aud": [CLIENT_ID, "another"], "azp": "another"}],
    )
    async def test_with_a_token_for_another_client(
        self, way: Way, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any]
    ):
        """One that names several has to say that it was made for this one (`azp`)."""
        decode = jwt.decode
        monkeypatch.setattr("auth_service.openid.jwt.decode", lambda *given, **more: decode(*given, **more) | claims)
        assert outcome(await way.log_in()) == INVALID
        claims["azp"] = CLIENT_ID
        assert (await way.log_in()).status_code == 302

    async def test_with_a_code_that_was_used(self, way: Way):
        visit = await way.visit()
        both = await asyncio.gather(way.back(visit), way.back(visit))
        assert max(answer.status_code for answer in both) == 400
        assert outcome(await way.back(visit)) == INVALID

    async def test_when_it_took_too_long(self, way: Way, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("auth_service.service.identities.PROVIDER_LOGIN_SECONDS", -1)
        assert outcome(await way.log_in()) == INVALID

    async def test_when_two_providers_are_mixed_up(self, way: Way):
        """What one provider gave is not taken to another, and one does not speak for another (RFC 9207)."""
        visit = await way.visit()
        assert visit.query["iss"] == way.server.issuer
        assert outcome(await way.back(visit, "other")) == INVALID
        for issuer in ("https://evil.example", None):
            query = {name: value for name, value in (visit.query | {"iss": issuer}).items() if value}
            assert outcome(await way.back(visit._replace(query=query))) == INVALID

    async def test_when_the_provider_says_no(self, way: Way):
        visit = await way.visit()
        query = {"error": "access_denied", "state": visit.query["state"], "iss": visit.query["iss"]}
        assert outcome(await way.back(visit._replace(query=query))) == INVALID

    async def test_with_a_next_that_leads_elsewhere(self, way: Way):
        elsewhere = ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/x\r\nLocation:x"]
        for path in [*elsewhere, "/" + "x" * 600]:
            assert (await way.start(next=path)).status_code == 422, path

    async def test_and_says_so_on_a_page_to_who_looks_at_one(self, way: Way):
        visit = await way.visit()
        answer = await way.back(visit._replace(cookie="x"), Accept="text/html,*/*;q=0.8")
        assert answer.headers["location"] == "/login#error=invalid_provider_login"


class TestProviderThatIsDown:
    async def test_fails_nobody_else(self, start: Start):
        way = Way(await start(update={"oidc": {"down": provider("http://127.0.0.1:1")}}), OpenIdServer("http://x.test"))
        for _ in range(2):
            answer = await way.start("down")
            assert outcome(answer) == (503, "provider_unavailable")
            assert answer.headers["retry-after"] == "5"
        assert (await way.service.login((await way.service.register())["email"])).status_code == 200

    async def test_on_the_way_back(self, start: Start):
        with openid_server(*REDIRECTS) as server:
            way = await _way(start, server)
            visit = await way.visit()
        assert outcome(await way.back(visit)) == (503, "provider_unavailable")

    async def test_under_another_name(self, start: Start, server: OpenIdServer):
        """A document that names another issuer is not believed."""
        way = await _way(start, server)
        assert outcome(await way.start("other")) == (503, "provider_unavailable")


class TestRemoval:
    async def remove(self, way: Way, session: dict[str, Any], identity: str | None = None) -> httpx.Response:
        identity = identity or (await way.identities(session))[0]["id"]
        return await way.service.client.delete(f"/api/auth/identities/{identity}", headers=session["headers"])

    async def test_is_refused_for_the_last_way_in(self, way: Way):
        session = await way.session()
        assert outcome(await self.remove(way, session)) == (409, "last_way_in")
        change = {"current_password": "", "new_password": NEW_PASSWORD}
        assert (await way.service.call("password", session, **change)).status_code == 204
        assert (await self.remove(way, session)).status_code == 204
        assert await way.identities(session) == []
        assert (await way.service.login(way.email, NEW_PASSWORD)).status_code == 200
        assert await way.service.mailed(way.email, "A way to log in")

    async def test_needs_a_recent_proof_and_an_own_identity(self, way: Way, rows: asyncpg.Connection):
        session = await way.session()
        assert outcome(await self.remove(way, session, str(uuid.uuid4()))) == (404, "not_found")
        assert outcome(await self.remove(way, session, "x")) == (404, "not_found")
        [identity] = await way.identities(session)
        stranger = await way.service.session()
        assert outcome(await self.remove(way, stranger, identity["id"])) == (404, "not_found")
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        assert outcome(await self.remove(way, session)) == (403, "reauthentication_required")


class TestAccountWithoutPassword:
    async def test_lets_nobody_in_by_one(self, way: Way):
        session = await way.session()
        for password in ("", PASSWORD, "the password of no account"):
            assert outcome(await way.service.login(way.email, password)) == (401, "invalid_credentials")
        for password in ("", "the password of no account"):
            answer = await way.service.call("reauthenticate", session, password=password)
            assert outcome(answer) == (403, "wrong_password")

    async def test_is_deleted_after_a_recent_log_in(self, way: Way, rows: asyncpg.Connection):
        session = await way.session()

        async def delete() -> httpx.Response:
            return await way.service.client.request(
                "DELETE", "/api/users/me", json={"password": ""}, headers=session["headers"]
            )

        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        assert outcome(await delete()) == (403, "reauthentication_required")
        await rows.execute("update sessions set authenticated_at = now()")
        assert (await delete()).status_code == 204
        assert await rows.fetchval("select count(*) from identities") == 0
