import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pyotp
import pytest

from .conftest import NEW_PASSWORD, PASSWORD, Service


class Person:
    """Somebody with an authenticator."""

    def __init__(self, service: Service, session: dict[str, Any]) -> None:
        self.service, self.session = service, session
        self.email = session["user"]["email"]
        self.recovery_codes: list[str] = []

    async def enrol(self) -> None:
        self.made = (await self.service.call("totp", self.session)).json()
        self.totp = pyotp.TOTP(self.made["secret"])
        answer = await self.service.call("totp/confirm", self.session, code=self.code(0))
        assert answer.status_code == 200, answer.text
        self.recovery_codes = answer.json()["recovery_codes"]

    def code(self, steps: int = 1) -> str:
        """That of the next step, which is still right when a step ends before it arrives."""
        return self.totp.at(datetime.now(UTC) + timedelta(seconds=30 * steps))

    async def begin(self, password: str = PASSWORD) -> str:
        answer = await self.service.login(self.email, password)
        assert answer.status_code == 202, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json() == {
            "mfa_token": answer.json()["mfa_token"],
            "methods": ["totp", "recovery_code"],
            "expires_in": 300,
        }
        return str(answer.json()["mfa_token"])

    async def finish(self, token: str, code: str, **more: Any) -> Any:
        return await self.service.call("login/mfa", mfa_token=token, code=code, **more)


@pytest.fixture
async def ann(service: Service) -> Person:
    person = Person(service, await service.session())
    await person.enrol()
    return person


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


