import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.tables import mail_tokens, users
from service_common.database import Connection, Executor, Statement

_new = upsert(mail_tokens).from_select(
    ["user_id", "purpose", "digest", "email", "expires_at"],
    sa.select(
        users.c.id,
        sa.bindparam("purpose", type_=sa.Text),
        sa.bindparam("digest", type_=sa.LargeBinary),
        sa.bindparam("email", type_=sa.Text),
        sa.func.now() + sa.bindparam("lifetime", type_=sa.Interval),
    )
    .where(users.c.id == sa.bindparam("user_id", type_=sa.Uuid))
    .with_for_update(read=True, key_share=True),
)
_put = Statement(
    _new.on_conflict_do_update(
        index_elements=[mail_tokens.c.user_id, mail_tokens.c.purpose],
        set_={name: _new.excluded[name] for name in ("digest", "email", "expires_at")},
    ).returning(mail_tokens.c.user_id)
)
_valid = (
    (mail_tokens.c.digest == sa.bindparam("digest"))
    & (mail_tokens.c.purpose == sa.any_(sa.bindparam("purposes", type_=ARRAY(sa.Text))))
    & (mail_tokens.c.expires_at > sa.func.now())
)
_exists = Statement(sa.select(sa.exists().where(_valid)))
_take = Statement(
    sa.delete(mail_tokens).where(_valid).returning(mail_tokens.c.user_id, mail_tokens.c.purpose, mail_tokens.c.email)
)
_delete = Statement(sa.delete(mail_tokens).where(mail_tokens.c.user_id == sa.bindparam("user_id")))
_delete_expired = Statement(sa.delete(mail_tokens).where(mail_tokens.c.expires_at <= sa.func.now()))


class MailToken(NamedTuple):
    user_id: uuid.UUID
    purpose: str
    email: str


async def put(db: Executor, user_id: uuid.UUID, purpose: str, digest: bytes, email: str, lifetime: timedelta) -> bool:
    """The former token of the user for this purpose is not valid any more. False when the user is deleted."""
    row = await _put.first(db, user_id=user_id, purpose=purpose, digest=digest, email=email, lifetime=lifetime)
    return row is not None


async def exists(db: Executor, digest: bytes, purposes: Sequence[str]) -> bool:
    return bool(await _exists.value(db, digest=digest, purposes=purposes))


async def take(connection: Connection, digest: bytes, purposes: Sequence[str]) -> MailToken | None:
    """What a valid token is for; it is used up when the transaction ends well."""
    row = await _take.first(connection, digest=digest, purposes=purposes)
    return MailToken(**row) if row else None


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    """Every token of the user."""
    await _delete.execute(connection, user_id=user_id)


async def delete_expired(db: Executor) -> None:
    await _delete_expired.execute(db)
