from typing import Any

import asyncpg
import pytest

from auth_service.errors import ReauthenticationRequired
from auth_service.service import reauthentication

from .conftest import NEW_PASSWORD, PASSWORD, Service


async def claims(service: Service, session: dict[str, Any]) -> Any:
    return await service.app.state.verifier.verify(session["access_token"])


class TestActivity:
    async def activity(self, service: Service, session: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        answer = await service.client.get("/api/auth/activity", params=query, headers=session["headers"])
        assert answer.status_code == 200
        return answer.json()

    async def test_is_the_users_own_newest_first(self, service: Service):
        await service.session()
        ann = await service.session()
        await service.login(ann["user"]["email"], NEW_PASSWORD)
        found = await self.activity(service, ann)
        assert [entry["event"] for entry in found] == ["login_failed", "login", "registered"]
        assert found[1].keys() == {"id", "at", "event", "session_id", "ip", "detail"}
        assert found[1]["session_id"] == (await claims(service, ann)).session_id

    async def test_comes_in_pages(self, service: Service):
        ann = await service.session()
        first = await self.activity(service, ann, limit=1)
        rest = await self.activity(service, ann, before=first[0]["id"])
        assert [entry["event"] for entry in first + rest] == ["login", "registered"]

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"before": 0}, {"before": 2**63}, {"before": "x"}])
    async def test_refuses_what_is_wrong(self, service: Service, query: dict[str, Any]):
        ann = await service.session()
        answer = await service.client.get("/api/auth/activity", params=query, headers=ann["headers"])
        assert answer.status_code == 422


class TestReauthentication:
    async def is_recent(self, service: Service, session: dict[str, Any]) -> bool:
        try:
            await reauthentication.require_recent(service.context.pool, await claims(service, session))
        except ReauthenticationRequired:
            return False
        return True

    async def test_is_needed_ten_minutes_after_the_login(self, service: Service, rows: asyncpg.Connection):
        ann = await service.session()
        assert await self.is_recent(service, ann)
        await rows.execute("update sessions set authenticated_at = now() - interval '10 minutes'")
        assert not await self.is_recent(service, ann)
        assert (await service.call("reauthenticate", ann, password=PASSWORD)).status_code == 204
        assert await self.is_recent(service, ann)

    async def test_is_not_done_by_a_refresh_and_counts_for_one_session(
        self, service: Service, rows: asyncpg.Connection
    ):
        here = await service.session()
        there = await service.session(here["user"]["email"])
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        await service.refresh(here["refresh_token"])
        assert not await self.is_recent(service, here)
        await service.call("reauthenticate", there, password=PASSWORD)
        assert (await self.is_recent(service, here), await self.is_recent(service, there)) == (False, True)

    async def test_the_next_token_says_when_it_was(self, service: Service, rows: asyncpg.Connection):
        ann = await service.session()
        await rows.execute("update sessions set authenticated_at = '2026-01-01T00:00:00Z'")
        token = (await service.refresh(ann["refresh_token"])).json()["access_token"]
        await service.call("reauthenticate", ann, password=PASSWORD)
        assert service.auth_time(token) == 1767225600

    async def test_failures_are_throttled_with_those_of_the_login(self, service: Service):
        ann = await service.session()
        answers = [await service.call("reauthenticate", ann, password=NEW_PASSWORD) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [403] * 5 + [429]
        assert (await service.login(ann["user"]["email"])).status_code == 429

    async def test_a_token_is_made_after_one(self, service: Service, rows: asyncpg.Connection):
        ann = await service.session()
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        body = {"name": "script", "scopes": ["todos:read"]}
        answer = await service.client.post("/api/tokens", json=body, headers=ann["headers"])
        assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")

    async def test_old_clients_notice_nothing(self, service: Service, rows: asyncpg.Connection):
        """Whoever gives the right password in the call itself needs no other proof."""
        ann = await service.session()
        await rows.execute("update sessions set authenticated_at = now() - interval '1 day'")
        change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert (await service.call("password", ann, **change)).status_code == 204
        gone = await service.client.request(
            "DELETE", "/api/users/me", json={"password": NEW_PASSWORD}, headers=ann["headers"]
        )
        assert gone.status_code == 204
