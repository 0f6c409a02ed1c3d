import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any

import asyncpg
import orjson
import pytest
from nats.aio.client import Client as NatsClient
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

from auth_service.domain import ERASING_SERVICES
from auth_service.repository import sessions, users
from service_common import user_events
from service_common.mail import folder
from service_common.relay import Timing
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until
from todobus_events.models import UserDeletedEvent, UserEvent

from .conftest import NEW_PASSWORD, PASSWORD, Service, Start

REJECTED: list[tuple[dict[str, Any], str]] = [
    ({"display_name": "  "}, "/display_name"),
    ({"display_name": None}, "/display_name"),
    ({"time_zone": "Europe/Atlantis"}, "/time_zone"),
    ({"week_start": "friday"}, "/week_start"),
    ({"day_start_hour": 24}, "/day_start_hour"),
    ({"day_start_hour": "4"}, "/day_start_hour"),
    ({"day_start_hour": True}, "/day_start_hour"),
    ({"daily_goal": -1}, "/daily_goal"),
    ({"daily_goal": 1001}, "/daily_goal"),
    ({"daily_goal": 2.5}, "/daily_goal"),
    ({"is_admin": True}, "/is_admin"),
]


async def events(client: NatsClient) -> list[dict[str, Any]]:
    """All user events on the bus, oldest first."""
    stream = client.jetstream()
    info = (await stream.stream_info("USERS")).state
    found = []
    for number in range(max(info.first_seq, 1), info.last_seq + 1):  # 0: there was none yet
        try:
            found.append(orjson.loads((await stream.get_msg("USERS", number)).data))
        except Exception as error:  # noqa: BLE001
            assert "no message found" in str(error)  # noqa: PT017 - a purged one
    return found


async def verbs(client: NatsClient) -> list[str]:
    return [event["type"].split(".")[1] for event in await events(client)]


class TestProfile:
    async def patch(self, service: Service, session: dict[str, Any], **changes: Any) -> Any:
        return await service.client.patch("/api/users/me", json=changes, headers=session["headers"])

    async def test_changes_what_is_given(self, service: Service):
        session = await service.session()
        changes = {"display_name": "Ann", "time_zone": "Asia/Kathmandu", "week_start": "sunday"}
        changes |= {"day_start_hour": 4, "daily_goal": 0}
        answer = await self.patch(service, session, **changes)
        assert answer.json() == session["user"] | changes
        assert (await service.client.get("/api/users/me", headers=session["headers"])).json() == answer.json()

    async def test_takes_back_what_it_gave_and_ignores_what_is_read_only(self, service: Service):
        session = await service.session()
        answer = await self.patch(service, session, **session["user"] | {"email": "x", "id": "y", "daily_goal": 9})
        assert answer.json() == session["user"] | {"daily_goal": 9}

    async def test_refuses_what_is_wrong_and_says_where(self, service: Service):
        session = await service.session()
        for changes, pointer in REJECTED:
            answer = await self.patch(service, session, **changes)
            assert answer.status_code == 422, changes
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

    async def test_tells_the_bus_what_changed_and_nothing_when_nothing_did(self, service: Service, nats: NatsServer):
        session = await service.session()
        await self.patch(service, session, daily_goal=5)
        await self.patch(service, session, daily_goal=7, week_start="monday")
        await self.patch(service, session)
        client = await nats.connect()
        await wait_until(lambda: _seen(client, ["registered", "updated"]))
        data = (await events(client))[1]["data"]
        assert (data["sequence"], data["changed"], data["previous"]) == (2, ["daily_goal"], {"daily_goal": 5})
        assert data["user"] == session["user"] | {"daily_goal": 7, "email_verified": False}

    async def test_the_next_token_carries_the_zone(self, service: Service):
        session = await service.session()
        await self.patch(service, session, time_zone="Pacific/Chatham")
        token = (await service.refresh(session["refresh_token"])).json()["access_token"]
        claims = await service.app.state.verifier.verify(token)
        assert claims.time_zone == "Pacific/Chatham"


async def _seen(client: NatsClient, expected: list[str]) -> bool:
    return await verbs(client) == expected


