"""Idempotency keys: who comes first claims the key in the transaction of the write, and leaves the answer with it."""

import asyncpg
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


async def claim(db: Connection, user_id: str, key: str, fingerprint: bytes, hours: int) -> asyncpg.Record | None:
    """None: the key is this transaction's. Otherwise what was kept with it; raises KeyInUse."""
    try:
        claimed = await _CLAIM.value(
            db, user_id=user_id, key=key, fingerprint=fingerprint, hours=hours, wait=str(WAIT_MILLISECONDS)
        )
    except asyncpg.LockNotAvailableError as error:
        raise KeyInUse from error
    return None if claimed else await _KEPT.first(db, user_id=user_id, key=key)


async def keep(db: Connection, user_id: str, key: str, status: int, headers: str, body: str) -> None:
    """`headers` is a JSON object."""
    await _KEEP.execute(db, user_id=user_id, key=key, status=status, headers=headers, body=body)
