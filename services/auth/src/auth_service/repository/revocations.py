import uuid
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.tables import revocations, user_revocations
from service_common.database import Connection, Statement
from service_common.revocations import SESSION, USER, Revocation
from todobus_events.topology import REVOCATION_SECONDS

TABLES = (revocations, user_revocations)
UNTIL = sa.func.now() + timedelta(seconds=REVOCATION_SECONDS)


def _row(table: sa.Table) -> list[sa.ColumnElement[object]]:
    seconds = sa.cast(sa.extract("epoch", table.c.until), sa.Double).label("until")
    return [seconds if column.name == "until" else column for column in table.c if column.name != "published"]


_session_ids = sa.bindparam("session_ids", type_=ARRAY(sa.Uuid))
_insert = Statement(
    sa.insert(revocations)
    .from_select(["session_id", "until"], sa.select(sa.func.unnest(_session_ids), UNTIL))
    .returning(*_row(revocations))
)
_new = upsert(user_revocations).values(user_id=sa.bindparam("user_id"), before=sa.func.uuidv7(), until=UNTIL)
_insert_all = Statement(
    _new.on_conflict_do_update(
        index_elements=[user_revocations.c.user_id],
        set_={name: _new.excluded[name] for name in ("before", "until", "published")},
    ).returning(*_row(user_revocations))
)
_unpublished = [
    Statement(
        sa.select(*_row(table))
        .where(~table.c.published, table.c.until > sa.func.now())
        .order_by(table.c.until)
        .limit(sa.bindparam("limit"))
    )
    for table in TABLES
]
_published = Statement(
    sa.update(revocations).where(revocations.c.session_id == sa.any_(_session_ids)).values(published=sa.true())
)
_user_published = Statement(
    sa.update(user_revocations)
    .where(user_revocations.c.user_id == sa.bindparam("user_id"))
    .values(published=user_revocations.c.before == sa.bindparam("sent"))
)
_unpublish = [
    Statement(sa.update(table).where(table.c.published, table.c.until > sa.func.now()).values(published=sa.false()))
    for table in TABLES
]
_delete_dead = [Statement(sa.delete(table).where(table.c.until <= sa.func.now())) for table in TABLES]


async def insert(connection: Connection, session_ids: Sequence[uuid.UUID]) -> list[Revocation]:
    return [_revocation(row) for row in await _insert.all(connection, session_ids=session_ids)]


async def insert_all(connection: Connection, user_id: uuid.UUID) -> Revocation:
    """Revoke all sessions that the user has until now; the user's row is locked, so that none begins meanwhile."""
    return _revocation(await _insert_all.one(connection, user_id=user_id))


async def unpublished(pool: asyncpg.Pool, limit: int) -> list[Revocation]:
    """At most `limit` of sessions, and of users."""
    return [_revocation(row) for statement in _unpublished for row in await statement.all(pool, limit=limit)]


async def published(pool: asyncpg.Pool, stored: Sequence[Revocation]) -> None:
    """Mark what the bus has stored; of a user whose sessions have ended again since, the later one is to follow."""
    identities = [uuid.UUID(one.key.partition(".")[2]) for one in stored]
    sessions = [identity for identity, one in zip(identities, stored, strict=True) if not one.before]
    if sessions:
        await _published.execute(pool, session_ids=sessions)
    for identity, one in zip(identities, stored, strict=True):
        if one.before:
            await _user_published.execute(pool, user_id=identity, sent=uuid.UUID(one.before))


async def unpublish(pool: asyncpg.Pool) -> None:
    """Mark those of tokens that have not expired as not published: the bus may have lost them."""
    for statement in _unpublish:
        await statement.execute(pool)


async def delete_dead(pool: asyncpg.Pool) -> None:
    for statement in _delete_dead:
        await statement.execute(pool)


def _revocation(row: asyncpg.Record) -> Revocation:
    if "before" in row:
        return Revocation(USER + str(row["user_id"]), row["until"], str(row["before"]))
    return Revocation(SESSION + str(row["session_id"]), row["until"])
