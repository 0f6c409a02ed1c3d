import asyncio
import base64
import json
import statistics
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import asyncpg
import httpx
import orjson
import pytest
from argon2 import PasswordHasher

from auth_service import passwords
from auth_service.domain import Client
from auth_service.errors import Busy, InvalidCredentials, TooManyAttempts
from auth_service.passwords import PARAMETERS, QUEUE, QUEUE_OF_CALLER, Passwords, Share
from auth_service.service import sessions
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Service, Start

WRONG = "wrong horse battery"
CLIENT = Client("127.0.0.1", "")
PROLONG = "update login_failures set blocked_until = now() + interval '1 hour'"


@pytest.fixture
def hasher() -> PasswordHasher:
    return PARAMETERS


def without_identity(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], dict[str, object]]:
    """The answer but for the id that every request has of its own."""
    headers = [(name, value) for name, value in answer.headers.raw if name != b"x-request-id"]
    return answer.status_code, headers, answer.json() | {"request_id": ""}


class TestLogin:
    async def test_gives_tokens_exactly_as_promised(self, service: Service):
        user = await service.register(time_zone="Europe/Helsinki")
        answer = await service.login(user["email"].upper())
        tokens = answer.json()
        assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
        assert (tokens["token_type"], tokens["expires_in"], tokens["user"]) == ("Bearer", 300, user)
        assert answer.headers["cache-control"] == "no-store"
        head, payload, _ = (_decode(part) for part in tokens["access_token"].split("."))
        jwks = (await service.client.get("/.well-known/jwks.json")).json()
        assert head == {"alg": "EdDSA", "typ": "at+jwt", "kid": jwks["keys"][0]["kid"]}
        assert payload.keys() == {
            "iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time", "scope", "zoneinfo"
        }  # fmt: skip
        assert payload["exp"] - payload["iat"] == 300
        assert (payload["sub"], payload["zoneinfo"]) == (user["id"], "Europe/Helsinki")

    async def test_takes_the_form_of_the_documentation_page(self, service: Service):
        email = (await service.register())["email"]
        form = {"grant_type": "password", "username": email, "password": PASSWORD, "scope": ""}
        answer = await service.client.post("/api/auth/token", data=form)
        assert answer.json()["token_type"] == "Bearer"
        wrong = await service.client.post("/api/auth/token", data=form | {"password": WRONG})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")

    async def test_answers_alike_for_an_unknown_account_and_a_wrong_password(self, service: Service):
        email = (await service.register())["email"]
        known, unknown = await service.login(email, WRONG), await service.login("nobody@example.com", WRONG)
        assert without_identity(known) == without_identity(unknown)
        assert known.json()["code"] == "invalid_credentials"

    async def test_takes_json_and_the_form_a_form(self, service: Service):
        for path, kind in (("login", "application/x-www-form-urlencoded"), ("token", "application/json")):
            headers = {"content-type": kind}
            answer = await service.client.post(f"/api/auth/{path}", content=b"{}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        malformed = {"content": b'{"email":', "headers": {"content-type": "application/json; charset=utf-8"}}
        answer = await service.client.post("/api/auth/login", **malformed)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")

    @pytest.mark.parametrize("email", ["", "x", "a" * 4000, "a@b@c", "é@\u0000"])
    async def test_whatever_is_typed_as_an_address_is_unknown(self, service: Service, email: str):
        assert (await service.login(email, "")).json()["code"] == "invalid_credentials"

    async def test_hashes_again_when_the_parameters_have_changed(self, service: Service, rows: asyncpg.Connection):
        email = (await service.register())["email"]
        cheaper = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        await rows.execute("update users set password_hash = $1", cheaper.hash(PASSWORD))
        assert (await service.login(email)).status_code == 200
        assert "m=19456,t=2,p=1" in await rows.fetchval("select password_hash from users")
        assert (await service.login(email)).status_code == 200


def _decode(part: str) -> dict[str, object]:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=="))
    except ValueError:
        return {}


class TestTiming:
    async def test_an_unknown_account_costs_the_same_hash(self, service: Service):
        checked = []

        class Recording(PasswordHasher):
            def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's name
                checked.append(str(hash))
                return super().verify(hash, password)

        context = replace(service.context, passwords=Passwords(Recording(2, 19_456, 1)))
        for email in ((await service.register())["email"], "nobody@example.com"):
            with pytest.raises(InvalidCredentials):
                await sessions.login(context, email, WRONG, CLIENT)
        await context.passwords.stop()
        known, unknown = checked
        assert known.split("$")[:4] == unknown.split("$")[:4] == ["", "argon2id", "v=19", "m=19456,t=2,p=1"]

    @pytest.mark.slow  # it has the machine to itself
    async def test_does_not_reveal_which_accounts_exist(self, service: Service):
        """200 pairs in turn, each from an address of its own; the medians are compared."""
        email = (await service.register())["email"]
        known, unknown = [], []
        for number in range(200):
            address = {"X-Forwarded-For": f"198.51.100.{number}"}
            known.append(await self._seconds(service, email, address))
            unknown.append(await self._seconds(service, f"nobody{number}@example.com", address))
        ratio = statistics.median(known) / statistics.median(unknown)
        assert abs(ratio - 1) < 0.05

    async def _seconds(self, service: Service, email: str, headers: dict[str, str]) -> float:
        started = time.perf_counter()
        assert (await service.login(email, WRONG, **headers)).status_code == 401
        return time.perf_counter() - started


class TestThrottle:
    async def _fail(self, service: Service, email: str, times: int) -> list[int]:
        return [(await service.login(email, WRONG)).status_code for _ in range(times)]

    @pytest.mark.parametrize("account", ["known", "unknown"])
    async def test_the_sixth_failure_must_wait(self, service: Service, account: str):
        email = (await service.register())["email"] if account == "known" else "nobody@example.com"
        assert await self._fail(service, email, 5) == [401] * 5
        answer = await service.login(email, WRONG)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert answer.headers["retry-after"] in {"1", "2"}

    async def test_also_with_the_right_password_and_for_other_checks_of_it(
        self, service: Service, rows: asyncpg.Connection
    ):
        session = await service.session()
        email = session["user"]["email"]
        await self._fail(service, email, 5)
        await rows.execute(PROLONG)
        assert (await service.login(email)).status_code == 429
        body = {"current_password": PASSWORD, "new_password": "another good password"}
        answer = await service.client.post("/api/auth/password", json=body, headers=session["headers"])
        assert answer.status_code == 429

    async def test_not_for_another_address_or_another_account(self, service: Service):
        email, other = (await service.register())["email"], (await service.register())["email"]
        await self._fail(service, email, 6)
        assert (await service.login(other)).status_code == 200
        elsewhere = {"X-Forwarded-For": "203.0.113.9"}
        assert (await service.login(email, **elsewhere)).status_code == 200

    async def test_a_network_of_ipv6_is_one_address(self, service: Service, rows: asyncpg.Connection):
        for number in range(5):
            await service.login("nobody@example.com", WRONG, **{"X-Forwarded-For": f"2001:db8:1:2::{number}"})
        await rows.execute(PROLONG)
        assert (
            await service.login("nobody@example.com", WRONG, **{"X-Forwarded-For": "2001:db8:1:2:3::9"})
        ).status_code == 429

    async def test_the_wait_doubles_up_to_a_quarter_of_an_hour(self, service: Service, rows: asyncpg.Connection):
        email = (await service.register())["email"]
        await self._fail(service, email, 5)
        waits = []
        for _ in range(12):
            await rows.execute("update login_failures set blocked_until = now()")
            waits.append(int((await service.login(email, WRONG)).headers["retry-after"]))
        assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]

    async def test_success_forgets_the_failures(self, service: Service):
        email = (await service.register())["email"]
        await self._fail(service, email, 4)
        assert (await service.login(email)).status_code == 200
        assert await self._fail(service, email, 5) == [401] * 5

    async def test_half_a_day_forgets_the_failures(self, service: Service, rows: asyncpg.Connection):
        email = (await service.register())["email"]
        await self._fail(service, email, 5)
        await rows.execute(
            "update login_failures set last_at = now() - interval '13 hours', blocked_until = now() - interval '12 h'"
        )
        assert await self._fail(service, email, 5) == [401] * 5

    async def test_instances_count_together(self, start: Start, rows: asyncpg.Connection):
        first, second = await start(), await start()
        email = (await first.register())["email"]
        assert await self._fail(first, email, 3) + await self._fail(second, email, 2) == [401] * 5
        await rows.execute(PROLONG)
        assert (await first.login(email)).status_code == (await second.login(email)).status_code == 429

    async def test_guesses_made_at_once_get_no_more_answers_than_those_in_turn(self, service: Service):
        email = (await service.register())["email"]
        answers = await asyncio.gather(*(service.login(email, WRONG) for _ in range(20)))
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(401), statuses.count(429)) == (5, 15)

    async def test_a_right_guess_that_ends_during_the_block_is_not_told(
        self, service: Service, rows: asyncpg.Connection
    ):
        email = (await service.register())["email"]
        await self._fail(service, email, 5)
        await rows.execute("update login_failures set blocked_until = now()")

        class WhileOthersFail(Passwords):
            async def matches(self, share: Share, password: str, hashed: str | None) -> bool:
                await rows.execute(PROLONG)
                return await super().matches(share, password, hashed)

        context = replace(service.context, passwords=WhileOthersFail())
        with pytest.raises(TooManyAttempts):
            await sessions.login(context, email, PASSWORD, CLIENT)
        await context.passwords.stop()
        assert await rows.fetchval("select count(*) from sessions") == 0


