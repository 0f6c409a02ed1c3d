"""Idempotency keys: who comes first claims the key in the transaction of the write, and leaves the answer with it."""

from collections.abc import Mapping
from typing import NamedTuple

import asyncpg
import orjson
from sqlalchemy import text

from service_common.database import Connection, Statement
from todos_service.errors import KeyInUse

WAIT_MILLISECONDS = 3000

# A claim waits for one that is not committed yet, but not for long. A key that outlived its time is free again.
_CLAIM = Statement(
    text(
        """
        with patience as materialized (select set_config('lock_timeout', :wait, true))
        insert into idempotency_keys as k (user_id, key, fingerprint)
        select :user_id, :key, :fingerprint from patience
        on conflict (user_id, key) do update set fingerprint = excluded.fingerprint, created_at = now(), status = null
            where k.created_at < now() - make_interval(hours => cast(:hours as integer))
        returning true
        """
    )
)
_KEPT = Statement(
    text("select fingerprint, status, headers, body from idempotency_keys where user_id = :user_id and key = :key")
)
_KEEP = Statement(
    text(
        """
        update idempotency_keys set status = :status, headers = cast(:headers as json), body = :body
        where user_id = :user_id and key = :key
        """
    )
)


class StoredResponse(NamedTuple):
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: str


Stored = tuple[bytes, StoredResponse]


async def claim(db: Connection, user_id: str, key: str, fingerprint: bytes, hours: int) -> Stored | None:
    """None: the key is this transaction's. Otherwise the first request's fingerprint and answer. Raises: KeyInUse."""
    try:
        claimed = await _CLAIM.value(
            db, user_id=user_id, key=key, fingerprint=fingerprint, hours=hours, wait=str(WAIT_MILLISECONDS)
        )
    except asyncpg.LockNotAvailableError as error:
        raise KeyInUse from error
    row = None if claimed else await _KEPT.first(db, user_id=user_id, key=key)
    if row is None:
        return None
    return row["fingerprint"], StoredResponse(row["status"], orjson.loads(row["headers"]), row["body"])


async def keep(db: Connection, user_id: str, key: str, response: StoredResponse) -> None:
    headers = orjson.dumps(response.headers).decode()
    await _KEEP.execute(db, user_id=user_id, key=key, status=response.status, headers=headers, body=response.body)
