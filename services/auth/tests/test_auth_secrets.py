"""What is stored is of no use to who reads it: every table is searched for the secrets that a run has used."""

import base64
from datetime import UTC, datetime

import asyncpg
import pyotp

from .conftest import NEW_PASSWORD, PASSWORD, Service


def spellings(secret: str) -> set[str]:
    """How a table may show it: as text, as bytes in hexadecimal, or as what its base64 stands for."""
    found = {secret, secret.encode().hex()}
    try:
        return found | {base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)).hex()}
    except ValueError:
        return found


async def dump(rows: asyncpg.Connection) -> dict[str, str]:
    """Every row of every table, as text."""
    tables = await rows.fetch("select tablename as name from pg_tables where schemaname = 'public'")
    texts = {}
    for (name,) in tables:
        texts[name] = await rows.fetchval(f'select string_agg(t::text, chr(10)) from "{name}" t') or ""  # noqa: S608
    return texts


async def test_no_table_holds_a_secret(service: Service, rows: asyncpg.Connection):
    ann = await service.session()
    email = ann["user"]["email"]
    await rows.execute("update users set administrator = true")
    refreshed = (await service.refresh(ann["refresh_token"])).json()
    totp = (await service.call("totp", ann)).json()
    code = pyotp.TOTP(totp["secret"]).at(datetime.now(UTC))
    codes = (await service.call("totp/confirm", ann, code=code)).json()["recovery_codes"]
    waiting = (await service.login(email)).json()["mfa_token"]
    made = await service.client.post(
        "/api/tokens", json={"name": "x", "scopes": ["todos:read"]}, headers=ann["headers"]
    )
    invited = await service.client.post("/api/admin/invitations", json={}, headers=ann["headers"])
    verification = await service.token(email, "Verify")
    await service.call("forgot-password", email=email)
    reset = await service.token(email, "Set a new password")
    await service.call("password", ann, current_password=PASSWORD, new_password=NEW_PASSWORD)
    waiting_again = (await service.login(email, NEW_PASSWORD)).json()["mfa_token"]
    secrets = [
        PASSWORD, NEW_PASSWORD, ann["access_token"], ann["refresh_token"], refreshed["refresh_token"], totp["secret"],
        *codes, *(code.replace("-", "") for code in codes), waiting, waiting_again, made.json()["token"],
        invited.json()["link"].partition("=")[2], verification, reset,
    ]  # fmt: skip
    assert all(secrets)
    found = [
        (table, secret)
        for table, text in (await dump(rows)).items()
        for secret in secrets
        for spelling in spellings(secret)
        if spelling.lower() in text.lower()
    ]
    assert found == []