class TestEnrolment:
    async def test_gives_what_an_authenticator_takes(self, service: Service, ann: Person):
        assert pyotp.parse_uri(ann.made["uri"]).secret == ann.made["secret"]
        assert ann.made["qr_svg"].startswith("<svg")
        assert len(set(ann.recovery_codes)) == 10
        assert all(re.fullmatch(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in ann.recovery_codes)
        assert await service.mailed(ann.email, "A second factor protects")
        security = await service.client.get("/api/auth/security", headers=ann.session["headers"])
        assert security.json() | {"email_verified": True} == {
            "email_verified": True, "administrator": False, "password": True, "totp": True, "passkeys": 0,
            "recovery_codes_left": 10,
        }  # fmt: skip

    async def test_does_not_count_before_it_is_confirmed(self, service: Service):
        session = await service.session()
        assert (await service.call("totp", session)).status_code == 201
        assert outcome(await service.call("totp/confirm", session, code="000000x")) == (403, "wrong_code")
        assert (await service.login(session["user"]["email"])).status_code == 200

    async def test_is_confirmed_once(self, service: Service):
        person = Person(service, await service.session())
        made = (await service.call("totp", person.session)).json()
        person.totp = pyotp.TOTP(made["secret"])
        both = await asyncio.gather(
            *(service.call("totp/confirm", person.session, code=person.code()) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in both) == [200, 409]
        assert outcome(await service.call("totp", person.session)) == (409, "second_factor_on")

    async def test_needs_a_recent_proof(self, service: Service, ann: Person, rows: asyncpg.Connection):
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        for answer in (
            await service.call("totp", ann.session),
            await service.call("totp/confirm", ann.session, code="123456"),
            await service.client.delete("/api/auth/totp", headers=ann.session["headers"]),
        ):
            assert outcome(answer) == (403, "reauthentication_required")
        assert (await service.call("reauthenticate", ann.session, code=ann.code())).status_code == 204
        removed = await service.client.delete("/api/auth/totp", headers=ann.session["headers"])
        assert removed.status_code == 204
        assert (await service.login(ann.email)).status_code == 200
        assert await service.mailed(ann.email, "The second factor of")


class TestLogin:
    async def test_is_finished_by_a_code(self, ann: Person):
        answer = await ann.finish(await ann.begin(), ann.code())
        assert answer.json().keys() == {"access_token", "token_type", "expires_in", "refresh_token", "user"}

    async def test_may_end_in_a_cookie(self, ann: Person):
        answer = await ann.finish(await ann.begin(), ann.code(), refresh="cookie")
        assert "refresh_token" not in answer.json()
        assert answer.headers["set-cookie"].startswith("refresh_token=")

    async def test_a_time_step_is_accepted_once(self, ann: Person):
        tokens = [await ann.begin(), await ann.begin()]
        code = ann.code()
        both = await asyncio.gather(*(ann.finish(token, code) for token in tokens))
        assert sorted(answer.status_code for answer in both) == [200, 401]
        assert outcome(await ann.finish(await ann.begin(), code)) == (401, "invalid_code")

    async def test_a_recovery_code_works_once(self, ann: Person):
        code = ann.recovery_codes[0]
        assert (await ann.finish(await ann.begin(), code.upper().replace("-", " "))).status_code == 200
        assert outcome(await ann.finish(await ann.begin(), code)) == (401, "invalid_code")
        assert (await ann.finish(await ann.begin(), ann.recovery_codes[1])).status_code == 200

    async def test_ends_after_five_wrong_codes(self, ann: Person, rows: asyncpg.Connection):
        token = await ann.begin()
        for _ in range(5):
            assert outcome(await ann.finish(token, "wrong"))[0] == 401
            await rows.execute("update login_failures set failures = 0, blocked_until = now()")
        assert outcome(await ann.finish(token, ann.code())) == (401, "invalid_mfa_token")

    async def test_wrong_codes_are_counted_across_log_ins_and_networks(self, service: Service, ann: Person):
        tokens = [await ann.begin() for _ in range(4)]
        seen = []
        for number in range(8):
            body = {"mfa_token": tokens[number // 2], "code": "wrong"}
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            seen.append((await service.client.post("/api/auth/login/mfa", json=body, headers=headers)).status_code)
        assert seen[:5] == [401] * 5
        assert seen[5] == 429

    async def test_expires(self, ann: Person, rows: asyncpg.Connection):
        token = await ann.begin()
        await rows.execute("update pending_logins set expires_at = now()")
        assert outcome(await ann.finish(token, ann.code())) == (401, "invalid_mfa_token")

    async def test_is_finished_once(self, ann: Person):
        token = await ann.begin()
        both = await asyncio.gather(*(ann.finish(token, code) for code in ann.recovery_codes[:2]))
        assert sorted(answer.status_code for answer in both) == [200, 401]

    @pytest.mark.parametrize("token", ["", "x", "é\u0000"])
    async def test_an_unknown_one_is_over(self, ann: Person, token: str):
        assert outcome(await ann.finish(token, ann.code())) == (401, "invalid_mfa_token")


class TestThereIsNoWayAround:
    async def test_by_the_password_form(self, service: Service, ann: Person):
        form = {"username": ann.email, "password": PASSWORD}
        answer = await service.client.post("/api/auth/token", data=form)
        assert (answer.status_code, "access_token" in answer.json()) == (202, False)

    async def test_by_the_waiting_token(self, service: Service, ann: Person):
        token = await ann.begin()
        assert (await service.refresh(token)).status_code == 401
        assert await service.me({"Authorization": f"Bearer {token}"}) == 401

    async def test_by_a_new_password(self, service: Service, ann: Person):
        """A log-in that waits ends with the old password; the new one needs a code too."""
        before = await ann.begin()
        await service.call("forgot-password", email=ann.email)
        token = await service.token(ann.email, "Set a new password")
        assert (await service.call("reset-password", token=token, new_password=NEW_PASSWORD)).status_code == 204
        assert outcome(await ann.finish(before, ann.code())) == (401, "invalid_mfa_token")
        assert await ann.begin(NEW_PASSWORD)

    async def test_by_the_code_of_another(self, service: Service, ann: Person):
        ben = Person(service, await service.session())
        await ben.enrol()
        for code in (ben.code(), ben.recovery_codes[0]):
            assert outcome(await ann.finish(await ann.begin(), code)) == (401, "invalid_code")

    async def test_by_what_is_stored(self, ann: Person, rows: asyncpg.Connection):
        token = await ann.begin()
        secrets = [ann.made["secret"], token, *ann.recovery_codes]
        for table in ("totp", "recovery_codes", "pending_logins", "mails", "audit_log"):
            text = await rows.fetchval(f"select string_agg(t::text, ' ') from {table} t") or ""  # noqa: S608
            assert not [secret for secret in secrets if secret in text or secret.encode().hex() in text]
