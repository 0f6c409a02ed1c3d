import asyncio
import base64
import secrets
import uuid

import asyncpg
import httpx

from auth_service.repository import revocations, sessions, users
from auth_service.settings import Settings
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Service, Start, running


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
        assert {"HttpOnly", "SameSite=Strict", "Path=/api/auth"} <= set(attributes)
        assert "Secure" not in attributes

    async def test_is_secure_on_https(self, service: Service):
        answer = await self._login(service, **{"X-Forwarded-Proto": "https"})
        assert "Secure" in answer.headers["set-cookie"].split("; ")

    async def test_has_a_name_on_https_that_only_https_can_set(self, service: Service):
        https = {"X-Forwarded-Proto": "https"}
        answer = await self._login(service, **https)
        assert answer.headers["set-cookie"].startswith("__Secure-refresh_token=")
        sent = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
        service.client.cookies.clear()
        assert (await service.client.post("/api/auth/refresh", headers=sent)).status_code == 401
        service.client.cookies.clear()
        assert (await service.client.post("/api/auth/refresh", headers=https | sent)).status_code == 200

    async def test_of_the_old_name_is_replaced_on_https(self, service: Service):
        old = (await service.session())["refresh_token"]
        headers = {"X-Forwarded-Proto": "https", "Cookie": f"refresh_token={old}"}
        answer = await service.client.post("/api/auth/refresh", headers=headers)
        new, gone = answer.headers.get_list("set-cookie")
        assert new.startswith("__Secure-refresh_token=A")
        assert gone.startswith('refresh_token="";')
        assert "Max-Age=0" in gone

    async def test_of_the_old_name_does_not_count_beside_the_new_one(self, service: Service):
        mine, planted = await service.session(), await service.session()
        cookies = f"refresh_token={planted['refresh_token']}; __Secure-refresh_token={mine['refresh_token']}"
        headers = {"X-Forwarded-Proto": "https", "Cookie": cookies}
        answer = await service.client.post("/api/auth/refresh", headers=headers)
        assert answer.json()["user"]["id"] == mine["user"]["id"]

    async def test_goes_under_both_names_on_https(self, service: Service):
        session = await service.session()
        headers = session["headers"] | {"X-Forwarded-Proto": "https"}
        answer = await service.client.post("/api/auth/logout", headers=headers)
        gone = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
        assert gone == ["__Secure-refresh_token", "refresh_token"]

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


class TestLimit:
    async def test_the_oldest_session_ends_for_a_new_one(self, settings: Settings):
        async with running(settings.model_copy(update={"sessions_per_user": 3})) as service:
            email, stranger = (await service.register())["email"], await service.session()
            begun = [await service.session(email) for _ in range(5)]
            assert [await service.me(one["headers"]) for one in begun] == [401, 401, 200, 200, 200]
            refreshed = [(await service.refresh(one["refresh_token"])).status_code for one in begun]
            assert refreshed == [401, 401, 200, 200, 200]
            assert await service.me(stranger["headers"]) == 200

    async def test_there_are_a_hundred(self, service: Service, rows: asyncpg.Connection):
        here = await service.session()
        add = "insert into sessions (user_id, user_agent, ip) select $1, '', '' from generate_series(1, 99)"
        await rows.execute(add, uuid.UUID(here["user"]["id"]))
        assert await service.me(here["headers"]) == 200
        await service.session(here["user"]["email"])
        assert await service.me(here["headers"]) == 401
        assert await rows.fetchval("select count(*) from sessions") == 100


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

    async def test_everywhere_is_one_revocation_however_many_sessions_there_are(
        self, start: Start, rows: asyncpg.Connection
    ):
        first, second = await start(), await start()
        here = await first.session()
        user_id, email = uuid.UUID(here["user"]["id"]), here["user"]["email"]
        await rows.execute(
            "insert into sessions (user_id, user_agent, ip) select $1, '', '' from generate_series(1, 20000)", user_id
        )
        assert (await first.client.post("/api/auth/logout-all", headers=here["headers"])).status_code == 204
        await wait_until(lambda: _refused(second, here), 1)
        assert await rows.fetchval("select count(*) from sessions") == 0
        assert await rows.fetchval("select count(*) from revocations") == 0
        again = await first.session(email)
        assert await second.me(again["headers"]) == 200

    async def test_everywhere_then_a_log_in_in_the_same_second_works(self, start: Start):
        first, second = await start(), await start()
        here = await first.session()
        for _ in range(20):
            await first.client.post("/api/auth/logout-all", headers=here["headers"])
            before, here = here, await first.session(here["user"]["email"])
            assert await first.me(here["headers"]) == await second.me(here["headers"]) == 200
            await wait_until(lambda session=before: _refused(second, session), 1)

    async def test_everywhere_ends_a_session_that_is_beginning(self, service: Service, rows: asyncpg.Connection):
        here = await service.session()
        user = await service.context_user(here["user"]["email"])
        async with service.context.pool.acquire() as connection:
            async with connection.transaction():
                opened = await sessions.insert(connection, user.id, user.password_hash, "", "")
                call = service.client.post("/api/auth/logout-all", headers=here["headers"])
                leaving = asyncio.create_task(call)
                await wait_until(lambda: _waiting(rows))
            assert (await leaving).status_code == 204
        assert opened
        assert await rows.fetchval("select count(*) from sessions") == 0
        assert str(opened.id) < str(await rows.fetchval("select before from user_revocations"))

    async def test_everywhere_leaves_a_session_that_waited_for_it(self, service: Service, rows: asyncpg.Connection):
        email = (await service.register())["email"]
        user = await service.context_user(email)
        async with service.context.pool.acquire() as connection, connection.transaction():
            await users.lock(connection, user.id)
            beginning = asyncio.create_task(service.session(email))
            await wait_until(lambda: _waiting(rows))
            gone = await revocations.insert_all(connection, user.id)
        service.context.revocations.revoke(gone)
        assert await service.me((await beginning)["headers"]) == 200

    async def test_everywhere_without_a_bus_is_published_when_it_is_back(self, start: Start, nats: NatsServer):
        first, second = await start(), await start()
        here = await first.session()
        assert await second.me(here["headers"]) == 200
        nats.stop()
        await wait_until(lambda: not first.context.bus.connected)
        assert (await first.client.post("/api/auth/logout-all", headers=here["headers"])).status_code == 204
        assert await first.me(here["headers"]) == 401
        await nats.start()
        await wait_until(lambda: _refused(second, here))

    async def test_an_earlier_one_that_is_stored_late_is_followed_by_the_later_one(self, service: Service):
        user = await service.context_user((await service.register())["email"])
        published = "select published from user_revocations"
        async with service.context.pool.acquire() as connection, connection.transaction():  # which the relay cannot see
            earlier = await revocations.insert_all(connection, user.id)
            later = await revocations.insert_all(connection, user.id)
            await revocations.published(connection, [later])
            assert await connection.fetchval(published)
            await revocations.published(connection, [earlier])
            assert not await connection.fetchval(published)

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


async def _waiting(rows: asyncpg.Connection) -> bool:
    query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return await rows.fetchval(query) > 0


async def _refused(service: Service, session: dict[str, dict[str, str]]) -> bool:
    return await service.me(session["headers"]) == 401
