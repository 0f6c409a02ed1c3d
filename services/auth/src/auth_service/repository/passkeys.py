import uuid
from dataclasses import fields
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.domain import Passkey
from auth_service.tables import passkeys, used_challenges
from service_common.database import Connection, Executor, Statement, named

_columns = [passkeys.c[field.name] for field in fields(Passkey)]
_of_user = passkeys.c.user_id == sa.bindparam("user_id")
_this = _of_user & (passkeys.c.id == sa.bindparam("passkey_id"))
_sign_count = sa.bindparam("sign_count", type_=sa.BigInteger)
_insert = Statement(
    upsert(passkeys)
    .values(named("user_id", "credential_id", "public_key", "sign_count", "name"))
    .on_conflict_do_nothing(index_elements=[passkeys.c.credential_id])
    .returning(*_columns)
)
_find = Statement(
    sa.select(*(passkeys.c[name] for name in ("id", "user_id", "public_key", "sign_count"))).where(
        passkeys.c.credential_id == sa.bindparam("credential_id")
    )
)
_use = Statement(
    sa.update(passkeys)
    .where(_this, (passkeys.c.sign_count < _sign_count) | (_sign_count == 0))
    .values(sign_count=_sign_count, last_used_at=sa.func.now())
    .returning(passkeys.c.id)
)
_all = Statement(sa.select(*_columns, passkeys.c.credential_id).where(_of_user).order_by(passkeys.c.id))
_rename = Statement(sa.update(passkeys).where(_this).values(named("name")).returning(*_columns))
_delete = Statement(sa.delete(passkeys).where(_this).returning(passkeys.c.id))
_delete_all = Statement(sa.delete(passkeys).where(_of_user))
_spend = Statement(
    upsert(used_challenges)
    .values(named("digest", "until"))
    .on_conflict_do_nothing()
    .returning(used_challenges.c.digest)
)
_delete_spent = Statement(sa.delete(used_challenges).where(used_challenges.c.until < sa.func.now()))


class Key(NamedTuple):
    """What checks an answer of a passkey."""

    id: uuid.UUID
    user_id: uuid.UUID
    public_key: bytes
    sign_count: int


async def insert(
    connection: Connection, user_id: uuid.UUID, credential_id: bytes, public_key: bytes, sign_count: int, name: str
) -> Passkey | None:
    """None when somebody has this passkey already."""
    values = {"credential_id": credential_id, "public_key": public_key, "sign_count": sign_count, "name": name}
    row = await _insert.first(connection, user_id=user_id, **values)
    return Passkey(**row) if row else None


async def find(db: Executor, credential_id: bytes) -> Key | None:
    row = await _find.first(db, credential_id=credential_id)
    return Key(**row) if row else None


async def use(db: Executor, user_id: uuid.UUID, passkey_id: uuid.UUID, sign_count: int) -> bool:
    """Note the use; False when the passkey is gone, or has counted as far meanwhile."""
    row = await _use.first(db, user_id=user_id, passkey_id=passkey_id, sign_count=sign_count)
    return row is not None


async def listed(db: Executor, user_id: uuid.UUID) -> list[tuple[Passkey, bytes]]:
    """Oldest first, with what browsers call them."""
    found = [(dict(row), row["credential_id"]) for row in await _all.all(db, user_id=user_id)]
    return [(Passkey(**{field.name: row[field.name] for field in fields(Passkey)}), name) for row, name in found]


async def rename(db: Executor, user_id: uuid.UUID, passkey_id: uuid.UUID, name: str) -> Passkey | None:
    row = await _rename.first(db, user_id=user_id, passkey_id=passkey_id, name=name)
    return Passkey(**row) if row else None


async def delete(connection: Connection, user_id: uuid.UUID, passkey_id: uuid.UUID) -> bool:
    return await _delete.first(connection, user_id=user_id, passkey_id=passkey_id) is not None


async def delete_all(connection: Connection, user_id: uuid.UUID) -> None:
    await _delete_all.execute(connection, user_id=user_id)


async def spend(db: Executor, digest: bytes, until: datetime) -> bool:
    """Use a challenge up; False when it was used."""
    return await _spend.first(db, digest=digest, until=until) is not None


async def delete_spent(db: Executor) -> None:
    await _delete_spent.execute(db)
