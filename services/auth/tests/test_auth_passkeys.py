"""Passkeys, with a device made of a key."""

import asyncio
import hashlib
import json
import os
import uuid
from typing import Any

import asyncpg
import httpx
import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

from auth_service.service import passkeys

from .conftest import NEW_PASSWORD, PASSWORD, Service, Start

ORIGIN, SITE = "https://todo.example", "todo.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """An authenticator with one passkey; what it says of itself can be changed."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = os.urandom(32)
        self.user = b""
        self.count = 0
        self.flags = PRESENT | VERIFIED
        self.origin, self.site = ORIGIN, SITE

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer the options of an enrolment."""
        self.user = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        credential = bytes(16) + len(self.name).to_bytes(2, "big") + self.name + public
        data = self._data(ATTESTED) + credential
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential("webauthn.create", options, attestationObject=attestation)

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer the options of a log-in."""
        data, client = self._data(), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        made = self._credential("webauthn.get", options, authenticatorData=data, signature=signature)
        made["response"]["userHandle"] = self.user
        return made

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _credential(self, kind: str, options: dict[str, Any], **parts: bytes) -> dict[str, Any]:
        response = {name: bytes_to_base64url(part) for name, part in parts.items()}
        response["clientDataJSON"] = bytes_to_base64url(self._client(kind, options))
        name = bytes_to_base64url(self.name)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


class Owner:
    """Somebody with an account and a device."""

    def __init__(self, service: Service, session: dict[str, Any]) -> None:
        self.service, self.session = service, session
        self.device = Device()

    async def options(self) -> dict[str, Any]:
        answer = await self.service.call("passkeys/options", self.session)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def add(self, name: str = "Phone", device: Device | None = None) -> httpx.Response:
        credential = (device or self.device).make(await self.options())
        return await self.service.call("passkeys", self.session, credential=credential, name=name)

    async def login_options(self) -> dict[str, Any]:
        return (await self.service.call("passkeys/login/options")).json()

    async def log_in(self, **more: Any) -> httpx.Response:
        credential = self.device.answer(await self.login_options())
        return await self.service.call("passkeys/login", credential=credential, **more)

    async def at(self, method: str, passkey_id: str = "", **body: Any) -> httpx.Response:
        path = f"/api/auth/passkeys{'/' if passkey_id else ''}{passkey_id}"
        return await self.service.client.request(method, path, json=body or None, headers=self.session["headers"])


@pytest.fixture
async def ann(service: Service) -> Owner:
    owner = Owner(service, await service.session())
    added = await owner.add()
    assert added.status_code == 201, added.text
    return owner


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


INVALID, REFUSED = (401, "invalid_passkey"), (400, "refused_passkey")


class TestEnrolment:
    async def test_asks_for_a_key_that_is_found_and_unlocked(self, ann: Owner):
        options = await ann.options()
        assert options["rp"] == {"id": SITE, "name": "Todobus"}
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert [one["id"] for one in options["excludeCredentials"]] == [bytes_to_base64url(ann.device.name)]
        assert await ann.service.mailed(ann.session["user"]["email"], "A passkey opens")

    async def test_is_listed_renamed_and_removed(self, ann: Owner):
        [one] = (await ann.at("GET")).json()
        assert (one["name"], one["last_used_at"]) == ("Phone", None)
        assert (await ann.at("PATCH", one["id"], name="Key")).json() == one | {"name": "Key"}
        await ann.log_in()
        assert (await ann.at("GET")).json()[0]["last_used_at"]
        stranger = Owner(ann.service, await ann.service.session())
        for answer in (
            await stranger.at("PATCH", one["id"], name="Key"),
            await stranger.at("DELETE", one["id"]),
            await ann.at("DELETE", str(uuid.uuid4())),
            await ann.at("DELETE", "x"),
        ):
            assert outcome(answer) == (404, "not_found")
        assert (await ann.at("DELETE", one["id"])).status_code == 204
        assert outcome(await ann.log_in()) == INVALID
        assert await ann.service.mailed(ann.session["user"]["email"], "A passkey of your")

    async def test_refuses_what_does_not_fit(self, ann: Owner):
        wrong: list[dict[str, Any]] = [
            {"site": "evil.example"}, {"origin": "https://evil.example"}, {"origin": f"{ORIGIN}:444"},
            {"flags": PRESENT}, {"flags": VERIFIED},
        ]  # fmt: skip
        for change in wrong:
            device = Device()
            vars(device).update(change)
            assert outcome(await ann.add(device=device)) == REFUSED, change
        assert outcome(await ann.add()) == REFUSED  # it is here already
        for credential in ({}, {"id": "x"}, {"id": 1, "rawId": [], "type": "public-key", "response": {}}):
            assert outcome(await ann.service.call("passkeys", ann.session, credential=credential)) == REFUSED

    async def test_answers_an_own_challenge_once(self, ann: Owner):
        ben = Owner(ann.service, await ann.service.session())
        for options in (
            await ben.options(),
            (await ann.options()) | {"challenge": (await ann.login_options())["challenge"]},
        ):
            made = Device().make(options | {"user": {"id": ""}})
            assert outcome(await ann.service.call("passkeys", ann.session, credential=made)) == REFUSED
        options = await ann.options()
        seen = [await ann.service.call("passkeys", ann.session, credential=Device().make(options)) for _ in range(2)]
        assert [answer.status_code for answer in seen] == [201, 400]

    async def test_needs_a_recent_proof_which_a_passkey_gives(self, ann: Owner, rows: asyncpg.Connection):
        await rows.execute("update sessions set authenticated_at = now() - interval '11 minutes'")
        assert outcome(await ann.service.call("passkeys/options", ann.session)) == (403, "reauthentication_required")
        ben = Owner(ann.service, await ann.service.session())
        await ben.add()
        for owner, expected in ((ben, 403), (ann, 204)):
            proof = owner.device.answer(await owner.login_options())
            answer = await ann.service.call("reauthenticate", ann.session, passkey=proof)
            assert answer.status_code == expected
        await ann.options()

    async def test_has_a_limit(self, ann: Owner, monkeypatch: pytest.MonkeyPatch):
        options = await ann.options()
        monkeypatch.setattr(passkeys, "PASSKEYS", 1)
        assert outcome(await ann.service.call("passkeys/options", ann.session)) == (403, "quota_exceeded")
        credential = Device().make(options)
        assert outcome(await ann.service.call("passkeys", ann.session, credential=credential)) == (
            403,
            "quota_exceeded",
        )

    async def test_needs_a_name_of_the_site(self, start: Start):
        service = await start(update={"public_url": "http://192.0.2.7:8080"})
        ann = Owner(service, await service.session())
        assert outcome(await service.call("passkeys/options", ann.session)) == (409, "no_name_for_passkeys")
        assert outcome(await service.call("passkeys/login/options")) == (409, "no_name_for_passkeys")


