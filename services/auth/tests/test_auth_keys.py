import asyncio
import base64
import json
import os
from pathlib import Path

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from auth_service.derived_keys import Secrets
from service_common.tokens.verifier import Verifier
from service_testing.databases import Databases
from service_testing.waiting import wait_until

from .conftest import Command, Service, Start


async def key_ids(service: Service) -> list[str]:
    return [key["kid"] for key in (await service.client.get("/.well-known/jwks.json")).json()["keys"]]


async def signing(service: Service, session: dict) -> str:
    token = (await service.refresh(session["refresh_token"])).json()["access_token"]
    header = base64.urlsafe_b64decode(token.split(".")[0] + "==")
    return json.loads(header)["kid"]


class TestJwks:
    async def test_shows_public_parts_only_and_may_be_kept_for_five_minutes(self, service: Service):
        answer = await service.client.get("/.well-known/jwks.json")
        (key,) = answer.json()["keys"]
        assert key.keys() == {"kty", "crv", "x", "kid", "alg", "use"}
        assert answer.headers["cache-control"] == "public, max-age=300"


class TestKeys:
    async def test_are_sealed_in_the_database(self, service: Service, rows: asyncpg.Connection):
        (private,) = service.context.keyring._private.values()
        row = await rows.fetchrow("select * from signing_keys")
        assert private.private_bytes_raw() not in row["sealed"]
        assert service.context.secrets.keys.open(row["id"], row["sealed"]) == private.private_bytes_raw()
        with pytest.raises(InvalidTag):
            Secrets(os.urandom(32)).keys.open(row["id"], row["sealed"])
        with pytest.raises(InvalidTag):
            service.context.secrets.keys.open("another row's id", row["sealed"])

    async def test_instances_that_start_together_make_one(self, start: Start):
        services = await asyncio.gather(*(start() for _ in range(3)))
        assert len({tuple(await key_ids(one)) for one in services}) == 1


