import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest

from auth_service.settings import Settings
from service_common.tokens.api_tokens import ApiToken, make
from service_common.tokens.scopes import GRANTABLE
from service_testing.nats import NatsServer
from todobus_events import topology

from .conftest import PASSWORD, Service, running

NEW = {"name": "Backup script", "scopes": ["todos:write", "todos:read"]}
Exchange = Callable[[str], Awaitable[str | None]]


@pytest.fixture
async def exchange(nats: NatsServer) -> Exchange:
    """Asks as the gateway does."""
    client = await nats.connect("gateway")

    async def ask(text: str) -> str | None:
        token = ApiToken.read(text)
        assert token
        question = orjson.dumps({"id": str(token.id), "digest": token.digest.hex()})
        answer = await client.request(topology.RPC_EXCHANGE, question, timeout=5)
        return orjson.loads(answer.data)["access_token"]

    return ask


async def made(service: Service, session: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = await service.client.post("/api/tokens", json=NEW | fields, headers=session["headers"])
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(service: Service, session: dict[str, Any]) -> list[dict[str, Any]]:
    return (await service.client.get("/api/tokens", headers=session["headers"])).json()


class TestCreating:
    async def test_it_is_shown_once(self, service: Service):
        session = await service.session()
        expires_at = datetime.now(UTC) + timedelta(days=1)
        created = await made(service, session, expires_at=expires_at.isoformat())

        text = created.pop("token")
        assert str(ApiToken.read(text).id) == created["id"]
        assert created["name"] == "Backup script"
        assert created["scopes"] == ["todos:read", "todos:write"]
        assert datetime.fromisoformat(created["expires_at"]) == expires_at
        assert created["last_used_at"] is None
        assert await listed(service, session) == [created]

    async def test_no_row_holds_it(self, service: Service, rows: asyncpg.Connection):
        created = await made(service, await service.session())
        [row] = await rows.fetch("select * from api_tokens")

        assert row["digest"] == ApiToken.read(created["token"]).digest
        assert created["token"][26:] not in str(dict(row)) + str(await rows.fetch("select * from audit_log"))

    async def test_without_an_expiry_it_has_none(self, service: Service):
        assert (await made(service, await service.session()))["expires_at"] is None

    async def test_it_is_no_users_but_the_own(self, service: Service):
        await made(service, await service.session())
        assert await listed(service, await service.session()) == []

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "x" * 101}, "/name"),
            ({"name": "a\u0007b"}, "/name"),
            ({"scopes": []}, "/scopes"),
            ({"scopes": ["todos:read", "admin"]}, "/scopes/1"),
            ({"scopes": ["todos"]}, "/scopes/0"),
            ({"scopes": ["login"]}, "/scopes/0"),
            ({"scopes": [""]}, "/scopes/0"),
            ({"scopes": ["todos:read"] * 7}, "/scopes"),
            ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
            ({"expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
            ({"expires_at": "9999-12-31T23:59:59-23:59"}, "/expires_at"),
            ({"expires_at": "never"}, "/expires_at"),
            ({"expires_at": 4_000_000_000}, "/expires_at"),
            ({"id": str(uuid.uuid4())}, "/id"),
        ],
    )
    async def test_what_is_wrong_is_named(self, service: Service, fields: dict[str, Any], pointer: str):
        session = await service.session()
        answer = await service.client.post("/api/tokens", json=NEW | fields, headers=session["headers"])

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_a_user_has_a_number_of_them(self, settings: Settings):
        async with running(settings.model_copy(update={"api_tokens_per_user": 2})) as service:
            session = await service.session()
            asked = (service.client.post("/api/tokens", json=NEW, headers=session["headers"]) for _ in range(5))
            answers = await asyncio.gather(*asked)

            assert sorted(answer.status_code for answer in answers) == [201, 201, 403, 403, 403]
            refused = next(answer.json() for answer in answers if answer.status_code == 403)
            assert (refused["code"], refused["quota"]) == ("quota_exceeded", {"name": "api_tokens", "limit": 2})
            await made(service, await service.session())

    async def test_and_makes_a_number_of_them_in_an_hour(self, settings: Settings):
        async with running(settings.model_copy(update={"api_tokens_per_hour": 2})) as service:
            session = await service.session()
            for _ in range(2):
                await made(service, session)
            answer = await service.client.post("/api/tokens", json=NEW, headers=session["headers"])

            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_new_api_tokens")
            assert 0 < int(answer.headers["retry-after"]) <= 1800


