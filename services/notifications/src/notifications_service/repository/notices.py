"""What waits to be sent on a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from notifications_service.domain import Channel
from notifications_service.tables import notices
from service_common.database import Connection, Executor, Statement

PAUSE_SECONDS, MAX_PAUSE_SECONDS = 300, 3600  # longer than all that is claimed together takes

_PUT = Statement(
    sa.text("""
    insert into notices (user_id, channel, id, kind, content, next_at)
    select * from unnest(
        cast(:user_ids as uuid[]), cast(:channels as text[]), cast(:ids as uuid[]), cast(:kinds as text[]),
        cast(:contents as text[]), cast(:next as timestamptz[])
    )
    on conflict do nothing
    """)
)
_CLAIM = Statement(
    sa.text(f"""
    update notices n set attempts = attempts + 1, next_at = now() + make_interval(
        secs => least({MAX_PAUSE_SECONDS}, {PAUSE_SECONDS} * power(2, least(attempts, 10)))
    )
    from (
        select user_id, id from notices where channel = :channel and next_at <= now()
        order by next_at limit :most for update skip locked
    ) due
    where n.user_id = due.user_id and n.channel = :channel and n.id = due.id
    returning n.user_id, n.id, n.kind, n.content, n.created_at < now() - interval '1 day' as is_old
    """).bindparams(sa.bindparam("channel", type_=sa.Text))
)
_DELETE = Statement(
    sa.delete(notices).where(
        notices.c.user_id == sa.bindparam("user_id", type_=sa.Uuid),
        notices.c.channel == sa.bindparam("channel"),
        notices.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid))),
    )
)


class New(NamedTuple):
    """`id` is that of the event; `content` is JSON. It is to be sent at `next_at`."""

    user_id: UUID
    channel: Channel
    id: UUID
    kind: str
    content: str
    next_at: datetime


class Notice(NamedTuple):
    """`is_old`: this is the last try."""

    user_id: UUID
    id: UUID
    kind: str
    content: str
    is_old: bool


async def put(connection: Connection, new: Sequence[New]) -> None:
    names = ("user_ids", "channels", "ids", "kinds", "contents", "next")
    if new:
        await _PUT.execute(connection, **dict(zip(names, map(list, zip(*new, strict=True)), strict=True)))


async def claim(db: Executor, channel: Channel, most: int) -> Sequence[Notice]:
    """Those that are due: they are due again, if they are not deleted, after a pause that grows with each try."""
    return [Notice(*row) for row in await _CLAIM.all(db, channel=channel, most=most)]


async def delete(db: Executor, user_id: UUID, channel: Channel, ids: Sequence[UUID]) -> None:
    await _DELETE.execute(db, user_id=user_id, channel=channel, ids=ids)
