import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.domain import MAIL_PAUSE_SECONDS, MAX_MAIL_PAUSE_SECONDS
from auth_service.tables import mails
from service_common.database import Connection, Executor, Statement, named

_new = upsert(mails).values(named("recipient", "kind", "user_id", "sealed"))
_put = Statement(
    _new.on_conflict_do_update(
        index_elements=[mails.c.recipient, mails.c.kind],
        set_={name: _new.excluded[name] for name in ("id", "user_id", "sealed", "created_at", "next_at", "attempts")},
    )
)
_pause = sa.func.least(
    MAX_MAIL_PAUSE_SECONDS, MAIL_PAUSE_SECONDS * sa.func.power(2, sa.func.least(mails.c.attempts, 20))
)
_due_ids = (
    sa.select(mails.c.id)
    .where(mails.c.next_at <= sa.func.now())
    .order_by(mails.c.next_at)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_claim = Statement(
    sa.update(mails)
    .where(mails.c.id.in_(_due_ids))
    .values(attempts=mails.c.attempts + 1, next_at=sa.func.now() + sa.func.make_interval(*[0] * 6, _pause))
    .returning(
        mails.c.id,
        mails.c.kind,
        mails.c.user_id,
        mails.c.sealed,
        mails.c.created_at < sa.func.now() - timedelta(days=1),
    )
)
_delete = Statement(sa.delete(mails).where(mails.c.id == sa.bindparam("mail_id")))
_delete_account = Statement(sa.delete(mails).where(mails.c.recipient == sa.bindparam("account")))


class Mail(NamedTuple):
    """`sealed` opens with the key file; `is_old`: this is the last try."""

    id: uuid.UUID
    kind: str
    user_id: uuid.UUID | None
    sealed: bytes
    is_old: bool


async def put(db: Executor, recipient: bytes, kind: str, sealed: bytes, user_id: uuid.UUID | None = None) -> None:
    """Instead of one of the same kind that has not been sent yet."""
    await _put.execute(db, recipient=recipient, kind=kind, user_id=user_id, sealed=sealed)


async def claim(db: Executor, limit: int) -> Sequence[Mail]:
    """Those that are due: they are due again, if they are not deleted, after a pause that grows with each try."""
    return [Mail(*row.values()) for row in await _claim.all(db, limit=limit)]


async def delete(db: Executor, mail_id: uuid.UUID) -> None:
    await _delete.execute(db, mail_id=mail_id)


async def delete_account(connection: Connection, account: bytes) -> None:
    """Delete what was asked for with an address."""
    await _delete_account.execute(connection, account=account)
