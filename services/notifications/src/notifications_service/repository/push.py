"""Browsers that have subscribed to Web Push."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from notifications_service.domain import MAX_BROWSERS
from notifications_service.tables import push_subscriptions as rows
from service_common.database import Connection, Executor, Statement

_user_id = sa.bindparam("user_id", type_=sa.Uuid)


class Subscription(NamedTuple):
    """`p256dh` and `auth` are the browser's keys, in base64url."""

    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime


_ALL = Statement(
    sa.select(*(rows.c[name] for name in Subscription._fields))
    .where(rows.c.user_id == _user_id)
    .order_by(rows.c.created_at, rows.c.endpoint)
)
_ADD = Statement(
    sa.text("""
    insert into push_subscriptions as s (user_id, endpoint, p256dh, auth, session_id)
    values (:user_id, :endpoint, :p256dh, :auth, :session_id)
    on conflict (user_id, endpoint) do update
    set p256dh = excluded.p256dh, auth = excluded.auth, session_id = excluded.session_id
    returning endpoint, p256dh, auth, created_at
    """).bindparams(
        _user_id,
        sa.bindparam("session_id", type_=sa.Uuid),
        *(sa.bindparam(name, type_=sa.Text) for name in ("endpoint", "p256dh", "auth")),
    )
)
# The newest stay: a browser that was forgotten subscribes again when the app is opened.
_TRIM = Statement(
    sa.text(f"""
    delete from push_subscriptions where user_id = :user_id and endpoint in (
        select endpoint from push_subscriptions where user_id = :user_id
        order by created_at desc, endpoint offset {MAX_BROWSERS}
    )
    """).bindparams(_user_id)
)
_REMOVE = Statement(
    sa.delete(rows).where(rows.c.user_id == _user_id, rows.c.endpoint == sa.bindparam("endpoint", type_=sa.Text))
)

_ended = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid)))
_REMOVE_ENDED = Statement(sa.delete(rows).where((rows.c.session_id == _ended) | (rows.c.user_id == _ended)))


async def of_user(db: Executor, user_id: UUID) -> Sequence[Subscription]:
    return [Subscription(*row) for row in await _ALL.all(db, user_id=user_id)]


async def add(
    connection: Connection, user_id: UUID, endpoint: str, p256dh: str, auth: str, session_id: UUID
) -> Subscription:
    """In place of one of the same endpoint; of more than MAX_BROWSERS the oldest goes."""
    keys = {"p256dh": p256dh, "auth": auth}
    row = await _ADD.one(connection, user_id=user_id, endpoint=endpoint, session_id=session_id, **keys)
    await _TRIM.execute(connection, user_id=user_id)
    return Subscription(*row)


async def remove(db: Executor, user_id: UUID, endpoint: str) -> None:
    await _REMOVE.execute(db, user_id=user_id, endpoint=endpoint)


async def remove_ended(db: Executor, ids: Sequence[UUID]) -> None:
    """Those of these sessions, and those of these users, all of whose sessions have ended."""
    await _REMOVE_ENDED.execute(db, ids=ids)
