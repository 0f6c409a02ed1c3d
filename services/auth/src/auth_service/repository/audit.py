import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from auth_service.domain import Activity
from auth_service.tables import audit_log, users
from service_common.database import Executor, Statement, named

_insert = Statement(sa.insert(audit_log).inline().values(named("event", "account", "session_id", "ip", "detail")))
_email_key = sa.cast(sa.bindparam("email_key"), sa.Text)
_read = Statement(
    sa.select(audit_log, users.c.email)
    .outerjoin_from(audit_log, users, users.c.audit_id == audit_log.c.account)
    .where(
        audit_log.c.id > sa.bindparam("after"),
        audit_log.c.at >= sa.bindparam("since"),
        sa.or_(_email_key.is_(None), users.c.email_key == _email_key),
    )
    .order_by(audit_log.c.id)
    .limit(sa.bindparam("limit"))
)
_of_account = Statement(
    sa.select(*(audit_log.c[name] for name in ("id", "at", "event", "session_id", "ip", "detail")))
    .where(audit_log.c.account == sa.bindparam("account"), audit_log.c.id < sa.bindparam("before"))
    .order_by(audit_log.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_delete_old = Statement(sa.select(sa.func.forget_old_audit_entries()))


class Entry(NamedTuple):
    """`account` stands for the user; `email` is known as long as the user exists."""

    id: int
    at: datetime
    event: str
    email: str | None
    account: uuid.UUID | None
    session_id: uuid.UUID | None
    ip: str
    detail: str


async def of_account(db: Executor, account: uuid.UUID, before: int, limit: int) -> list[Activity]:
    """The entries of one account that are older than entry `before`, newest first."""
    return [Activity(**row) for row in await _of_account.all(db, account=account, before=before, limit=limit)]


async def record(
    db: Executor,
    account: uuid.UUID | None,
    event: str,
    session_id: uuid.UUID | None = None,
    ip: str = "",
    detail: str = "",
) -> None:
    """`account` is the user's `audit_id`; None where no known user is concerned."""
    await _insert.execute(db, event=event, account=account, session_id=session_id, ip=ip, detail=detail)


async def read(db: Executor, since: datetime, email_key: str | None, page: int = 500) -> AsyncIterator[Entry]:
    """The entries of one account, or of all, oldest first."""
    after = 0
    while rows := await _read.all(db, after=after, email_key=email_key, since=since, limit=page):
        for row in rows:
            yield Entry(**row)
        after = rows[-1]["id"]


async def delete_old(db: Executor) -> None:
    """Forget what is older than a year, by a function of the owner: the role that runs may only add and read."""
    await _delete_old.execute(db)
