"""A request that is repeated with its Idempotency-Key gets the stored response of the first one."""

import hashlib
from collections.abc import Awaitable, Callable

import asyncpg

from service_common.database import Connection
from todos_service.errors import KeyReused
from todos_service.repository import idempotency
from todos_service.repository.idempotency import StoredResponse
from todos_service.service.calls import Owner


def fingerprint(path: str, query: str, body: bytes) -> bytes:
    """A digest of the request."""
    return hashlib.sha256(f"{path}?{query}\n".encode() + body).digest()


async def once(
    pool: asyncpg.Pool,
    owner: Owner,
    key: str,
    request: bytes,
    hours: int,
    write: Callable[[Connection], Awaitable[StoredResponse]],
) -> tuple[StoredResponse, bool]:
    """The response of `write`, or the stored one of the first request (then True).

    Raises: DailyQuotaExceeded, KeyInUse, KeyReused, and what `write` raises.

    `request` is the request's fingerprint. Key and write are one transaction: there is no answer without its write, and
    no write without its key.
    """
    async with pool.acquire() as db, db.transaction():
        first = await idempotency.claim(db, owner.user_id, key, request, hours)
        if first is None:
            answer = await write(db)
            await idempotency.keep(db, owner.user_id, key, answer, owner.quotas)
            return answer, False
        fingerprint, answer = first
        if fingerprint != request:
            raise KeyReused
        return answer, True
