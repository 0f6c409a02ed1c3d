from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from service_common.database import Connection, Statement

LOCK = 7_205_759_410

_all = Statement(text("select id, public, sealed, signs_from from signing_keys order by signs_from"))
_insert = Statement(
    text("""
    insert into signing_keys (id, public, sealed, signs_from)
    values (:id, :public, :sealed, now() + make_interval(secs => :lead))
    """)
)
_lock = Statement(text(f"select pg_advisory_xact_lock({LOCK})"))
_newest_age = Statement(text("select extract(epoch from now() - max(signs_from)) from signing_keys"))
_delete_retired = Statement(
    text("""
    delete from signing_keys k where exists (
        select 1 from signing_keys n
        where n.signs_from > k.signs_from and n.signs_from < now() - make_interval(secs => :kept)
    ) returning id
    """)
)


class SigningKey(NamedTuple):
    """`public` is the key's `x` in base64url; `sealed` opens with the key file."""

    id: str
    public: str
    sealed: bytes
    signs_from: datetime


async def all_keys(pool: Pool | Connection) -> Sequence[SigningKey]:
    """Oldest first."""
    return [SigningKey(**row) for row in await _all.all(pool)]


async def insert(connection: Connection, key_id: str, public: str, sealed: bytes, lead: float) -> None:
    """A key that signs `lead` seconds from now."""
    await _insert.execute(connection, id=key_id, public=public, sealed=sealed, lead=lead)


async def lock(connection: Connection) -> None:
    """One process at a time makes keys; until the transaction ends."""
    await _lock.execute(connection)


async def newest_age(connection: Connection) -> float | None:
    """Seconds since the newest key signs, negative before; None without keys."""
    age = await _newest_age.value(connection)
    return None if age is None else float(age)


async def delete_retired(connection: Connection, kept: float) -> list[str]:
    """Forget the keys that a newer one replaced more than `kept` seconds ago."""
    return [row["id"] for row in await _delete_retired.all(connection, kept=kept)]
