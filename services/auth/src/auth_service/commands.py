"""Commands for operators: rotate the signing keys, end every session, read the audit log, try the mail server."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import orjson
from cyclopts import Parameter

from auth_service.derived_keys import Secrets
from auth_service.domain import email_key, instant
from auth_service.repository import api_tokens, keys, sessions
from auth_service.repository.audit import Entry, read
from auth_service.service.keyring import Keyring
from auth_service.settings import KeySettings
from service_common import mail
from service_common.database import create_pool
from service_common.settings import MailSettings, MigrationSettings

SHORT_LEAD_SECONDS = 40  # a verifier that has just started fetches keys again after 30 s
WARNING = "a process that has just started may refuse tokens of this key for up to 30 seconds: a lead of 40 is safe\n"


def rotate_keys(
    *, lead: Annotated[int | None, Parameter(help="Seconds between publishing the key and signing with it.")] = None
) -> None:
    settings = KeySettings.load()
    seconds = settings.key_lead_seconds if lead is None else lead
    if seconds < 0:
        sys.exit("a lead is a number of seconds, 0 or more")
    if seconds < SHORT_LEAD_SECONDS:
        sys.stderr.write(WARNING)
    key_id = _run(_rotate(settings, seconds))
    sys.stdout.write(f"key {key_id} is published, and signs from {instant(_in(seconds))[:19]}Z\n")


def end_sessions() -> None:
    """No token that was issued before is accepted again; auth makes a new key at its next start."""
    ended = _run(_end_sessions(MigrationSettings.load().database_url))
    sys.stdout.write(f"{ended} sessions and API tokens have ended\n")


def audit(
    *,
    email: Annotated[str | None, Parameter(help="Only what concerns this account.")] = None,
    days: Annotated[float, Parameter(help="How far back.")] = 30,
    json: Annotated[bool, Parameter(negative=(), help="Write a JSON object per line.")] = False,
) -> None:
    url = MigrationSettings.load().database_url
    with suppress(BrokenPipeError):
        _run(_read(url, email_key(email) if email else None, _in(-days * 86_400), as_json=json))


def send_mail(address: str) -> None:
    settings = MailSettings.load()
    templates = mail.Templates("auth_service")
    try:
        message = templates.message("test", settings.mail_from, address, uuid4(), public_url=settings.public_url)
        answer = asyncio.run(mail.send(settings, message))
    except (mail.MailUndeliveredError, ValueError) as error:
        sys.exit(f"no mail was sent to {address}: {error}")
    sys.stdout.write(f"{answer}\n")


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
        keyring = Keyring(pool, secrets, settings)
        await keyring.load()  # fails if the key file does not decrypt the present keys
        return await keyring.rotate(lead_seconds)


async def _end_sessions(url: str) -> int:
    async with create_pool(url, 1, "auth-end-sessions") as pool, pool.acquire() as connection, connection.transaction():
        await keys.delete_every(connection)
        return await sessions.delete_every(connection) + await api_tokens.delete_every(connection)


async def _read(url: str, key: str | None, since: datetime, *, as_json: bool) -> None:
    async with create_pool(url, 1, "auth-audit") as pool:
        async for entry in read(pool, since, key):
            sys.stdout.write(_json(entry) if as_json else _line(entry))
            sys.stdout.flush()


def _json(entry: Entry) -> str:
    return orjson.dumps(entry._asdict() | {"at": instant(entry.at)}, default=str).decode() + "\n"


def _line(entry: Entry) -> str:
    who = entry.email or (f"account {entry.account}" if entry.account else "-")
    return f"{instant(entry.at)[:19]}Z  {entry.event:<16}  {who:<32}  {entry.ip:<15}  {entry.detail}\n"