class Recording(PasswordHasher):
    """Cheap; keeps the order in which passwords are hashed, and stops at one while `gate` is closed."""

    def __init__(self) -> None:
        super().__init__(1, 8, 1)
        self.hashed: list[str | bytes] = []
        self.gate = threading.Event()
        self.gate.set()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.hashed.append(password)
        self.gate.wait(30)
        return super().hash(password, salt=salt)


class TestShares:
    async def test_the_queue_of_one_does_not_delay_the_other(self):
        hasher = Recording()
        passwords = Passwords(hasher, threads=1)
        hasher.hashed.clear()
        hasher.gate.clear()
        others = [asyncio.create_task(passwords.hash(Share.OTHER, f"change {number}")) for number in range(20)]
        await wait_until(lambda: hasher.hashed)
        login = asyncio.create_task(passwords.hash(Share.LOGIN, "a log-in"))
        await asyncio.sleep(0)
        hasher.gate.set()
        await asyncio.gather(login, *others)
        assert hasher.hashed.index("a log-in") == 2, "after the one that is hashed, and the one that is next"
        await passwords.stop()

    async def test_a_full_one_leaves_the_other_its_places(self):
        passwords = Passwords(Recording(), threads=1)
        async with AsyncExitStack() as stack:
            for _ in range(QUEUE + 1):
                await stack.enter_async_context(passwords.place(Share.OTHER))
            with pytest.raises(Busy):
                await stack.enter_async_context(passwords.place(Share.OTHER))
            await stack.enter_async_context(passwords.place(Share.LOGIN))
        async with passwords.place(Share.OTHER):
            pass
        await passwords.stop()


