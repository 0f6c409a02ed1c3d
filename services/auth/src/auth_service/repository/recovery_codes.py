import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from auth_service.tables import recovery_codes
from service_common.database import Connection, Executor, Statement

_of_user = recovery_codes.c.user_id == sa.bindparam("user_id")
_insert = Statement(
    sa.insert(recovery_codes).from_select(
        ["user_id", "digest"],
        sa.select(
            sa.bindparam("user_id", type_=sa.Uuid),
            sa.func.unnest(sa.bindparam("digests", type_=ARRAY(sa.LargeBinary))),
        ),
    )
)
_use = Statement(
    sa.delete(recovery_codes)
    .where(_of_user, recovery_codes.c.digest == sa.bindparam("digest"))
    .returning(recovery_codes.c.user_id)
)
_left = Statement(sa.select(sa.func.count()).select_from(recovery_codes).where(_of_user))
_delete = Statement(sa.delete(recovery_codes).where(_of_user))


async def insert(connection: Connection, user_id: uuid.UUID, digests: Sequence[bytes]) -> None:
    await _insert.execute(connection, user_id=user_id, digests=digests)


async def use(db: Executor, user_id: uuid.UUID, digest: bytes) -> bool:
    """Use a code up; False when it is none, or was used."""
    return await _use.first(db, user_id=user_id, digest=digest) is not None


async def left(db: Executor, user_id: uuid.UUID) -> int:
    return int(await _left.value(db, user_id=user_id))


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    await _delete.execute(connection, user_id=user_id)
