import uuid
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.domain import Identity
from auth_service.tables import identities
from service_common.database import Connection, Executor, Statement, named

_columns = [identities.c[field.name] for field in fields(Identity)]
_of_user = identities.c.user_id == sa.bindparam("user_id")
_insert = Statement(
    upsert(identities)
    .values(named("user_id", "issuer", "subject", "email"))
    .on_conflict_do_nothing(index_elements=[identities.c.issuer, identities.c.subject])
    .returning(identities.c.id)
)
_use = Statement(
    sa.update(identities)
    .where(identities.c.issuer == sa.bindparam("issuer"), identities.c.subject == sa.bindparam("subject"))
    .values(last_used_at=sa.func.now(), email=sa.func.coalesce(sa.bindparam("email"), identities.c.email))
    .returning(identities.c.user_id)
)
_all = Statement(sa.select(*_columns).where(_of_user).order_by(identities.c.id))
_delete = Statement(
    sa.delete(identities).where(_of_user, identities.c.id == sa.bindparam("identity_id")).returning(identities.c.id)
)
_delete_all = Statement(sa.delete(identities).where(_of_user))


async def insert(connection: Connection, user_id: uuid.UUID, issuer: str, subject: str, email: str) -> bool:
    """False when somebody has this identity already."""
    row = await _insert.first(connection, user_id=user_id, issuer=issuer, subject=subject, email=email)
    return row is not None


async def use(db: Executor, issuer: str, subject: str, email: str) -> uuid.UUID | None:
    """The user who logs in with an identity; an `email` of "" changes nothing."""
    row = await _use.first(db, issuer=issuer, subject=subject, email=email or None)
    return row["user_id"] if row else None


async def listed(db: Executor, user_id: uuid.UUID) -> list[Identity]:
    """Oldest first."""
    return [Identity(**row) for row in await _all.all(db, user_id=user_id)]


async def delete(connection: Connection, user_id: uuid.UUID, identity_id: uuid.UUID) -> bool:
    return await _delete.first(connection, user_id=user_id, identity_id=identity_id) is not None


async def delete_all(connection: Connection, user_id: uuid.UUID) -> None:
    await _delete_all.execute(connection, user_id=user_id)
