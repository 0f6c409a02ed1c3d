import uuid
from datetime import timedelta

import sqlalchemy as sa

from auth_service.domain import Invitation
from auth_service.tables import invitations
from service_common.database import Connection, Executor, Statement, named

LISTED = 500

_columns = [invitations.c[name] for name in ("id", "email", "created_at", "expires_at")]
_valid = (invitations.c.digest == sa.bindparam("digest")) & (invitations.c.expires_at > sa.func.now())
_insert = Statement(
    sa.insert(invitations)
    .values(**named("digest", "email"), expires_at=sa.func.now() + sa.bindparam("lifetime", type_=sa.Interval))
    .returning(*_columns)
)
_all = Statement(
    sa.select(*_columns).where(invitations.c.expires_at > sa.func.now()).order_by(invitations.c.id.desc()).limit(LISTED)
)
_exists = Statement(sa.select(sa.exists().where(_valid)))
_take = Statement(sa.delete(invitations).where(_valid).returning(*_columns))
_delete = Statement(
    sa.delete(invitations).where(invitations.c.id == sa.bindparam("invitation_id")).returning(invitations.c.id)
)
_delete_expired = Statement(sa.delete(invitations).where(invitations.c.expires_at <= sa.func.now()))


async def insert(db: Executor, digest: bytes, email: str | None, lifetime: timedelta) -> Invitation:
    return Invitation(**await _insert.one(db, digest=digest, email=email, lifetime=lifetime))


async def valid(db: Executor) -> list[Invitation]:
    """Those that can be accepted, newest first, at most 500."""
    return [Invitation(**row) for row in await _all.all(db)]


async def exists(db: Executor, digest: bytes) -> bool:
    return bool(await _exists.value(db, digest=digest))


async def take(connection: Connection, digest: bytes) -> Invitation | None:
    """A valid invitation, which is used up when the transaction ends well."""
    row = await _take.first(connection, digest=digest)
    return Invitation(**row) if row else None


async def delete(db: Executor, invitation_id: uuid.UUID) -> bool:
    return await _delete.first(db, invitation_id=invitation_id) is not None


async def delete_expired(db: Executor) -> None:
    await _delete_expired.execute(db)
