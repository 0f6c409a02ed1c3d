"""Idempotency keys: the first request claims its key in the transaction of its write, and stores its response there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from service_common.database import Connection, Statement, ago, named
from todos_service.domain import Quotas
from todos_service.errors import KeyInUse
from todos_service.repository import usage
from todos_service.tables import feeds
from todos_service.tables import idempotency_keys as keys

WAIT_MILLISECONDS = 3000
KEY_BYTES = 256  # counted for each key beside its answer

_this = (keys.c.user_id == sa.bindparam("user_id")) & (keys.c.key == sa.bindparam("key"))
# A claim waits for an uncommitted one, but not for long. A key older than `age` is free again.
_lock_timeout = (
    sa.select(sa.func.set_config("lock_timeout", sa.bindparam("wait", type_=sa.Text), sa.true()))
    .cte("lock_timeout")
    .prefix_with("MATERIALIZED")
)
_claim = insert(keys).from_select(
    ["user_id", "key", "fingerprint"],
    sa.select(*(sa.bindparam(name, type_=keys.c[name].type) for name in ("user_id", "key", "fingerprint"))).select_from(
        _lock_timeout
    ),
)
_CLAIM = Statement(
    _claim.on_conflict_do_update(
        index_elements=[keys.c.user_id, keys.c.key],
        set_={"fingerprint": _claim.excluded.fingerprint, "created_at": sa.func.now(), "status": None},
        where=keys.c.created_at < ago("age"),
    ).returning(sa.true())
)
_STORED = Statement(sa.select(keys.c.fingerprint, keys.c.status, keys.c.headers, keys.c.body).where(_this))
_size, _today = sa.bindparam("size", type_=sa.BigInteger), sa.func.current_date()
_kept = sa.literal_column(usage.today("kept"), sa.BigInteger) + _size
_count = (
    insert(feeds)
    .values(user_id=sa.bindparam("user_id"), sequence=0, day=_today, kept=_size)
    .on_conflict_do_update(
        index_elements=[feeds.c.user_id],
        set_={"day": _today, "writes": sa.literal_column(usage.today("writes")), "kept": _kept},
        where=_kept <= sa.bindparam("most", type_=sa.BigInteger),
    )
    .returning(sa.true().label("allowed"))
    .cte("counted")
)
_STORE = Statement(
    sa.update(keys)
    .where(_this, sa.exists(_count.select()))
    .values(named("status", "headers", "body"))
    .returning(sa.true())
)

_KNOWN = Statement(
    sa.select(keys.c.key, keys.c.fingerprint, keys.c.body).where(
        keys.c.user_id == sa.bindparam("user_id"),
        keys.c.key == sa.any_(sa.bindparam("keys", type_=ARRAY(sa.Text))),
        keys.c.created_at >= ago("age"),
    )
)
_STORE_ALL = Statement(
    sa.text(
        f"""
        with counted as (
            update feeds set day = current_date, writes = {usage.today("writes")}, kept = {usage.today("kept")} + :size
            where user_id = :user_id and {usage.today("kept")} + :size <= :most returning true
        ), stored as (
            insert into idempotency_keys (user_id, key, fingerprint, status, headers, body)
            select :user_id, key, fingerprint, 200, '{{}}', body
            from unnest(cast(:keys as text[]), cast(:fingerprints as bytea[]), cast(:bodies as text[]))
                r (key, fingerprint, body)
            where exists (select from counted)
            on conflict (user_id, key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
                headers = excluded.headers, body = excluded.body, created_at = now()
        )
        select true from counted
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
    age, wait = timedelta(hours=hours), str(WAIT_MILLISECONDS)
    try:
        claimed = await _CLAIM.value(db, user_id=user_id, key=key, fingerprint=fingerprint, age=age, wait=wait)
    except asyncpg.LockNotAvailableError as error:
        raise KeyInUse from error
    row = None if claimed else await _STORED.first(db, user_id=user_id, key=key)
    if row is None:
        return None
    return row["fingerprint"], StoredResponse(row["status"], orjson.loads(row["headers"]), row["body"])


async def keep(db: Connection, user_id: str, key: str, response: StoredResponse, quotas: Quotas) -> None:
    """Store the answer with the key. Raises: DailyQuotaExceeded."""
    values = {"status": response.status, "headers": orjson.dumps(response.headers).decode(), "body": response.body}
    size, most = len(response.body.encode()) + KEY_BYTES, quotas.idempotency_bytes_a_day
    if not await _STORE.value(db, user_id=user_id, key=key, **values, size=size, most=most):
        await usage.check(db, user_id, quotas, Quotas(idempotency_bytes_a_day=size))


async def known(db: Connection, user_id: str, given: Sequence[str], hours: int) -> dict[str, tuple[bytes, str]]:
    """The fingerprint and the answer of those of these keys that are stored."""
    rows = await _KNOWN.all(db, user_id=user_id, keys=given, age=timedelta(hours=hours))
    return {row["key"]: (row["fingerprint"], row["body"]) for row in rows}


async def keep_all(db: Connection, user_id: str, answers: Mapping[str, tuple[bytes, str]], quotas: Quotas) -> None:
    """Store answers with their keys, as `known` gives them. Raises: DailyQuotaExceeded."""
    bodies = [body for _, body in answers.values()]
    size = sum(len(body.encode()) + KEY_BYTES for body in bodies)
    given = {"keys": list(answers), "fingerprints": [mark for mark, _ in answers.values()], "bodies": bodies}
    most = quotas.idempotency_bytes_a_day
    if answers and not await _STORE_ALL.value(db, user_id=user_id, **given, size=size, most=most):
        await usage.check(db, user_id, quotas, Quotas(idempotency_bytes_a_day=size))
