"""Messages as files, one `.eml` each: what a mail program can open."""

import asyncio
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from service_common.mail.errors import MailUndeliveredError

KEPT = 1000
FORMAT = "%Y%m%dT%H%M%S%fZ"


async def write(folder: Path, message: EmailMessage, account: uuid.UUID | None) -> str:
    """Add a file, whose name begins with the time and ends with the account; the newest 1000 are kept.

    Raises: MailUndeliveredError.
    """
    try:
        return await asyncio.to_thread(_write, folder, message, account)
    except OSError as error:
        raise MailUndeliveredError(f"cannot write to {folder}: {error.strerror}") from error


async def forget(folder: Path, account: uuid.UUID) -> None:
    """Delete the files of an account. Raises: OSError."""
    await asyncio.to_thread(_forget, folder, account)


def newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"), reverse=True)


def _write(folder: Path, message: EmailMessage, account: uuid.UUID | None) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    identity = message["Message-ID"].strip("<>").partition("@")[0]
    owner = f"-{account}" if account else ""
    path = folder / f"{datetime.now(UTC).strftime(FORMAT)}-{identity}{owner}.eml"
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(message.as_bytes())
    fresh.replace(path)
    for old in newest_first(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return f"written to {path}"


def _forget(folder: Path, account: uuid.UUID) -> None:
    for path in folder.glob(f"*-{account}.eml"):
        path.unlink(missing_ok=True)
