import uuid
from datetime import timedelta

import sqlalchemy as sa

from auth_service.domain import MFA_SECONDS, MFA_TRIES
from auth_service.tables import pending_logins, users
from service_common.database import Connection, Executor, Statement

_this = pending_logins.c.digest == sa.bindparam("digest")
_insert = Statement(
    sa.insert(pending_logins)
    .from_select(
        ["digest", "user_id", "expires_at"],
        sa.select(
            sa.bindparam("digest", type_=sa.LargeBinary), users.c.id, sa.func.now() + timedelta(seconds=MFA_SECONDS)
        )
        .where(
            users.c.id == sa.bindparam("user_id"),
            users.c.password_hash == sa.bindparam("password_hash"),
            ~users.c.disabled,
        )
        .with_for_update(read=True),
    )
    .returning(pending_logins.c.user_id)
)
_count = Statement(
    sa.update(pending_logins)
    .where(_this, pending_logins.c.expires_at > sa.func.now(), pending_logins.c.tries < MFA_TRIES)
    .values(tries=pending_logins.c.tries + 1)
    .returning(pending_logins.c.user_id)
)
_take = Statement(sa.delete(pending_logins).where(_this).returning(pending_logins.c.user_id))
_delete = Statement(sa.delete(pending_logins).where(pending_logins.c.user_id == sa.bindparam("user_id")))
_delete_expired = Statement(sa.delete(pending_logins).where(pending_logins.c.expires_at <= sa.func.now()))


async def insert(db: Executor, user_id: uuid.UUID, digest: bytes, password_hash: str) -> bool:
    """False when the password that was checked is no longer the user's, or the user is disabled or deleted."""
    row = await _insert.first(db, user_id=user_id, digest=digest, password_hash=password_hash)
    return row is not None


async def count_try(db: Executor, digest: bytes) -> uuid.UUID | None:
    """The user of a log-in that waits and may be tried once more."""
    row = await _count.first(db, digest=digest)
    return row["user_id"] if row else None


async def take(connection: Connection, digest: bytes) -> bool:
    """End the waiting; False when it has ended already."""
    return await _take.first(connection, digest=digest) is not None


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    await _delete.execute(connection, user_id=user_id)


async def delete_expired(db: Executor) -> None:
    await _delete_expired.execute(db)
