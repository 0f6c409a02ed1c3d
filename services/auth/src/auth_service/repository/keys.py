from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from auth_service.tables import signing_keys
from service_common.database import Connection, Executor, Statement, ago, named

LOCK = 7_205_759_410

_newer = signing_keys.alias()
_all = Statement(
    sa.select(*(signing_keys.c[name] for name in ("id", "public", "sealed", "signs_from"))).order_by(
        signing_keys.c.signs_from
    )
)
_insert = Statement(
    sa.insert(signing_keys).values(
        **named("id", "public", "sealed"), signs_from=sa.func.now() + sa.bindparam("lead", type_=sa.Interval)
    )
)
_lock = Statement(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
_newest_age = Statement(sa.select(sa.extract("epoch", sa.func.now() - sa.func.max(signing_keys.c.signs_from))))
_delete_retired = Statement(
    sa.delete(signing_keys)
    .where(sa.exists().where(_newer.c.signs_from > signing_keys.c.signs_from, _newer.c.signs_from < ago("kept")))
    .returning(signing_keys.c.id)
)


_delete_every = Statement(sa.delete(signing_keys))


class SigningKey(NamedTuple):
    """`public` is the key's `x` in base64url; `sealed` opens with the key file."""

    id: str
    public: str
    sealed: bytes
    signs_from: datetime


async def all_keys(db: Executor) -> Sequence[SigningKey]:
    """Oldest first."""
    return [SigningKey(**row) for row in await _all.all(db)]


async def insert(connection: Connection, key_id: str, public: str, sealed: bytes, lead_seconds: float) -> None:
    """A key that signs `lead_seconds` from now."""
    lead = timedelta(seconds=lead_seconds)
    await _insert.execute(connection, id=key_id, public=public, sealed=sealed, lead=lead)


async def delete_every(connection: Connection) -> None:
    await _delete_every.execute(connection)


async def lock(connection: Connection) -> None:
    """Until the transaction ends, no other process makes keys."""
    await _lock.execute(connection)


async def newest_age(connection: Connection) -> float | None:
    """Seconds since the newest key began to sign, negative before that; None without keys."""
    age = await _newest_age.value(connection)
    return None if age is None else float(age)


async def delete_retired(connection: Connection, kept_seconds: float) -> list[str]:
    """Delete the keys that a newer one replaced more than `kept_seconds` ago; their ids."""
    return [row["id"] for row in await _delete_retired.all(connection, kept=timedelta(seconds=kept_seconds))]