class TestRotation:
    async def test_publishes_the_next_key_before_it_signs(self, service: Service):
        session = await service.session()
        (first,) = await key_ids(service)
        second = await service.context.keyring.rotate(lead_seconds=600)
        assert await key_ids(service) == [first, second]
        assert await signing(service, session) == first

    async def test_the_next_key_signs_when_its_time_has_come(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        second = await service.context.keyring.rotate(lead_seconds=600)
        await rows.execute("update signing_keys set signs_from = now() where id = $1", second)
        await service.context.keyring.load()
        assert await signing(service, session) == second
        assert await service.me(session["headers"]) == 200

    async def test_a_key_goes_when_its_tokens_are_gone(self, service: Service, rows: asyncpg.Connection):
        (first,) = await key_ids(service)
        second = await service.context.keyring.rotate(lead_seconds=0)
        ages = {"359 seconds": [first, second], "361 seconds": [second]}
        await rows.execute("update signing_keys set signs_from = now() - interval '1 day' where id = $1", first)
        for age, left in ages.items():
            await rows.execute(
                f"update signing_keys set signs_from = now() - interval '{age}' where id = $1",  # noqa: S608
                second,
            )
            await service.context.keyring.maintain()
            await service.context.keyring.load()
            assert await key_ids(service) == left

    async def test_a_key_is_replaced_by_age(self, service: Service, rows: asyncpg.Connection):
        await service.context.keyring.maintain()
        assert await rows.fetchval("select count(*) from signing_keys") == 1
        await rows.execute("update signing_keys set signs_from = now() - interval '31 days'")
        await asyncio.gather(*(service.context.keyring.maintain() for _ in range(3)))
        assert await rows.fetchval("select count(*) from signing_keys") == 2
        assert await rows.fetchval("select max(signs_from) > now() + interval '590 seconds' from signing_keys")

    async def test_under_load_refuses_no_token(self, start: Start):
        """Two instances sign and a verifier fetches, on a clock that runs a hundred times as fast."""
        first, second = [await start(key_reload_seconds=0.1) for _ in range(2)]
        session = await first.session()
        keys = _Fetching(first, every=0.2)
        verifier = Verifier(keys, "todobus", "todobus")
        seen: set[str] = set()
        await keys.fetch()
        refreshing = asyncio.create_task(keys.keep())
        async with asyncio.timeout(60):
            for signed_by in (1, 2, 3):
                if signed_by > 1:
                    await second.context.keyring.rotate(lead_seconds=2)
                while len(keys.used) < signed_by:
                    for one in (first, second):
                        token = (await one.refresh(session["refresh_token"])).json()["access_token"]
                        seen.add((await verifier.verify(token)).token_id)
        refreshing.cancel()
        assert len(keys.used) == 3
        assert len(seen) > 20


class _Fetching:
    """A verifier's keys, fetched as other services do but more often; `used` are those that signed."""

    def __init__(self, service: Service, every: float) -> None:
        self._service, self._every = service, every
        self._keys: dict = {}
        self.used: set[str] = set()

    async def fetch(self) -> None:
        from service_common.tokens.keys import parse

        self._keys = parse((await self._service.client.get("/.well-known/jwks.json")).json())

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.fetch()

    async def key(self, key_id: str) -> object:
        self.used.add(key_id)
        return self._keys.get(key_id)


class TestCommands:
    async def test_rotate_keys_publishes_the_next_one(self, service: Service, command: Command):
        out = await command("rotate-keys")
        await service.context.keyring.load()
        assert (await key_ids(service))[1] in out
        assert command.warned == ""

    async def test_a_lead_that_is_short_is_warned_of_and_a_negative_one_refused(
        self, service: Service, command: Command
    ):
        await command("rotate-keys", "--lead", "39")
        assert "a lead of 40 is safe" in command.warned
        with pytest.raises(SystemExit, match="0 or more"):
            await command("rotate-keys", "--lead=-1")
        await service.context.keyring.load()
        assert len(await key_ids(service)) == 2

    async def test_another_key_file_is_noticed_at_once(self, service: Service, command: Command, tmp_path: Path):
        other = tmp_path / "other"
        other.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        with pytest.raises(SystemExit, match="not the key that sealed"):
            await command("rotate-keys", TODOBUS_KEY_ENCRYPTION_KEY_FILE=str(other))
        assert len(await key_ids(service)) == 1

    async def test_end_sessions_leaves_no_session_and_no_key(self, service: Service, start: Start, command: Command):
        session = await service.session()
        new = {"name": "Script", "scopes": ["todos:read"]}
        assert (await service.client.post("/api/tokens", json=new, headers=session["headers"])).status_code == 201
        before = await key_ids(service)
        assert await command("end-sessions") == "2 sessions and API tokens have ended\n"
        assert (await service.refresh(session["refresh_token"])).status_code == 401
        assert not set(await key_ids(await start())) & set(before)

    async def test_audit_tells_what_happened_to_an_account(self, service: Service, command: Command):
        session = await service.session()
        await service.session()
        await service.client.post("/api/auth/logout", headers=session["headers"])
        out = await command("audit", "--email", session["user"]["email"].upper(), "--json")
        entries = [json.loads(line) for line in out.splitlines()]
        assert [entry["event"] for entry in entries] == ["registered", "login", "logout"]
        assert len((await command("audit")).splitlines()) > 3

    async def test_a_database_that_is_away_is_said_in_one_line(self, command: Command):
        with pytest.raises(SystemExit, match=r"^the database of auth cannot be used: .*") as ended:
            await command("audit", TODOBUS_DATABASE_URL="postgresql://auth:x@127.0.0.1:1/auth")
        assert "\n" not in str(ended.value)


class TestAuditLog:
    async def test_is_append_only_also_for_its_owner(self, service: Service, database: Databases, auth_url: str):
        await service.register()
        owner = await asyncpg.connect(database.owner_url(auth_url))
        for change in ("update audit_log set event = 'x'", "delete from audit_log", "truncate audit_log"):
            with pytest.raises(asyncpg.RaiseError, match="append-only"):
                await owner.execute(change)
        await owner.close()

    async def test_names_no_deleted_user(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        body = {"password": "correct horse battery"}
        await service.client.request("DELETE", "/api/users/me", json=body, headers=session["headers"])
        events = await rows.fetch("select event, account from audit_log where account is not null order by id")
        assert [row["event"] for row in events] == ["registered", "login", "deleted"]
        assert len({row["account"] for row in events}) == 1
        assert str(events[0]["account"]) != session["user"]["id"]

    async def test_has_what_an_operator_asks_about(self, service: Service, rows: asyncpg.Connection):
        session = await service.session()
        await service.login(session["user"]["email"], "wrong password, once")
        second = (await service.refresh(session["refresh_token"])).json()["refresh_token"]
        await service.refresh(second)
        await service.refresh(session["refresh_token"])
        await wait_until(lambda: rows.fetchval("select count(*) from revocations"))
        recorded = {row["event"] for row in await rows.fetch("select event from audit_log")}
        assert {"key_created", "registered", "login", "login_failed", "refresh_reuse"} <= recorded
