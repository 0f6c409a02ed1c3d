"""What an operator does beside the running service: rotate the signing keys, read the audit log."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from auth_service.derived_keys import Secrets
from auth_service.domain import email_key, instant
from auth_service.repository import audit
from auth_service.repository.audit import Entry
from auth_service.service.keyring import Keyring
from auth_service.settings import KeySettings
from service_common.database import create_pool
from service_common.settings import MigrationSettings

SHORT_LEAD_SECONDS = 40  # a verifier that has just started fetches keys again after 30 s, not sooner
WARNING = "a process that has just started may refuse tokens of this key for up to 30 seconds: a lead of 40 is safe\n"


def rotate_keys(lead_seconds: int | None) -> None:
    """Make the next signing key."""
    settings = KeySettings.load()
    lead = settings.key_lead_seconds if lead_seconds is None else lead_seconds
    if lead < 0:
        sys.exit("a lead is a number of seconds, 0 or more")
    if lead < SHORT_LEAD_SECONDS:
        sys.stderr.write(WARNING)
    key_id = _run(_rotate(settings, lead))
    sys.stdout.write(f"key {key_id} is published, and signs from {instant(_in(lead))[:19]}Z\n")


def read_audit_log(email: str | None, days: float, *, as_json: bool) -> None:
    """Write the entries of the last days to standard output, oldest first."""
    url = MigrationSettings.load().database_url
    with suppress(BrokenPipeError):
        _run(_read(url, email_key(email) if email else None, _in(-days * 86_400), as_json=as_json))


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except (OSError, asyncpg.PostgresError) as error:
        sys.exit(f"the database of auth cannot be used: {error}")


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def _rotate(settings: KeySettings, lead_seconds: float) -> str:
    async with create_pool(settings.database_url, 1, "auth-rotate-keys") as pool:
        secrets = Secrets(settings.key_encryption_key())
        keyring = Keyring(pool, secrets, settings.key_lead_seconds, settings.key_age_days)
        await keyring.load()  # a key file that does not open the present keys must not seal the next one
        return await keyring.rotate(lead_seconds)


async def _read(url: str, key: str | None, since: datetime, *, as_json: bool) -> None:
    async with create_pool(url, 1, "auth-audit") as pool:
        async for entry in audit.read(pool, since, key):
            sys.stdout.write(_json(entry) if as_json else _line(entry))
            sys.stdout.flush()


def _json(entry: Entry) -> str:
    return orjson.dumps(entry._asdict() | {"at": instant(entry.at)}, default=str).decode() + "\n"


def _line(entry: Entry) -> str:
    who = entry.email or (f"account {entry.account}" if entry.account else "-")
    return f"{instant(entry.at)[:19]}Z  {entry.event:<16}  {who:<32}  {entry.ip:<15}  {entry.detail}\n"