class TestLogin:
    async def test_gives_a_session_whatever_the_second_factor(self, ann: Owner):
        made = (await ann.service.call("totp", ann.session)).json()
        await ann.service.call("totp/confirm", ann.session, code=pyotp.TOTP(made["secret"]).now())
        assert (await ann.service.login(ann.session["user"]["email"])).status_code == 202
        answer = await ann.log_in(refresh="cookie")
        assert answer.json()["user"]["id"] == ann.session["user"]["id"]
        assert answer.headers["set-cookie"].startswith("refresh_token=")
        security = await ann.service.client.get("/api/auth/security", headers=ann.session["headers"])
        assert security.json()["passkeys"] == 1

    async def test_counts_as_the_device_does(self, ann: Owner):
        assert [(await ann.log_in()).status_code for _ in range(2)] == [200, 200]  # one that does not count
        for count, expected in ((5, 200), (5, 401), (4, 401), (0, 401), (6, 200)):
            ann.device.count = count
            assert (await ann.log_in()).status_code == expected, count

    async def test_a_challenge_is_answered_once(self, ann: Owner):
        credential = ann.device.answer(await ann.login_options())
        both = await asyncio.gather(*(ann.service.call("passkeys/login", credential=credential) for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [200, 401]

    async def test_refuses_what_does_not_fit(self, ann: Owner, monkeypatch: pytest.MonkeyPatch):
        wrong: list[dict[str, Any]] = [
            {"site": "evil.example"}, {"origin": "https://evil.example"}, {"flags": PRESENT}, {"flags": VERIFIED},
            {"name": os.urandom(32)}, {"key": Device().key}, {"user": bytes_to_base64url(uuid.uuid4().bytes)},
        ]  # fmt: skip
        right = dict(vars(ann.device))
        for change in wrong:
            vars(ann.device).update(change)
            assert outcome(await ann.log_in()) == INVALID, change
            vars(ann.device).update(right)
        for challenge in ((await ann.options())["challenge"], bytes_to_base64url(bytes(64)), "x", ""):
            credential = ann.device.answer({"challenge": challenge})
            assert outcome(await ann.service.call("passkeys/login", credential=credential)) == INVALID, challenge
        for credential in ({}, {"id": "x", "rawId": "é", "type": "public-key", "response": {"signature": 1}}):
            assert outcome(await ann.service.call("passkeys/login", credential=credential)) == INVALID
        monkeypatch.setattr(passkeys, "CHALLENGE_SECONDS", -1)
        assert outcome(await ann.log_in()) == INVALID

    async def test_is_refused_to_a_disabled_account(self, ann: Owner, rows: asyncpg.Connection):
        await rows.execute("update users set disabled = true")
        assert outcome(await ann.log_in()) == (403, "account_disabled")


class TestOwnership:
    async def test_a_passkey_ends_when_the_owner_of_the_address_comes(self, ann: Owner):
        """Whoever registered with the address of another keeps no key to the account."""
        email = ann.session["user"]["email"]

        async def reset(password: str) -> None:
            await ann.service.call("forgot-password", email=email)
            token = await ann.service.token(email, "Set a new password")
            answer = await ann.service.call("reset-password", token=token, new_password=password)
            assert answer.status_code == 204

        await reset(NEW_PASSWORD)
        assert outcome(await ann.log_in()) == INVALID
        ann.session = (await ann.service.login(email, NEW_PASSWORD)).json()
        ann.session["headers"] = {"Authorization": f"Bearer {ann.session['access_token']}"}
        await ann.add()
        await reset(PASSWORD)
        assert (await ann.log_in()).status_code == 200

    async def test_the_last_way_in_stays(self, ann: Owner, rows: asyncpg.Connection):
        await rows.execute("update users set password_hash = ''")
        [one] = (await ann.at("GET")).json()
        assert outcome(await ann.at("DELETE", one["id"])) == (409, "last_way_in")
        assert (await ann.log_in()).status_code == 200
        await ann.add(device=Device())
        assert (await ann.at("DELETE", one["id"])).status_code == 204