class TestTurns:
    async def test_one_password_of_an_account_at_a_time_from_wherever(self):
        passwords, inside, most = Passwords(Recording()), 0, 0

        async def check(account: bytes, network: str) -> None:
            nonlocal inside, most
            async with passwords.turn(Share.LOGIN, account, network):
                inside += 1
                most = max(most, inside)
                await passwords.hash(Share.LOGIN, "x")
                inside -= 1

        await asyncio.gather(*(check(b"ann", f"192.0.2.{number}") for number in range(10)))
        assert most == 1
        await asyncio.gather(*(check(b"%d" % number, "192.0.2.1") for number in range(10)))
        assert most > 1
        await passwords.stop()

    async def test_a_network_that_has_enough_of_them_waiting_is_refused_and_no_other(self):
        passwords = Passwords(Recording())
        async with passwords.turn(Share.LOGIN, b"ann", "192.0.2.1"), AsyncExitStack() as stack:
            waiting = [
                asyncio.create_task(stack.enter_async_context(passwords.turn(Share.LOGIN, b"ann", "192.0.2.1")))
                for _ in range(QUEUE_OF_CALLER)
            ]
            await asyncio.sleep(0)
            with pytest.raises(TooManyAttempts):
                await stack.enter_async_context(passwords.turn(Share.LOGIN, b"ann", "192.0.2.1"))
            elsewhere = asyncio.create_task(stack.enter_async_context(passwords.turn(Share.LOGIN, b"ann", "192.0.2.2")))
            await asyncio.sleep(0)
            assert not elsewhere.done()
            for task in (*waiting, elsewhere):
                task.cancel()
            await asyncio.gather(*waiting, elsewhere, return_exceptions=True)
        async with passwords.turn(Share.LOGIN, b"ann", "192.0.2.1"):
            pass
        await passwords.stop()


class TestBodies:
    @pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/register", "/api/auth/refresh", "/api/auth/token"])
    async def test_longer_ones_than_16_kib_are_not_parsed(self, service: Service, path: str):
        json_body = orjson.dumps({f"key{number}": number for number in range(1500)})
        form = path.endswith("token")
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        body = b"&".join(b"key%d=1" % number for number in range(2000)) if form else json_body
        assert len(body) > 16 * 1024
        for sent in (body, _chunks(body)):
            answer = await service.client.post(path, content=sent, headers={"content-type": kind})
            assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large")

    async def test_one_of_16_kib_is(self, service: Service):
        body = orjson.dumps({"refresh_token": "x"})
        body += b" " * (16 * 1024 - len(body))
        headers = {"content-type": "application/json"}
        answer = await service.client.post("/api/auth/refresh", content=body, headers=headers)
        assert answer.json()["code"] == "invalid_grant"


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 4096):
        yield body[start : start + 4096]


class TestPool:
    async def test_refuses_what_it_cannot_hash_soon(self, service: Service):
        emails = [f"{number}@example.com" for number in range(passwords.QUEUE + 40)]
        answers = await asyncio.gather(*(service.login(email, WRONG) for email in emails))
        refused = [answer for answer in answers if answer.status_code == 503]
        assert {answer.status_code for answer in answers} == {401, 503}
        assert all(answer.headers["retry-after"] == "1" for answer in refused)

    async def test_leaves_the_other_routes_alone(self, service: Service):
        """While the queue of passwords is full, requests of users who are logged in are as fast as before."""
        session = await service.session()
        flood = [asyncio.create_task(service.login(f"{n}@example.com", WRONG)) for n in range(16)]
        answered = 0
        while not all(task.done() for task in flood):
            assert await service.me(session["headers"]) == 200
            answered += 1
        assert answered > len(flood), "each waited for a password"
        assert {task.result().status_code for task in flood} == {401}
