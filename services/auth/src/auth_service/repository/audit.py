import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from service_common.database import Connection, Statement

_insert = Statement(
    text("""
    insert into audit_log (event, account, session_id, ip, detail)
    values (:event, :account, :session_id, :ip, :detail)
    """)
)
_read = Statement(
    text("""
    select a.id, a.at, a.event, u.email, a.account, a.session_id, a.ip, a.detail
    from audit_log a left join users u on u.audit_id = a.account
    where a.id > :after and (cast(:email_key as text) is null or u.email_key = :email_key)
        and a.at >= :since
    order by a.id limit :limit
    """)
)
_delete_old = Statement(text("delete from audit_log where at < now() - interval '365 days'"))


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


async def record(
    connection: Pool | Connection,
    event: str,
    account: uuid.UUID | None = None,
    session_id: uuid.UUID | None = None,
    ip: str = "",
    detail: str = "",
) -> None:
    await _insert.execute(connection, event=event, account=account, session_id=session_id, ip=ip, detail=detail)


async def read(pool: Pool, since: datetime, email_key: str | None, page: int = 500) -> AsyncIterator[Entry]:
    """Oldest first."""
    after = 0
    while rows := await _read.all(pool, after=after, email_key=email_key, since=since, limit=page):
        for row in rows:
            yield Entry(**row)
        after = rows[-1]["id"]


async def delete_old(pool: Pool) -> None:
    """The only change the table's trigger lets through."""
    await _delete_old.execute(pool)
