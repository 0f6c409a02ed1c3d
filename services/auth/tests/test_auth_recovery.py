import asyncio
import uuid
from typing import Any

import asyncpg
import orjson
import pytest

from auth_service.domain import Client
from auth_service.service import mailing, recovery
from service_common.mail import folder
from service_testing.mail_server import mail_server
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until

from .conftest import NEW_PASSWORD, PASSWORD, Service, Start

RESET, VERIFY, CHANGE = "Set a new password", "Verify your address", "Verify your new address"
HERE = Client("127.0.0.1", "")
NOBODY = "nobody@example.com"


def unidentified(answer: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return answer.status_code, [h for h in answer.headers.raw if h[0] != b"x-request-id"], answer.content


async def forget(service: Service, email: str) -> str:
    assert (await service.call("forgot-password", email=email)).status_code == 202
    return await service.token(email, RESET)


async def reset(service: Service, token: str, password: str = NEW_PASSWORD) -> tuple[int, str]:
    answer = await service.call("reset-password", token=token, new_password=password)
    return answer.status_code, answer.json()["code"] if answer.content else ""


class TestForgottenPassword:
    async def test_is_set_by_a_link_and_ends_every_session(self, service: Service):
        here = await service.session()
        email = here["user"]["email"]
        await service.call("forgot-password", email=email.upper())
        assert await reset(service, await service.token(email, RESET)) == (204, "")
        assert (await service.me(here["headers"]), (await service.refresh(here["refresh_token"])).status_code) == (
            401,
            401,
        )
        assert (await service.login(email, PASSWORD)).status_code == 401
        assert (await service.login(email, NEW_PASSWORD)).status_code == 200
        assert await service.mailed(email, "Your Todobus password")

    async def test_the_answer_does_not_tell_whether_there_is_an_account(self, service: Service):
        email = (await service.register())["email"]
        answers = [await service.call("forgot-password", email=one) for one in (email, NOBODY, "x", "é@\u0000")]
        assert len({repr(unidentified(answer)) for answer in answers}) == 1

    async def test_a_token_works_once(self, service: Service):
        token = await forget(service, (await service.register())["email"])
        both = await asyncio.gather(reset(service, token), reset(service, token))
        assert sorted(both) == [(204, ""), (400, "invalid_token")]
        assert await reset(service, token) == (400, "invalid_token")

    async def test_only_the_newest_token_works(self, service: Service):
        email = (await service.register())["email"]
        first, second = await forget(service, email), await forget(service, email)
        assert await reset(service, first) == (400, "invalid_token")
        assert await reset(service, second) == (204, "")

    async def test_a_token_dies_after_an_hour(self, service: Service, rows: asyncpg.Connection):
        token = await forget(service, (await service.register())["email"])
        await rows.execute("update mail_tokens set expires_at = expires_at - interval '1 hour'")
        assert await reset(service, token) == (400, "invalid_token")

    async def test_a_refused_password_leaves_the_token(self, service: Service):
        email = (await service.register())["email"]
        token = await forget(service, email)
        assert await reset(service, token, email) == (422, "invalid_request")
        assert await reset(service, token, "short") == (422, "invalid_request")
        assert await reset(service, token) == (204, "")

    async def test_a_token_of_another_purpose_is_none(self, service: Service):
        email = (await service.register())["email"]
        assert await reset(service, await service.token(email, VERIFY)) == (400, "invalid_token")
        answer = await service.call("verify-email", token=await forget(service, email))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_token")

    async def test_a_token_is_of_no_use_once_the_address_has_changed(self, service: Service, rows: asyncpg.Connection):
        token = await forget(service, (await service.register())["email"])
        await rows.execute("update users set email = 'other@example.com', email_key = 'other@example.com'")
        assert await reset(service, token) == (400, "invalid_token")

    async def test_the_owner_is_not_locked_out_by_failures_before(self, service: Service):
        email = (await service.register())["email"]
        for _ in range(6):
            await service.login(email, "wrong horse battery")
        assert await reset(service, await forget(service, email)) == (204, "")
        assert (await service.login(email, NEW_PASSWORD)).status_code == 200

    async def test_links_begin_with_the_public_url_whatever_the_request_says(self, service: Service):
        email = (await service.register())["email"]
        headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
        await service.client.post("/api/auth/forgot-password", json={"email": email}, headers=headers)
        message = await service.mailed(email, RESET)
        assert "https://todo.example/reset-password#token=" in message.get_body(("plain",)).get_content()
        assert "evil" not in message.as_string()

    async def test_an_address_gets_five_mails_an_hour_and_the_answer_stays_the_same(self, service: Service):
        email = (await service.register())["email"]
        await service.mailed(email, VERIFY)
        answers = []
        for _ in range(7):
            answers.append(await service.call("forgot-password", email=email))
            await mailing.deliver(service.context)
        assert len({repr(unidentified(answer)) for answer in answers}) == 1
        assert await wait_until(lambda: len(folder.newest_first(service.context.settings.mail_folder)) == 5)

    async def test_a_network_is_throttled_an_ipv6_one_by_its_64(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(recovery, "MAILS_OF_NETWORK", 3)
        statuses = [
            (
                await service.client.post(
                    "/api/auth/forgot-password",
                    json={"email": f"{number}@example.com"},
                    headers={"X-Forwarded-For": f"2001:db8::{number}"},
                )
            ).status_code
            for number in range(1, 5)
        ]
        assert statuses == [202, 202, 202, 429]


class TestVerification:
    async def security(self, service: Service, session: dict[str, Any]) -> dict[str, Any]:
        return (await service.client.get("/api/auth/security", headers=session["headers"])).json()

    async def test_is_asked_for_at_registration_and_told_to_the_bus(self, service: Service, nats: NatsServer):
        session = await service.session()
        assert (await self.security(service, session))["email_verified"] is False
        token = await service.token(session["user"]["email"], VERIFY)
        assert (await service.call("verify-email", token=token)).status_code == 204
        assert (await self.security(service, session))["email_verified"] is True
        assert (await service.call("verify-email", token=token)).json()["code"] == "invalid_token"
        data = (await newest_event(nats, session["user"]["id"], 2))["data"]
        assert (data["changed"], data["previous"]) == (["email_verified"], {"email_verified": False})
        assert data["user"] == session["user"] | {"email_verified": True}

    async def test_is_sent_again_but_not_to_a_verified_address(self, service: Service):
        session = await service.session()
        email = session["user"]["email"]
        first = await service.token(email, VERIFY)
        assert (await service.call("verify-email/resend", session)).status_code == 202
        assert (await service.call("verify-email", token=await service.token(email, VERIFY))).status_code == 204
        assert (await service.call("verify-email", token=first)).status_code == 400
        assert (await service.call("verify-email/resend", session)).status_code == 202
        await mailing.deliver(service.context)
        assert folder.newest_first(service.context.settings.mail_folder) == []

    async def test_is_sent_a_few_times_an_hour(self, service: Service):
        session = await service.session()
        statuses = [(await service.call("verify-email/resend", session)).status_code for _ in range(6)]
        assert statuses == [202] * 5 + [429]

    async def test_setting_the_password_by_mail_verifies_too(self, service: Service):
        email = (await service.register())["email"]
        await reset(service, await forget(service, email))
        assert (await service.context_user(email)).email_verified


class TestChangeOfAddress:
    async def ask(self, service: Service, session: dict[str, Any], email: str, password: str = PASSWORD) -> Any:
        return await service.call("email", session, new_email=email, password=password)

    async def test_counts_once_the_new_address_is_verified_and_tells_the_old_one(
        self, service: Service, nats: NatsServer
    ):
        session = await service.session()
        old, new = session["user"]["email"], f"{uuid.uuid4().hex}@example.org"
        assert (await self.ask(service, session, new)).status_code == 202
        assert (await service.context_user(old)).email == old
        assert new in (await service.mailed(old, "The address of your")).get_body(("plain",)).get_content()
        assert (await service.call("verify-email", token=await service.token(new, CHANGE))).status_code == 204
        me = await service.client.get("/api/users/me", headers=session["headers"])
        assert me.json() == session["user"] | {"email": new}
        assert ((await service.login(old)).status_code, (await service.login(new)).status_code) == (401, 200)
        data = (await newest_event(nats, session["user"]["id"], 2))["data"]
        assert (data["changed"], data["previous"]["email"]) == (["email", "email_verified"], old)

    async def test_needs_the_password(self, service: Service):
        answer = await self.ask(service, await service.session(), "new@example.org", NEW_PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")

    async def test_to_the_same_address_is_refused(self, service: Service):
        session = await service.session()
        answer = await self.ask(service, session, session["user"]["email"])
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/new_email")

    async def test_does_not_tell_who_asks_that_the_address_has_an_account(self, service: Service):
        session, taken = await service.session(), (await service.register())["email"]
        free = await self.ask(service, session, "free@example.org")
        assert unidentified(await self.ask(service, session, taken)) == unidentified(free)
        assert await service.mailed(taken, "You have a Todobus account")

    async def test_of_two_who_want_an_address_one_gets_it(self, service: Service):
        sessions = [await service.session() for _ in range(2)]
        tokens = []
        for session in sessions:
            await self.ask(service, session, "wanted@example.org")
            tokens.append(await service.token("wanted@example.org", CHANGE))
        answers = await asyncio.gather(*(service.call("verify-email", token=token) for token in tokens))
        assert sorted(answer.status_code for answer in answers) == [204, 400]

    async def test_that_was_asked_for_ends_with_a_reset(self, service: Service):
        """A thief with a session cannot take the account away from its owner, who sets another password."""
        session = await service.session()
        await self.ask(service, session, "thief@example.org")
        token = await service.token("thief@example.org", CHANGE)
        await reset(service, await forget(service, session["user"]["email"]))
        assert (await service.call("verify-email", token=token)).status_code == 400


class TestDelivery:
    async def test_waits_for_a_dead_mail_server_and_nothing_else_does(
        self, start: Start, settings: Any, rows: asyncpg.Connection
    ):
        async with mail_server() as server:
            url = server.url
            server.answer = "451 busy"
            service = await start(smtp_url=url)
            email = (await service.register())["email"]
            assert (await service.call("forgot-password", email=email)).status_code == 202
            await wait_until(lambda: server.refused == 2)
            assert server.messages == []
            server.answer = "250 kept"
            await rows.execute("update mails set next_at = now()")
            await wait_until(lambda: len(server.to(email)) == 2)
            assert await wait_until(lambda: _nothing_left(rows))

    async def test_gives_up_after_a_day(self, start: Start, rows: asyncpg.Connection):
        async with mail_server() as server:
            server.answer = "451 busy"
            service = await start(smtp_url=server.url)
            await service.register()
            await rows.execute("update mails set created_at = now() - interval '25 hours', next_at = now()")
            await wait_until(lambda: _nothing_left(rows))

    async def test_drops_what_the_server_refuses(self, start: Start, rows: asyncpg.Connection):
        async with mail_server() as server:
            server.answer = "550 no such user"
            service = await start(smtp_url=server.url)
            await service.register()
            await wait_until(lambda: _nothing_left(rows))

    async def test_stores_one_of_a_kind_and_no_secret(self, service: Service, rows: asyncpg.Connection):
        email = (await service.register())["email"]
        token = await forget(service, email)
        for _ in range(3):
            await service.call("forgot-password", email="somebody@example.com")
        tables = await rows.fetch("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in tables:
            text = await rows.fetchval(f"select string_agg(t::text, ' ') from \"{table}\" t")  # noqa: S608
            assert token not in (text or "")
            assert "somebody" not in (text or "")

    async def test_of_a_deleted_account_none_is_left(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        await service.context.pool.execute("update mails set next_at = now() + interval '1 hour'")
        await service.call("forgot-password", email=session["user"]["email"])
        await service.context.pool.execute("update mails set next_at = now() + interval '1 hour'")
        await service.client.request("DELETE", "/api/users/me", json={"password": PASSWORD}, headers=session["headers"])
        assert await rows.fetchval("select count(*) from mails") == 0
        assert await rows.fetchval("select count(*) from mail_tokens") == 0


async def _nothing_left(rows: asyncpg.Connection) -> bool:
    return await rows.fetchval("select count(*) from mails") == 0


async def newest_event(nats: NatsServer, user_id: str, sequence: int) -> dict[str, Any]:
    """The user's event of this number."""
    stream = (await nats.connect()).jetstream()

    async def found() -> dict[str, Any] | None:
        info = (await stream.stream_info("USERS")).state
        for number in range(max(info.first_seq, 1), info.last_seq + 1):
            event = orjson.loads((await stream.get_msg("USERS", number)).data)
            if event["subject"] == user_id and event["sequence"] == sequence:
                return event
        return None

    return await wait_until(found)
