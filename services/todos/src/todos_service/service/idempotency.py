"""A request that is sent again with its Idempotency-Key gets its first answer again."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import asyncpg
import orjson

from service_common.database import Connection
from todos_service.errors import KeyReused
from todos_service.repository import idempotency
from todos_service.service.todos import Owner


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: str


def fingerprint(path: str, query: str, body: bytes) -> bytes:
    """Tells one request from another."""
    return hashlib.sha256(f"{path}?{query}\n".encode() + body).digest()


async def once(
    pool: asyncpg.Pool,
    owner: Owner,
    key: str,
    request: bytes,
    hours: int,
    run: Callable[[Connection], Awaitable[Kept]],
) -> tuple[Kept, bool]:
    """The answer of `run`, or the one kept, and whether it was kept; `request` is the request's fingerprint.

    Key and write are one transaction: there is no answer without its write, and no write whose key is forgotten.
    """
    async with pool.acquire() as db, db.transaction():
        kept = await idempotency.claim(db, owner.user_id, key, request, hours)
        if kept is None:
            answer = await run(db)
            headers = orjson.dumps(answer.headers).decode()
            await idempotency.keep(db, owner.user_id, key, answer.status, headers, answer.body)
            return answer, False
        if kept["fingerprint"] != request:
            raise KeyReused
        return Kept(kept["status"], orjson.loads(kept["headers"]), kept["body"]), True
