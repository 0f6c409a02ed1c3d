import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from auth_service.domain import ABSOLUTE_DAYS, IDLE_DAYS, RECENT_MINUTES, REUSE_WINDOW_SECONDS, Session, User
from auth_service.repository.users import with_id
from auth_service.tables import sessions, users
from service_common.database import Connection, Executor, Statement, ago

_columns = [sessions.c[field.name] for field in fields(Session)]
_alive_now = (sessions.c.created_at > ago(timedelta(days=ABSOLUTE_DAYS))) & (
    sessions.c.last_used_at > ago(timedelta(days=IDLE_DAYS))
)
_of_user = sessions.c.user_id == sa.bindparam("user_id")
_this = sessions.c.id == sa.bindparam("session_id")
_counter = sa.bindparam("counter", type_=sa.BigInteger)

_insert = Statement(
    sa.insert(sessions)
    .from_select(
        ["user_id", "user_agent", "ip"],
        sa.select(users.c.id, sa.bindparam("user_agent", type_=sa.Text), sa.bindparam("ip", type_=sa.Text))
        .where(
            users.c.id == sa.bindparam("user_id"),
            users.c.password_hash == sa.bindparam("password_hash"),
            ~users.c.disabled,
        )
        .with_for_update(read=True),
    )
    .returning(*_columns)
)
_rotate = Statement(
    sa.update(sessions)
    .where(
        _this,
        _alive_now,
        (sessions.c.counter == _counter)
        | (sessions.c.counter == _counter + 1) & (sessions.c.rotated_at > ago(timedelta(seconds=REUSE_WINDOW_SECONDS))),
    )
    .values(
        counter=_counter + 1,
        rotated_at=sa.case((sessions.c.counter == _counter, sa.func.now()), else_=sessions.c.rotated_at),
        last_used_at=sa.func.now(),
    )
    .returning(*_columns, sessions.c.user_id)
)
_find = Statement(
    sa.select(sessions.c.user_id, sessions.c.counter, users.c.audit_id).join_from(sessions, users).where(_this)
)
_alive = Statement(
    sa.select(*_columns).where(_of_user, _alive_now).order_by(sessions.c.last_used_at.desc(), sessions.c.id)
)
_delete = Statement(sa.delete(sessions).where(_of_user, _this).returning(sessions.c.id))
_delete_all = Statement(
    sa.delete(sessions).where(_of_user, sessions.c.id.is_distinct_from(sa.bindparam("kept"))).returning(sessions.c.id)
)
_authenticated = Statement(
    sa.update(sessions).where(_of_user, _this).values(authenticated_at=sa.func.now()).returning(sessions.c.id)
)
_is_recent = Statement(
    sa.select(sessions.c.authenticated_at > ago(timedelta(minutes=RECENT_MINUTES))).where(_of_user, _this)
)
_newer = sessions.alias()
_delete_oldest = Statement(
    sa.delete(sessions)
    .where(
        _of_user,
        sessions.c.id
        <= sa.select(_newer.c.id)
        .where(_newer.c.user_id == sa.bindparam("user_id"))
        .order_by(_newer.c.id.desc())
        .offset(sa.bindparam("kept"))
        .limit(1)
        .scalar_subquery(),
    )
    .returning(sessions.c.id)
)
_delete_dead = Statement(sa.delete(sessions).where(~_alive_now))
_delete_every = Statement(sa.delete(sessions).returning(sessions.c.id))


class Owner(NamedTuple):
    user_id: uuid.UUID
    counter: int
    audit_id: uuid.UUID


async def insert(
    connection: Connection, user_id: uuid.UUID, password_hash: str, user_agent: str, ip: str
) -> Session | None:
    """None when the password that was checked is no longer the user's, or the user is deleted.

    A change of the password or a deletion of the user waits for this transaction, and then ends this session too.
    """
    row = await _insert.first(connection, user_id=user_id, password_hash=password_hash, user_agent=user_agent, ip=ip)
    return Session(**row) if row else None


async def rotate(db: Executor, session_id: uuid.UUID, counter: int) -> tuple[Session, User] | None:
    """Move the session past its token `counter`; a second time within the window changes nothing.

    None when the session has ended, or the token is older, or not issued yet.
    """
    if row := await _rotate.first(db, session_id=session_id, counter=counter):
        *session, user_id = row.values()
        if user := await with_id(db, user_id):
            return Session(*session), user
    return None


async def owner(db: Executor, session_id: uuid.UUID) -> Owner | None:
    """The user of the session that a token names."""
    row = await _find.first(db, session_id=session_id)
    return Owner(**row) if row else None


async def alive(db: Executor, user_id: uuid.UUID) -> Sequence[Session]:
    """Last used first."""
    return [Session(**row) for row in await _alive.all(db, user_id=user_id)]


async def authenticated(db: Executor, user_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """The user of this session has just proved who they are; False when the session has ended."""
    return await _authenticated.first(db, user_id=user_id, session_id=session_id) is not None


async def is_recent(db: Executor, user_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """Whether that was in the last ten minutes; False when there is no such session."""
    return bool(await _is_recent.value(db, user_id=user_id, session_id=session_id))


async def delete(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID) -> list[uuid.UUID]:
    """The session that ended, if it was the user's."""
    return [row["id"] for row in await _delete.all(connection, user_id=user_id, session_id=session_id)]


async def delete_all(connection: Connection, user_id: uuid.UUID, kept: uuid.UUID | None = None) -> list[uuid.UUID]:
    """The sessions that ended: all but `kept`."""
    return [row["id"] for row in await _delete_all.all(connection, user_id=user_id, kept=kept)]


async def delete_oldest(connection: Connection, user_id: uuid.UUID, kept: int) -> list[uuid.UUID]:
    """The sessions that ended: all but the `kept` that began last."""
    return [row["id"] for row in await _delete_oldest.all(connection, user_id=user_id, kept=kept)]


async def delete_every(connection: Connection) -> int:
    """How many there were, of all users."""
    return len(await _delete_every.all(connection))


async def delete_dead(db: Executor) -> None:
    """Delete the sessions past their idle or absolute limit; their tokens expired long before."""
    await _delete_dead.execute(db)
