import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.tables import totp
from service_common.database import Connection, Executor, Statement, named

_of_user = totp.c.user_id == sa.bindparam("user_id")
_step = sa.bindparam("step", type_=sa.BigInteger)
_new = upsert(totp).values(named("user_id", "sealed"))
_put = Statement(
    _new.on_conflict_do_update(
        index_elements=[totp.c.user_id], set_={"sealed": _new.excluded.sealed}, where=~totp.c.confirmed
    ).returning(totp.c.user_id)
)
_find = Statement(sa.select(totp.c.sealed, totp.c.confirmed).where(_of_user))
_use = Statement(
    sa.update(totp)
    .where(_of_user, totp.c.last_step < _step, totp.c.confirmed == sa.bindparam("confirmed"))
    .values(last_step=_step, confirmed=sa.true())
    .returning(totp.c.user_id)
)
_delete = Statement(sa.delete(totp).where(_of_user).returning(totp.c.user_id))


class Totp(NamedTuple):
    """`sealed` opens with the key file; it counts once it is confirmed."""

    sealed: bytes
    confirmed: bool


async def put(db: Executor, user_id: uuid.UUID, sealed: bytes) -> bool:
    """A secret to be confirmed, instead of one that was not; False when one was."""
    return await _put.first(db, user_id=user_id, sealed=sealed) is not None


async def find(db: Executor, user_id: uuid.UUID) -> Totp | None:
    row = await _find.first(db, user_id=user_id)
    return Totp(**row) if row else None


async def use(db: Executor, user_id: uuid.UUID, step: int, *, confirmed: bool) -> bool:
    """Accept the code of a time step, once, and none of an earlier step; of a secret that is `confirmed` or not."""
    return await _use.first(db, user_id=user_id, step=step, confirmed=confirmed) is not None


async def delete(connection: Connection, user_id: uuid.UUID) -> bool:
    """Whether there was one."""
    return await _delete.first(connection, user_id=user_id) is not None