class TestPassword:
    async def change(self, service: Service, session: dict[str, Any], current: str, new: str) -> Any:
        body = {"current_password": current, "new_password": new}
        return await service.client.post("/api/auth/password", json=body, headers=session["headers"])

    async def test_ends_the_other_sessions(self, service: Service):
        here = await service.session()
        there = await service.session(here["user"]["email"])
        answer = await self.change(service, here, PASSWORD, NEW_PASSWORD)
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await service.me(here["headers"]), await service.me(there["headers"])) == (200, 401)
        assert (await service.refresh(there["refresh_token"])).status_code == 401
        assert (await service.refresh(here["refresh_token"])).status_code == 200
        assert (await service.login(here["user"]["email"], PASSWORD)).status_code == 401
        assert (await service.login(here["user"]["email"], NEW_PASSWORD)).status_code == 200

    async def test_needs_the_current_one(self, service: Service):
        here = await service.session()
        answer = await self.change(service, here, NEW_PASSWORD, NEW_PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")

    async def test_refuses_a_bad_new_one(self, service: Service):
        here = await service.session()
        answer = await self.change(service, here, PASSWORD, "short")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/new_password")

    async def test_refuses_the_current_one_as_the_new_one(self, service: Service):
        here = await service.session()
        answer = await self.change(service, here, PASSWORD, PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_unchanged")
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/new_password"]

    async def test_refuses_the_address(self, service: Service):
        here = await service.session()
        for new in (here["user"]["email"].upper(), here["user"]["email"].partition("@")[0]):
            answer = await self.change(service, here, PASSWORD, new)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
            assert answer.json()["errors"] == [{"pointer": "/new_password", "detail": "is your e-mail address"}]

    async def test_is_changed_a_few_times_an_hour(self, service: Service, rows: asyncpg.Connection):
        here, other = await service.session(), await service.session()
        for _ in range(service.context.settings.password_changes_per_hour):
            assert (await self.change(service, here, PASSWORD, PASSWORD)).status_code == 422
        answer = await self.change(service, here, PASSWORD, NEW_PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_password_changes")
        assert 240 <= int(answer.headers["retry-after"]) <= 360
        assert (await self.change(service, other, PASSWORD, NEW_PASSWORD)).status_code == 204
        await rows.execute("update allowances set used_until = used_until - interval '6 minutes'")
        assert (await self.change(service, here, PASSWORD, NEW_PASSWORD)).status_code == 204

    async def test_of_two_changes_at_once_one_wins(self, service: Service):
        here = await service.session()
        chosen = (NEW_PASSWORD, f"{PASSWORD}!")
        answers = await asyncio.gather(*(self.change(service, here, PASSWORD, new) for new in chosen))
        assert sorted(answer.status_code for answer in answers) == [204, 403]
        assert [answer.json()["code"] for answer in answers if answer.status_code == 403] == ["wrong_password"]
        logins = [await service.login(here["user"]["email"], new) for new in chosen]
        assert [login.status_code == 200 for login in logins] == [answer.status_code == 204 for answer in answers]


class TestRaces:
    """A log-in whose password was checked just before it changed, or just before the account went."""

    async def test_an_old_password_opens_no_session(self, service: Service, rows: asyncpg.Connection):
        user = await service.context_user((await service.register())["email"])
        await rows.execute("update users set password_hash = 'changed'")
        async with service.context.pool.acquire() as connection:
            assert await sessions.insert(connection, user.id, user.password_hash, "", "") is None

    async def test_a_session_that_just_opened_ends_with_the_change(self, service: Service, rows: asyncpg.Connection):
        here = await service.session()
        user = await service.context_user(here["user"]["email"])
        async with service.context.pool.acquire() as connection:
            opening = connection.transaction()
            await opening.start()
            opened = await sessions.insert(connection, user.id, user.password_hash, "", "")
            body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
            change = service.client.post("/api/auth/password", json=body, headers=here["headers"])
            changing = asyncio.create_task(change)
            await wait_until(lambda: _waiting(rows))
            await opening.commit()
        assert (await changing).status_code == 204
        assert await rows.fetchval("select count(*) from sessions where id = $1", opened.id) == 0
        assert await rows.fetchval("select count(*) from revocations where session_id = $1", opened.id) == 1

    async def test_a_change_confirmed_before_another_one_is_refused(self, service: Service, rows: asyncpg.Connection):
        here = await service.session()
        headers = here["headers"]
        body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        for method, path, sent in (
            ("POST", "/api/auth/password", body),
            ("DELETE", "/api/users/me", {"password": PASSWORD}),
        ):
            async with rows.transaction():
                await rows.execute("select from users for update")
                changing = asyncio.create_task(service.client.request(method, path, json=sent, headers=headers))
                await wait_until(lambda: _waiting(rows))
                old = await rows.fetchval("select password_hash from users")
                await rows.execute("update users set password_hash = 'changed'")
            answer = await changing
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
            assert await rows.fetchval("select password_hash from users") == "changed"
            await rows.execute("update users set password_hash = $1", old)

    async def test_of_two_deletions_one_finds_no_account(self, service: Service, rows: asyncpg.Connection):
        here = await service.session()
        async with rows.transaction():
            await rows.execute("select from users for update")
            body = {"json": {"password": PASSWORD}, "headers": here["headers"]}
            deleting = asyncio.create_task(service.client.request("DELETE", "/api/users/me", **body))
            await wait_until(lambda: _waiting(rows))
            await rows.execute("delete from users")
        assert (await deleting).status_code == 401

    async def test_a_hash_renewed_late_brings_no_old_password_back(self, service: Service, rows: asyncpg.Connection):
        user = await service.context_user((await service.register())["email"])
        await rows.execute("update users set password_hash = 'changed'")
        await users.renew_hash(service.context.pool, user.id, user.password_hash, "renewed")
        assert await rows.fetchval("select password_hash from users") == "changed"


async def _waiting(rows: asyncpg.Connection) -> bool:
    query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return await rows.fetchval(query) > 0


class TestDeletion:
    async def delete(self, service: Service, session: dict[str, Any], password: str = PASSWORD) -> Any:
        body = {"password": password}
        return await service.client.request("DELETE", "/api/users/me", json=body, headers=session["headers"])

    async def confirm(self, nats: NatsServer, user_id: str, *services: str) -> None:
        for name in services:
            client = await nats.connect(name)
            await user_events.confirm(client, user_id, name)
            await client.flush()

    async def test_needs_the_password(self, service: Service):
        session = await service.session()
        answer = await self.delete(service, session, NEW_PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
        assert await service.me(session["headers"]) == 200

    async def test_ends_every_session_and_frees_the_address(self, service: Service):
        here = await service.session()
        there = await service.session(here["user"]["email"])
        assert (await self.delete(service, here)).status_code == 204
        assert (await service.me(here["headers"]), await service.me(there["headers"])) == (401, 401)
        assert (await service.login(here["user"]["email"])).status_code == 401
        assert (await service.register(email=here["user"]["email"]))["id"] != here["user"]["id"]

    async def test_leaves_no_row_no_mail_and_no_profile_once_all_services_have_confirmed(
        self, service: Service, nats: NatsServer, rows: asyncpg.Connection
    ):
        session = await service.session()
        await service.login(session["user"]["email"], "wrong password, once")
        await service.call("forgot-password", email=session["user"]["email"])
        await wait_until(lambda: len(folder.newest_first(service.context.settings.mail_folder)) == 2)
        await self.delete(service, session)
        client, user_id = await nats.connect(), session["user"]["id"]
        await wait_until(lambda: _seen(client, ["registered", "deleted"]))
        await self.confirm(nats, user_id, *ERASING_SERVICES)
        await wait_until(lambda: _confirmations(rows, [1, 1, 1]))
        await rows.execute("update erasures set next_at = now()")
        await wait_until(lambda: _seen(client, ["registered", "deleted", "deleted"]))
        await self.confirm(nats, user_id, *ERASING_SERVICES)
        await wait_until(lambda: _confirmations(rows, []))
        await wait_until(lambda: _outbox_is_empty(rows))
        assert await holding(rows, user_id, session["user"]["email"]) == []
        assert folder.newest_first(service.context.settings.mail_folder) == []
        assert await verbs(client) == ["deleted", "deleted"]

    async def test_asks_again_until_the_last_service_has_confirmed(
        self, service: Service, nats: NatsServer, rows: asyncpg.Connection
    ):
        session = await service.session()
        await self.delete(service, session)
        await self.confirm(nats, session["user"]["id"], "todos")
        await wait_until(lambda: _confirmations(rows, [0, 0, 1]))
        client = await nats.connect()
        for attempt in (1, 2, 3):
            await rows.execute("update erasures set next_at = now()")
            await wait_until(lambda attempt=attempt: _seen(client, ["registered"] + ["deleted"] * (attempt + 1)))
        pauses = await rows.fetch("select extract(epoch from next_at - now()) as s from erasures")
        assert all(15 < row["s"] <= 20 for row in pauses)
        ids = [event["id"] for event in await events(client)]
        assert len(set(ids)) == len(ids)

    async def test_its_events_are_those_of_the_contract(self, service: Service, nats: NatsServer):
        session = await service.session()
        await service.client.patch("/api/users/me", json={"daily_goal": 9}, headers=session["headers"])
        await self.delete(service, session)
        client = await nats.connect()
        await wait_until(lambda: _seen(client, ["registered", "updated", "deleted"]))
        registered, updated, deleted = await events(client)
        for event in (registered, updated):
            assert UserEvent.model_validate(event).data.sequence == event["sequence"]
        assert UserDeletedEvent.model_validate(deleted).data.user.id == uuid.UUID(session["user"]["id"])
        assert [event["sequence"] for event in (registered, updated, deleted)] == [1, 2, 3]
        assert session["user"]["email"] not in str(deleted)

    async def test_only_the_service_itself_can_confirm(
        self, service: Service, nats: NatsServer, rows: asyncpg.Connection
    ):
        session = await service.session()
        await self.delete(service, session)
        user_id, stats, denied = session["user"]["id"], None, []

        async def error(problem: Exception) -> None:
            denied.append(str(problem))

        stats = await nats.connect("stats", error_cb=error)
        await user_events.confirm(stats, user_id, "todos")
        await wait_until(lambda: denied)
        assert "permissions violation" in denied[0]
        assert await _confirmations(rows, [0, 0, 0])

    async def test_a_confirmation_for_an_unknown_user_changes_nothing(self, service: Service, nats: NatsServer):
        client = await nats.connect("todos")
        await user_events.confirm(client, uuid.uuid4(), "todos")
        await user_events.confirm(client, "nobody", "todos")
        await client.flush()
        assert await service.me((await service.session())["headers"]) == 200


async def _confirmations(rows: asyncpg.Connection, expected: list[int]) -> bool:
    found = await rows.fetch("select confirmations from erasures order by confirmations")
    return [row["confirmations"] for row in found] == expected


async def _outbox_is_empty(rows: asyncpg.Connection) -> bool:
    return await rows.fetchval("select count(*) from outbox") == 0


async def holding(rows: asyncpg.Connection, *needles: str) -> list[str]:
    """The tables with a row in which one of `needles` stands, whatever the column."""
    tables = await rows.fetch("select tablename from pg_tables where schemaname = 'public'")
    found = []
    for (name,) in tables:
        for needle in needles:
            query = f"select count(*) from {name} t where strpos(lower(t::text), lower($1)) > 0"  # noqa: S608
            if await rows.fetchval(query, needle):
                found.append(f"{name}: {needle}")
    return found


class TestHolding:
    async def test_finds_what_is_there(self, service: Service, rows: asyncpg.Connection):
        user = await service.register()
        assert f"users: {user['email']}" in await holding(rows, user["id"], user["email"])


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_the_profile_needs_a_token(service: Service, method: str):
    answer = await service.client.request(method, "/api/users/me", json={"password": PASSWORD})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="todos"')


class TestLostEvents:
    @pytest.mark.parametrize("loss", ["wiped", "purged"])
    async def test_a_stream_that_lost_profiles_is_told_all_of_them_again(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection, loss: str
    ):
        service = await start(relay_timing=Timing(check_seconds=0.5))
        users = [await service.register(time_zone=zone) for zone in ("Europe/Helsinki", "Asia/Tokyo")]
        await wait_until(lambda: _told(rows))
        if loss == "purged":
            await (await nats.connect()).jetstream().purge_stream("USERS")
        else:
            nats.stop()
            nats.wipe()
            await nats.start()
        expected = {user["id"]: user["time_zone"] for user in users}
        stream = (await nats.connect()).jetstream()

        async def all_again() -> bool:
            return await _zones(stream, users) == expected

        await wait_until(all_again)

    async def test_no_profile_is_missed_when_an_event_follows_a_purge(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection
    ):
        service = await start()
        users = [await service.register(time_zone="Asia/Tokyo")]
        await wait_until(lambda: _told(rows))
        stream = (await nats.connect()).jetstream()
        await stream.purge_stream("USERS")
        await service.register()
        await wait_until(lambda: _told(rows))
        assert await _zones(stream, users) == {users[0]["id"]: "Asia/Tokyo"}

    async def test_a_stream_that_lost_nothing_is_told_nothing_again(
        self, start: Start, nats: NatsServer, rows: asyncpg.Connection
    ):
        service = await start()
        await service.register()
        await wait_until(lambda: _told(rows))
        nats.stop()
        await nats.start()
        await service.register()
        await wait_until(lambda: _told(rows))
        stream = (await nats.connect()).jetstream()
        assert (await stream.stream_info("USERS")).state.messages == 2


async def _zones(stream: JetStreamContext, users: list[Any]) -> dict[str, str]:
    """The users whose profile was published again."""
    found = {}
    for user in users:
        with suppress(JetStreamError):
            message = await stream.get_last_msg("USERS", f"users.events.v1.{user['id']}.updated")
            found[user["id"]] = json.loads(message.data or b"")["data"]["user"]["time_zone"]
    return found


async def _told(rows: asyncpg.Connection) -> bool:
    return await rows.fetchval("select (select count(*) from outbox) = 0 and exists (select from stream_position)")
