import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.tables import mail_tokens
from service_common.database import Connection, Executor, Statement, named

_new = upsert(mail_tokens).values(
    **named("user_id", "purpose", "digest", "email"),
    expires_at=sa.func.now() + sa.bindparam("lifetime", type_=sa.Interval),
)
_put = Statement(
    _new.on_conflict_do_update(
        index_elements=[mail_tokens.c.user_id, mail_tokens.c.purpose],
        set_={name: _new.excluded[name] for name in ("digest", "email", "expires_at")},
    )
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


async def put(db: Executor, user_id: uuid.UUID, purpose: str, digest: bytes, email: str, lifetime: timedelta) -> None:
    """The former token of the user for this purpose is not valid any more."""
    await _put.execute(db, user_id=user_id, purpose=purpose, digest=digest, email=email, lifetime=lifetime)


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
