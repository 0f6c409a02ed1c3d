import asyncio
import base64
import secrets
import uuid

import asyncpg
import httpx

from service_testing.nats import NatsServer
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Service, Start


class TestRefresh:
    async def test_gives_new_tokens_for_the_same_session(self, service: Service):
        session = await service.session()
        answer = await service.refresh(session["refresh_token"])
        tokens = answer.json()
        assert tokens["refresh_token"] != session["refresh_token"]
        assert tokens["access_token"] != session["access_token"]
        assert answer.headers["cache-control"] == "no-store"
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        found = (await service.client.get("/api/auth/sessions", headers=headers)).json()
        assert [one["current"] for one in found] == [True]

    async def test_fifty_at_once_get_one_successor(self, service: Service):
        session = await service.session()
        answers = await asyncio.gather(*(service.refresh(session["refresh_token"]) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        successors = {answer.json()["refresh_token"] for answer in answers}
        assert len(successors) == 1
        assert (await service.refresh(successors.pop())).status_code == 200

    async def test_the_last_token_still_works_after_nine_seconds(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        successor = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await rows.execute("update sessions set rotated_at = rotated_at - interval '9 seconds'")
        again = await service.refresh(session["refresh_token"])
        assert again.json()["refresh_token"] == successor

    async def test_but_not_after_eleven_and_then_the_session_is_dead(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        successor = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await rows.execute("update sessions set rotated_at = rotated_at - interval '11 seconds'")
        again = await service.refresh(session["refresh_token"])
        assert (again.status_code, again.json()["code"]) == (401, "invalid_grant")
        assert (await service.refresh(successor)).status_code == 401
        assert await service.me(session["headers"]) == 401

    async def test_using_the_last_token_again_does_not_prolong_its_window(
        self, service: Service, rows: asyncpg.Connection
    ):
        session = await service.session()
        await service.refresh(session["refresh_token"])
        await rows.execute("update sessions set rotated_at = rotated_at - interval '6 seconds'")
        assert (await service.refresh(session["refresh_token"])).status_code == 200
        await rows.execute("update sessions set rotated_at = rotated_at - interval '6 seconds'")
        assert (await service.refresh(session["refresh_token"])).status_code == 401

    async def test_an_older_one_ends_the_session_at_once(self, service: Service):
        session = await service.session()
        second = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        third = (await service.refresh(second)).json()["refresh_token"]
        assert (await service.refresh(session["refresh_token"])).status_code == 401
        assert (await service.refresh(third)).status_code == 401

    async def test_reuse_ends_only_that_session(self, service: Service):
        session = await service.session()
        other = await service.session(session["user"]["email"])
        second = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await service.refresh(second)
        await service.refresh(session["refresh_token"])
        assert await service.me(other["headers"]) == 200
        assert (await service.refresh(other["refresh_token"])).status_code == 200

    async def test_garbage_ends_nothing(self, service: Service):
        session, foreign = await service.session(), await service.session()
        token = session["refresh_token"]
        raw = base64.urlsafe_b64decode(token + "==")
        garbage = [
            "", "x", "é", "." * 76, token[:-1], token[:40], token + "A", token + "=", token.swapcase(),
            secrets.token_urlsafe(57), session["access_token"],
            base64.urlsafe_b64encode(raw[:24] + b"\x09" + raw[25:]).rstrip(b"=").decode(),
            base64.urlsafe_b64encode(raw[:25] + secrets.token_bytes(32)).rstrip(b"=").decode(),
            base64.urlsafe_b64encode(raw[:1] + uuid.uuid4().bytes + raw[17:]).rstrip(b"=").decode(),
            token[:30] + foreign["refresh_token"][30:],
        ]  # fmt: skip
        for one in garbage:
            answer = await service.refresh(one)
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid_grant"), one
        assert (await service.refresh(token)).status_code == 200

    async def test_is_idle_for_a_week_at_most(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        await rows.execute("update sessions set last_used_at = now() - interval '6 days 23 hours'")
        token = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await rows.execute("update sessions set last_used_at = now() - interval '7 days 1 minute'")
        assert (await service.refresh(token)).json()["code"] == "invalid_grant"

    async def test_lives_thirty_days_at_most(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        await rows.execute("update sessions set created_at = now() - interval '30 days 1 minute'")
        assert (await service.refresh(session["refresh_token"])).json()["code"] == "invalid_grant"

    async def test_a_token_from_before_a_restored_backup_ends_nothing(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        later = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await rows.execute("update sessions set counter = 0")
        assert (await service.refresh(later)).status_code == 401
        assert (await service.refresh(session["refresh_token"])).status_code == 200


class TestCookie:
    async def _login(self, service: Service, **headers: str) -> httpx.Response:
        email = (await service.register())["email"]
        body = {"email": email, "password": PASSWORD, "refresh": "cookie"}
        return await service.client.post("/api/auth/login", json=body, headers=headers)

    async def test_carries_the_refresh_token_out_of_reach_of_scripts(self, service: Service):
        answer = await self._login(service)
        assert "refresh_token" not in answer.json()
        name, *attributes = answer.headers["set-cookie"].split("; ")
        assert name.startswith("refresh_token=")
        assert {"HttpOnly", "SameSite=strict", "Path=/api/auth"} <= set(attributes)
        assert "Secure" not in attributes

    async def test_is_secure_on_https(self, service: Service):
        answer = await self._login(service, **{"X-Forwarded-Proto": "https"})
        assert "Secure" in answer.headers["set-cookie"].split("; ")

    async def test_rotates_with_each_use(self, service: Service):
        await self._login(service)
        first = service.client.cookies["refresh_token"]
        answer = await service.client.post("/api/auth/refresh")
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()
        assert service.client.cookies["refresh_token"] != first

    async def test_is_taken_back_when_it_is_worth_nothing(self, service: Service, rows: asyncpg.Connection):
        await self._login(service)
        await rows.execute("delete from sessions")
        answer = await service.client.post("/api/auth/refresh")
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_grant")
        assert "refresh_token" not in service.client.cookies

    async def test_goes_with_the_logout(self, service: Service):
        answer = await self._login(service)
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        await service.client.post("/api/auth/logout", headers=headers)
        assert "refresh_token" not in service.client.cookies

    async def test_is_for_this_site_only(self, service: Service):
        await self._login(service)
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Origin": "http://todobus.test:8081"},
            {"Origin": "https://todobus.test"},
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
        ):
            answer = await service.client.post("/api/auth/refresh", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), headers
        body = {"email": "ann@example.com", "password": PASSWORD, "refresh": "cookie"}
        planted = await service.client.post("/api/auth/login", json=body, headers={"Sec-Fetch-Site": "cross-site"})
        assert planted.status_code == 403
        assert (await service.client.post("/api/auth/refresh")).status_code == 200

    async def test_this_site_is_what_the_gateway_was_asked_for(self, service: Service):
        await self._login(service)
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "todo.example", "Origin": "https://todo.example"}
        assert (await service.client.post("/api/auth/refresh", headers=headers)).status_code == 200

    async def test_a_token_in_the_body_needs_no_such_check(self, service: Service):
        session = await service.session()
        body = {"refresh_token": session["refresh_token"]}
        elsewhere = {"Origin": "https://elsewhere.example"}
        assert (await service.client.post("/api/auth/refresh", json=body, headers=elsewhere)).status_code == 200


class TestSessions:
    async def test_lists_where_the_user_is_logged_in(self, service: Service):
        email = (await service.register())["email"]
        there = {"User-Agent": "Phone\x07/1 " + "x" * 500, "X-Forwarded-For": "203.0.113.7"}
        await service.login(email, **there)
        here = await service.session(email)
        found = (await service.client.get("/api/auth/sessions", headers=here["headers"])).json()
        assert [one["current"] for one in found] == [True, False]
        assert found[1].keys() == {"id", "created_at", "last_used_at", "user_agent", "ip", "current"}
        assert found[1]["ip"] == "203.0.113.7"
        assert found[1]["user_agent"] == ("Phone/1 " + "x" * 500)[:256]
        assert found[1]["created_at"].endswith("Z")

    async def test_ends_one(self, service: Service):
        here = await service.session()
        there = await service.session(here["user"]["email"])
        found = (await service.client.get("/api/auth/sessions", headers=here["headers"])).json()
        other = next(one["id"] for one in found if not one["current"])
        answer = await service.client.delete(f"/api/auth/sessions/{other}", headers=here["headers"])
        assert (answer.status_code, answer.content) == (204, b"")
        assert await service.me(there["headers"]) == 401
        assert await service.me(here["headers"]) == 200

    async def test_another_users_session_is_not_found(self, service: Service):
        mine, theirs = await service.session(), await service.session()
        found = (await service.client.get("/api/auth/sessions", headers=theirs["headers"])).json()
        answers = [
            await service.client.delete(f"/api/auth/sessions/{name}", headers=mine["headers"])
            for name in (found[0]["id"], str(uuid.uuid4()), "nonsense")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({str(answer.json() | {"request_id": ""}) for answer in answers}) == 1
        assert await service.me(theirs["headers"]) == 200


class TestLogout:
    async def test_ends_this_session_and_no_other(self, service: Service):
        here = await service.session()
        there = await service.session(here["user"]["email"])
        answer = await service.client.post("/api/auth/logout", headers=here["headers"])
        assert (answer.status_code, answer.content) == (204, b"")
        assert await service.me(here["headers"]) == 401
        assert (await service.refresh(here["refresh_token"])).status_code == 401
        assert await service.me(there["headers"]) == 200
        assert (await service.refresh(there["refresh_token"])).status_code == 200

    async def test_everywhere_ends_all(self, service: Service):
        here, stranger = await service.session(), await service.session()
        there = await service.session(here["user"]["email"])
        assert (await service.client.post("/api/auth/logout-all", headers=here["headers"])).status_code == 204
        for ended in (here, there):
            assert await service.me(ended["headers"]) == 401
            assert (await service.refresh(ended["refresh_token"])).status_code == 401
        assert await service.me(stranger["headers"]) == 200
        assert await service.me((await service.session(here["user"]["email"]))["headers"]) == 200

    async def test_is_known_to_another_instance_when_answered(self, start: Start):
        first, second = await start(), await start()
        session = await first.session()
        await wait_until(lambda: second.context.revocations._synced)
        assert await second.me(session["headers"]) == 200
        await first.client.post("/api/auth/logout", headers=session["headers"])
        await wait_until(lambda: _refused(second, session), 1)

    async def test_without_a_bus_is_told_when_it_is_back(self, start: Start, nats: NatsServer):
        first, second = await start(), await start()
        session = await first.session()
        assert await second.me(session["headers"]) == 200
        nats.stop()
        await wait_until(lambda: not first.context.bus.connected)
        assert (await first.client.post("/api/auth/logout", headers=session["headers"])).status_code == 204
        assert await first.me(session["headers"]) == 401
        assert (await second.refresh(session["refresh_token"])).status_code == 401
        await nats.start()
        await wait_until(lambda: _refused(second, session))

    async def test_survives_a_bus_that_lost_everything(self, start: Start, nats: NatsServer, rows: asyncpg.Connection):
        first = await start()
        session = await first.session()
        await first.client.post("/api/auth/logout", headers=session["headers"])
        nats.stop()
        nats.wipe()
        await nats.start()
        second = await start()
        await wait_until(lambda: _refused(second, session))
        assert await rows.fetchval("select bool_and(published) from revocations")


async def _refused(service: Service, session: dict[str, dict[str, str]]) -> bool:
    return await service.me(session["headers"]) == 401