class TestExchange:
    async def test_it_gives_an_access_token_of_its_scopes(self, service: Service, exchange: Exchange):
        session = await service.session()
        created = await made(service, session)
        claims = await service.app.state.verifier.verify(await exchange(created["token"]))

        assert claims.user_id == session["user"]["id"]
        assert (claims.session_id, claims.token_name) == (created["id"], "Backup script")
        assert claims.scope == {"todos:read", "todos:write"}
        assert claims.expires_at - claims.issued_at == 300

    async def test_what_is_no_token_gives_none(self, service: Service, exchange: Exchange):
        created = await made(service, await service.session())

        assert await exchange(make(uuid.uuid4())) is None
        assert await exchange(make(ApiToken.read(created["token"]).id)) is None

    async def test_it_gives_none_once_expired(self, service: Service, exchange: Exchange, rows: asyncpg.Connection):
        created = await made(service, await service.session())
        await rows.execute("update api_tokens set expires_at = now() + interval '100 seconds'")
        claims = await service.app.state.verifier.verify(await exchange(created["token"]))
        assert 90 < claims.expires_at - claims.issued_at <= 100

        for age in ("0.4 seconds", "-1 day"):
            await rows.execute("update api_tokens set expires_at = now() + $1::text::interval", age)
            assert await exchange(created["token"]) is None

    async def test_the_last_use_is_noted_once_a_minute(
        self, service: Service, exchange: Exchange, rows: asyncpg.Connection
    ):
        session = await service.session()
        created = await made(service, session)
        await exchange(created["token"])
        [first] = await listed(service, session)
        assert first["last_used_at"] > created["created_at"]

        await exchange(created["token"])
        assert await listed(service, session) == [first]
        await rows.execute("update api_tokens set last_used_at = now() - interval '61 seconds'")
        await exchange(created["token"])
        assert (await listed(service, session))[0]["last_used_at"] > first["last_used_at"]

    async def test_a_malformed_question_is_answered(self, service: Service, nats: NatsServer):
        client = await nats.connect("gateway")
        answer = await client.request(topology.RPC_EXCHANGE, b'{"id": "x"}', timeout=5)

        assert orjson.loads(answer.data)["error"]["code"] == "invalid_request"


class TestScopes:
    async def test_a_token_with_all_of_them_changes_no_account_and_makes_no_token(
        self, service: Service, exchange: Exchange
    ):
        created = await made(service, await service.session(), scopes=[*GRANTABLE])
        headers = {"Authorization": f"Bearer {await exchange(created['token'])}"}

        assert await service.me(headers) == 200
        for method, path in (
            ("POST", "/api/tokens"),
            ("GET", "/api/tokens"),
            ("DELETE", f"/api/tokens/{created['id']}"),
            ("GET", "/api/auth/sessions"),
            ("POST", "/api/auth/logout-all"),
            ("PATCH", "/api/users/me"),
            ("DELETE", "/api/users/me"),
        ):
            answer = await service.client.request(method, path, headers=headers, json=NEW | {"password": PASSWORD})
            assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope"), path

    async def test_the_text_itself_is_no_access_token(self, service: Service):
        created = await made(service, await service.session())
        assert await service.me({"Authorization": f"Bearer {created['token']}"}) == 401


class TestEnding:
    async def test_its_access_tokens_end_with_it(self, service: Service, exchange: Exchange):
        session = await service.session()
        created = await made(service, session, scopes=["profile:read"])
        headers = {"Authorization": f"Bearer {await exchange(created['token'])}"}
        assert await service.me(headers) == 200

        answer = await service.client.delete(f"/api/tokens/{created['id']}", headers=session["headers"])
        assert answer.status_code == 204
        assert await service.me(headers) == 401
        assert await exchange(created["token"]) is None
        assert await listed(service, session) == []

    async def test_another_users_is_not_found(self, service: Service, exchange: Exchange):
        created = await made(service, await service.session())
        other = await service.session()
        for token_id in (created["id"], str(uuid.uuid4()), "x"):
            answer = await service.client.delete(f"/api/tokens/{token_id}", headers=other["headers"])
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert await exchange(created["token"])

    async def test_logging_out_everywhere_leaves_it(self, service: Service, exchange: Exchange):
        session = await service.session()
        created = await made(service, session, scopes=["profile:read"])
        headers = {"Authorization": f"Bearer {await exchange(created['token'])}"}
        await service.client.post("/api/auth/logout-all", headers=session["headers"])

        assert await service.me(session["headers"]) == 401
        assert await service.me(headers) == 200

    async def test_it_ends_with_the_account(self, service: Service, exchange: Exchange, rows: asyncpg.Connection):
        session = await service.session()
        created = await made(service, session, scopes=["profile:read"])
        headers = {"Authorization": f"Bearer {await exchange(created['token'])}"}
        body = {"password": PASSWORD}
        gone = await service.client.request("DELETE", "/api/users/me", json=body, headers=session["headers"])

        assert gone.status_code == 204
        assert await service.me(headers) == 401
        assert await exchange(created["token"]) is None
        assert await rows.fetchval("select count(*) from api_tokens") == 0

    async def test_the_audit_log_tells(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        created = await made(service, session)
        await service.client.delete(f"/api/tokens/{created['id']}", headers=session["headers"])
        found = await rows.fetch(
            "select event, detail from audit_log where session_id = $1 order by id", uuid.UUID(created["id"])
        )
        assert [tuple(row) for row in found] == [("token_created", "todos:read todos:write"), ("token_ended", "")]
