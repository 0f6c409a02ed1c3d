import asyncio
import uuid
from typing import Any

import asyncpg
import pytest

from auth_service.domain import ERASING_SERVICES
from auth_service.service import mailing
from service_common.mail import folder
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Command, Service, Start

VERIFY, TAKEN = "Verify your address", "You have a Todobus account"
REQUIRED = {"verify_email": "required"}


@pytest.fixture
async def admin(service: Service, rows: asyncpg.Connection) -> dict[str, Any]:
    session = await service.session()
    await rows.execute("update users set administrator = true")
    return session


async def call(service: Service, session: dict[str, Any], method: str, path: str, **options: Any) -> Any:
    return await service.client.request(method, f"/api/admin/{path}", headers=session["headers"], **options)


def registration(email: str, **fields: Any) -> dict[str, Any]:
    return {"email": email, "password": PASSWORD} | fields


class TestAdministrators:
    async def test_see_accounts_newest_first(self, service: Service, admin: dict[str, Any]):
        ben = await service.register(display_name="Ben the Baker")
        found = (await call(service, admin, "GET", "users")).json()
        assert [one["id"] for one in found] == [ben["id"], admin["user"]["id"]]
        assert (found[1]["administrator"], found[0]["last_used_at"]) == (True, None)
        for text in ("the BAKER", ben["email"][:20]):
            assert [one["id"] for one in (await call(service, admin, "GET", "users", params={"q": text})).json()] == [
                ben["id"]
            ]

    async def test_read_page_by_page(self, service: Service, admin: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("auth_service.endpoints.administration.PAGE", 1)
        await service.register()
        seen, cursor = [], ""
        for _ in range(3):
            answer = await call(service, admin, "GET", "users", params={"cursor": cursor})
            seen += [one["id"] for one in answer.json()]
            cursor = answer.headers.get("x-next-cursor", "")
        assert len(set(seen)) == 2

    async def test_disable_and_enable(self, service: Service, admin: dict[str, Any]):
        ben = await service.session()
        path = f"users/{ben['user']['id']}"
        assert (await call(service, admin, "POST", f"{path}/disable")).status_code == 204
        assert (await service.me(ben["headers"]), (await service.refresh(ben["refresh_token"])).status_code) == (
            401,
            401,
        )
        refused = await service.login(ben["user"]["email"])
        assert (refused.status_code, refused.json()["code"]) == (403, "account_disabled")
        assert (await service.login(ben["user"]["email"], "wrong horse battery")).json()[
            "code"
        ] == "invalid_credentials"
        form = {"username": ben["user"]["email"], "password": PASSWORD}
        assert (await service.client.post("/api/auth/token", data=form)).status_code == 403
        assert (await call(service, admin, "POST", f"{path}/enable")).status_code == 204
        assert (await service.login(ben["user"]["email"])).status_code == 200

    async def test_a_disabled_user_gets_no_link_and_cannot_use_an_old_one(
        self, service: Service, admin: dict[str, Any]
    ):
        ben = await service.register()
        await service.mailed(ben["email"], VERIFY)
        await service.call("forgot-password", email=ben["email"])
        token = await service.token(ben["email"], "Set a new password")
        await call(service, admin, "POST", f"users/{ben['id']}/disable")
        await service.call("forgot-password", email=ben["email"])
        answer = await service.call("reset-password", token=token, new_password="another long password")
        assert answer.json()["code"] == "invalid_token"
        await wait_until(lambda: _all_are_sent(service))
        written = [path.read_text() for path in folder.newest_first(service.context.settings.mail_folder)]
        assert [text for text in written if f"To: {ben['email']}" in text] == []

    async def test_promote_and_demote(self, service: Service, admin: dict[str, Any]):
        ben = await service.session()
        for action, status in (("promote", 200), ("demote", 403)):
            assert (await call(service, admin, "POST", f"users/{ben['user']['id']}/{action}")).status_code == 204
            assert (await call(service, ben, "GET", "users")).status_code == status

    async def test_end_sessions(self, service: Service, admin: dict[str, Any]):
        ben = await service.session()
        assert (await call(service, admin, "POST", f"users/{ben['user']['id']}/end-sessions")).status_code == 204
        assert await service.me(ben["headers"]) == 401
        assert (await service.login(ben["user"]["email"])).status_code == 200

    async def test_hand_over_a_link(self, service: Service, admin: dict[str, Any]):
        ben = await service.register()
        link = (await call(service, admin, "POST", f"users/{ben['id']}/reset-link")).json()["link"]
        assert link.startswith("https://todo.example/reset-password#token=")
        token = link.partition("=")[2]
        answer = await service.call("reset-password", token=token, new_password="another long password")
        assert answer.status_code == 204

    async def test_delete(self, service: Service, admin: dict[str, Any], rows: asyncpg.Connection):
        ben = await service.session()
        assert (await call(service, admin, "DELETE", f"users/{ben['user']['id']}")).status_code == 204
        assert await service.me(ben["headers"]) == 401
        assert await rows.fetchval("select count(*) from users") == 1
        assert await rows.fetchval("select count(*) from erasures") == len(ERASING_SERVICES)

    async def test_what_takes_an_account_over_needs_a_recent_proof(
        self, service: Service, admin: dict[str, Any], rows: asyncpg.Connection
    ):
        ben = await service.register()
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        path = f"users/{ben['id']}"
        for method, called in (("POST", f"{path}/reset-link"), ("POST", f"{path}/promote"), ("DELETE", path)):
            answer = await call(service, admin, method, called)
            assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")

    async def test_are_in_the_log_of_whom_it_concerns(self, service: Service, admin: dict[str, Any]):
        ben = await service.session()
        await call(service, admin, "POST", f"users/{ben['user']['id']}/disable")
        await call(service, admin, "POST", f"users/{ben['user']['id']}/enable")
        again = await service.session(ben["user"]["email"])
        activity = (await service.client.get("/api/auth/activity", headers=again["headers"])).json()
        assert [one["event"] for one in activity][1:3] == ["enabled", "disabled"]
        assert activity[1]["detail"].startswith("by account ")

    @pytest.mark.parametrize("path", ["disable", "enable", "demote", "end-sessions"])
    async def test_leave_their_own_account_alone(self, service: Service, admin: dict[str, Any], path: str):
        answer = await call(service, admin, "POST", f"users/{admin['user']['id']}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")

    async def test_an_unknown_user_is_not_found(self, service: Service, admin: dict[str, Any]):
        for identity in ("x", str(uuid.uuid4())):
            for method, path in (("POST", "/disable"), ("POST", "/reset-link"), ("DELETE", "")):
                assert (await call(service, admin, method, f"users/{identity}{path}")).status_code == 404
        assert (await call(service, admin, "DELETE", f"invitations/{uuid.uuid4()}")).status_code == 404

    async def test_nobody_else_gets_anything(self, service: Service, admin: dict[str, Any], rows: asyncpg.Connection):
        ben = await service.session()
        await rows.execute("update users set administrator = false")  # demoted, with a token from before
        target = ben["user"]["id"]
        calls = [
            ("GET", "users"),
            ("DELETE", f"users/{target}"),
            ("GET", "invitations"),
            ("DELETE", f"invitations/{target}"),
        ]
        names = ("disable", "enable", "promote", "demote", "end-sessions", "reset-link")
        calls += [("POST", f"users/{target}/{name}") for name in names]
        for session in (admin, ben):
            for method, path in calls:
                answer = await call(service, session, method, path)
                assert (answer.status_code, answer.json()["code"]) == (403, "administrator_required")
            answer = await call(service, session, "POST", "invitations", json={})
            assert answer.json()["code"] == "administrator_required"


async def _all_are_sent(service: Service) -> bool:
    await mailing.deliver(service.context)
    return await service.context.pool.fetchval("select count(*) from mails") == 0


class TestInvitations:
    async def invite(self, service: Service, admin: dict[str, Any], **body: Any) -> str:
        answer = await call(service, admin, "POST", "invitations", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["link"].partition("#invitation=")[2]

    async def test_are_needed_and_used_up(self, start: Start, rows: asyncpg.Connection):
        service = await start()
        admin = await service.session()
        await rows.execute("update users set administrator = true")
        private = await start(update={"registration": "invite"})
        assert (await private.client.get("/api/auth/registration")).json()["registration"] == "invite"
        without = await private.call("register", **registration("a@example.com"))
        assert (without.status_code, without.json()["code"]) == (403, "invitation_required")
        token = await self.invite(service, admin)
        tries = await asyncio.gather(
            *(private.call("register", **registration(f"{n}@example.com", invitation=token)) for n in range(2))
        )
        assert sorted(answer.status_code for answer in tries) == [201, 400]
        assert await rows.fetchval("select count(*) from users") == 2

    async def test_for_an_address_are_mailed_and_work_for_it_only(self, service: Service, admin: dict[str, Any]):
        token = await self.invite(service, admin, email="ben@example.com")
        mail = await service.mailed("ben@example.com", "You are invited")
        assert f"https://todo.example/register#invitation={token}" in mail.get_body(("plain",)).get_content()
        other = await service.call("register", **registration("eve@example.com", invitation=token))
        assert other.json()["code"] == "invalid_invitation"
        assert (await service.call("register", **registration("Ben@example.com", invitation=token))).status_code == 201

    async def test_are_listed_without_their_secret_and_withdrawn(self, service: Service, admin: dict[str, Any]):
        token = await self.invite(service, admin, days=1)
        [one] = (await call(service, admin, "GET", "invitations")).json()
        assert one.keys() == {"id", "email", "created_at", "expires_at"}
        assert (await call(service, admin, "DELETE", f"invitations/{one['id']}")).status_code == 204
        answer = await service.call("register", **registration("a@example.com", invitation=token))
        assert answer.json()["code"] == "invalid_invitation"

    async def test_expire(self, service: Service, admin: dict[str, Any], rows: asyncpg.Connection):
        token = await self.invite(service, admin)
        await rows.execute("update invitations set expires_at = now()")
        answer = await service.call("register", **registration("a@example.com", invitation=token))
        assert answer.json()["code"] == "invalid_invitation"

    async def test_of_a_refused_registration_can_be_used_again(self, service: Service, admin: dict[str, Any]):
        token = await self.invite(service, admin)
        taken = await service.call("register", **registration(admin["user"]["email"], invitation=token))
        assert taken.status_code == 409
        assert (await service.call("register", **registration("a@example.com", invitation=token))).status_code == 201


class TestRegistration:
    async def test_can_be_closed(self, start: Start):
        service = await start(update={"registration": "closed"})
        answer = await service.call("register", **registration("a@example.com"))
        assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")

    async def test_does_not_tell_whether_the_address_is_taken(self, start: Start):
        service = await start(update=REQUIRED)
        email = (await self.verified(service))["email"]
        answers = [await service.call("register", **registration(one)) for one in (email, "new@example.com")]
        assert (
            len(
                {
                    (a.status_code, a.content, repr(sorted(h for h in a.headers.items() if h[0] != "x-request-id")))
                    for a in answers
                }
            )
            == 1
        )
        assert answers[0].status_code == 202
        assert await service.mailed(email, TAKEN)
        assert await service.mailed("new@example.com", VERIFY)
        assert (await service.login(email)).status_code == 200

    async def verified(self, service: Service) -> dict[str, Any]:
        email = f"{uuid.uuid4().hex}@example.com"
        assert (await service.call("register", **registration(email, display_name="Ann"))).status_code == 202
        token = await service.token(email, VERIFY)
        assert (await service.call("verify-email", token=token)).status_code == 204
        return {"email": email}

    async def test_works_once_the_address_is_verified(self, start: Start):
        service = await start(update=REQUIRED)
        await service.call("register", **registration("ann@example.com"))
        token = await service.token("ann@example.com", VERIFY)
        form = {"username": "ann@example.com", "password": PASSWORD}
        for refused in (
            await service.login("ann@example.com"),
            await service.client.post("/api/auth/token", data=form),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
        wrong = await service.login("ann@example.com", "wrong horse battery")
        assert wrong.json()["code"] == "invalid_credentials"
        again = await service.token("ann@example.com", VERIFY)  # sent by the log-in
        assert (await service.call("verify-email", token=token)).status_code == 400
        assert (await service.call("verify-email", token=again)).status_code == 204
        assert (await service.login("ann@example.com")).status_code == 200


class TestCommands:
    async def test_manage_accounts(self, service: Service, command: Command):
        ann = await service.session()
        email = ann["user"]["email"]

        assert await command("users", "promote", email) == f"{email}: promoted\n"
        assert (await call(service, ann, "GET", "users")).status_code == 200
        assert "administrator" in await command("users", "list", email)
        await command("users", "disable", email)
        assert await wait_until(lambda: _is_out(service, ann))  # by the relay
        assert (await service.login(email)).status_code == 403
        await command("users", "enable", email)
        token = (await command("users", "reset-link", email)).strip().partition("#token=")[2]
        reset = await service.call("reset-password", token=token, new_password="another long password")
        assert reset.status_code == 204
        token = (await command("users", "invite")).strip().partition("#invitation=")[2]
        assert (await service.call("register", **registration("b@example.com", invitation=token))).status_code == 201
        await command("users", "delete", email)
        assert email not in await command("users", "list")

    async def test_say_what_is_wrong(self, command: Command):
        with pytest.raises(SystemExit, match=r"no account of x@example\.com"):
            await command("users", "disable", "x@example.com")
        with pytest.raises(SystemExit, match="needs the address"):
            await command("users", "disable")


async def _is_out(service: Service, session: dict[str, Any]) -> bool:
    return await service.me(session["headers"]) == 401
