import uuid
from typing import Any

import asyncpg
import orjson
import pytest
from argon2 import PasswordHasher

from auth_service import passwords
from auth_service.passwords import PARAMETERS
from auth_service.settings import Settings
from service_testing.nats import NatsServer
from service_testing.waiting import wait_until

from .conftest import PASSWORD, Service, running

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"email": "ann"}, "/email"),
    ({"email": "a" * 400 + "@example.com"}, "/email"),
    ({"email": 7}, "/email"),
    ({"password": "a" * 11}, "/password"),
    ({"password": "a" * 129}, "/password"),
    ({"password": "1Q2w3e4r5T6y"}, "/password"),
    ({"password": None}, "/password"),
    *(
        ({"password": password}, "/password")
        for password in (
            "123456789012",
            "098765432109",
            "abcdefghijkl",
            "ZYXWVUTSRQPONM",
            "qwertyuiop[]",
            "qwertyuiopas",
            "1qaz2wsx3edc",
            "abcdef123456",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcabcabcabcab",
            "passpasspass",
            "112233445566",
        )
    ),
    ({"email": "ann.andersson@example.com", "password": "ANN.Andersson@example.com"}, "/password"),
    ({"email": "ann.andersson@example.com", "password": "Ann.Andersson"}, "/password"),
    ({"time_zone": "Mars/Base"}, "/time_zone"),
    ({"time_zone": "../etc/passwd"}, "/time_zone"),
    ({"time_zone": "localtime"}, "/time_zone"),
    ({"display_name": "x" * 101}, "/display_name"),
    ({"display_name": "a\u0000b"}, "/display_name"),
    ({"role": "admin"}, "/role"),
]


@pytest.fixture
def hasher() -> PasswordHasher:
    return PARAMETERS


class TestRegister:
    async def test_gives_the_user_with_defaults(self, service: Service):
        user = await service.register(email="Ann.Lee@EXAMPLE.com")
        assert user.keys() == {
            "id", "email", "display_name", "time_zone", "week_start", "day_start_hour", "daily_goal", "created_at"
        }  # fmt: skip
        assert user["email"] == "Ann.Lee@example.com"
        assert user["display_name"] == "Ann.Lee"
        assert (user["time_zone"], user["week_start"]) == ("UTC", "monday")
        assert (user["day_start_hour"], user["daily_goal"]) == (0, 5)
        assert uuid.UUID(user["id"]).version == 7

    async def test_takes_name_and_zone(self, service: Service):
        user = await service.register(display_name="  Ann 👩‍💻 Lee ", time_zone="Europe/Helsinki")
        assert (user["display_name"], user["time_zone"]) == ("Ann 👩‍💻 Lee", "Europe/Helsinki")

    async def test_takes_an_address_of_a_private_network(self, service: Service):
        assert (await service.register(email="ann@todo.local"))["email"] == "ann@todo.local"

    async def test_an_address_has_one_account_however_it_is_spelled(self, service: Service):
        await service.register(email="ann@example.com")
        body = {"email": " ANN@Example.COM ", "password": PASSWORD}
        answer = await service.client.post("/api/auth/register", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")

    async def test_letters_that_fold_to_the_same_are_different_addresses(self, service: Service):
        await service.register(email="Straße@example.com")
        await service.register(email="strasse@example.com")
        assert (await service.session("STRAßE@example.com"))["user"]["email"] == "Straße@example.com"

    async def test_stores_a_hash_with_the_promised_parameters(self, service: Service, rows: asyncpg.Connection):
        await service.register()
        hashed = await rows.fetchval("select password_hash from users")
        assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    async def test_refuses_what_is_wrong_and_says_where(self, service: Service):
        for change, pointer in WRONG:
            body = {"email": "ann@example.com", "password": PASSWORD, **change}
            answer = await service.client.post("/api/auth/register", json=body)
            assert answer.status_code == 422, change
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
            assert answer.headers["content-type"] == "application/problem+json"

    async def test_neither_trims_nor_cuts_a_password(self, service: Service):
        password = "  " + "pä" * 62 + "  "
        email = (await service.register(password=password))["email"]
        assert (await service.login(email, password)).status_code == 200
        assert (await service.login(email, password.strip())).status_code == 401
        assert (await service.login(email, password + " ")).status_code == 401

    @pytest.mark.parametrize(
        "password",
        ["correct horse battery", "my dog is 12 years old", "tree-1234-house", "ann.andersson1", "Xk3!pQ9#vL2m"],
    )
    async def test_takes_any_other(self, service: Service, password: str):
        await service.register(email="ann.andersson@example.com", password=password)

    async def test_is_limited_per_address(self, settings: Settings):
        async with running(settings.model_copy(update={"registrations_per_hour": 3})) as service:
            here = {"X-Forwarded-For": "2001:db8:1:2::1"}
            body = {"password": PASSWORD}
            for number in range(3):
                sent = body | {"email": f"{number}@example.com"}
                answer = await service.client.post("/api/auth/register", json=sent, headers=here)
                assert answer.status_code == 201
            last = body | {"email": "last@example.com"}
            near = {"X-Forwarded-For": "2001:db8:1:2::ffff"}
            answer = await service.client.post("/api/auth/register", json=last, headers=near)
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_registrations")
            assert 1190 <= int(answer.headers["retry-after"]) <= 1200
            assert (await service.client.post("/api/auth/register", json=last)).status_code == 201

    async def test_is_not_where_limits_are_off(self, settings: Settings):
        off = settings.model_copy(update={"registrations_per_hour": 1, "rate_limits": "off"})
        async with running(off) as service:
            await service.register()
            await service.register()

    async def test_tells_the_bus(self, service: Service, nats: NatsServer):
        user = await service.register(email="ann@example.com", time_zone="Asia/Tokyo")
        stream = (await nats.connect()).jetstream()
        await wait_until(lambda: _count(stream, "USERS"))
        message = await stream.get_msg("USERS", 1)
        assert message.subject == f"users.events.v1.{user['id']}.registered"
        event = orjson.loads(message.data)
        assert message.headers["Nats-Msg-Id"] == event["id"]
        assert (event["type"], event["userid"], event["sequence"]) == ("user.registered.v1", user["id"], 1)
        assert event["data"]["user"] == user | {"email_verified": False}


async def _count(stream: Any, name: str) -> int:
    return (await stream.stream_info(name)).state.messages


class TestCommonPasswords:
    def test_holds_at_least_ten_thousand(self):
        assert len(passwords.common()) >= 10_000
        assert {"123456", "password", "qwerty"} <= passwords.common()
