import uuid
from collections.abc import Sequence
from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from auth_service.domain import ABSOLUTE_DAYS, IDLE_DAYS, REUSE_WINDOW_SECONDS, Session, User
from auth_service.repository import users
from service_common.database import Connection, Statement

COLUMNS = "id, counter, created_at, last_used_at, user_agent, ip"
ALIVE = (
    f"""created_at > now() - interval '{ABSOLUTE_DAYS} days' and last_used_at > now() - interval '{IDLE_DAYS} days'"""
)

_insert = Statement(
    text(f"""
    insert into sessions (user_id, user_agent, ip)
    select id, :user_agent, :ip from users where id = :user_id and password_hash = :password_hash for share
    returning {COLUMNS}
    """)
)
_rotate = Statement(
    text(f"""
    update sessions set
        counter = :counter + 1,
        rotated_at = case when counter = :counter then now() else rotated_at end,
        last_used_at = now()
    where id = :session_id and {ALIVE} and (
        counter = :counter
        or (counter = :counter + 1 and rotated_at > now() - interval '{REUSE_WINDOW_SECONDS} seconds')
    )
    returning {COLUMNS}, user_id
    """)
)
_find = Statement(
    text("""
    select s.user_id, s.counter, u.audit_id from sessions s join users u on u.id = s.user_id where s.id = :session_id
    """)
)
_alive = Statement(
    text(f"select {COLUMNS} from sessions where user_id = :user_id and {ALIVE} order by last_used_at desc, id")
)
_delete = Statement(text("delete from sessions where user_id = :user_id and id = :session_id returning id"))
_delete_all = Statement(
    text("delete from sessions where user_id = :user_id and id is distinct from cast(:kept as uuid) returning id")
)
_delete_dead = Statement(text(f"delete from sessions where not ({ALIVE})"))


class Owner(NamedTuple):
    user_id: uuid.UUID
    counter: int
    audit_id: uuid.UUID


async def insert(
    connection: Connection, user_id: uuid.UUID, password_hash: str, user_agent: str, ip: str
) -> Session | None:
    """None when the password that was checked is not the user's any more, or the user is gone.

    Whoever changes the password or deletes the user waits for this transaction, and then ends this session too.
    """
    row = await _insert.first(connection, user_id=user_id, password_hash=password_hash, user_agent=user_agent, ip=ip)
    return Session(**row) if row else None


async def rotate(pool: Pool, session_id: uuid.UUID, counter: int) -> tuple[Session, User] | None:
    """Move the session past its token `counter`; a second time within the window changes nothing.

    None when there is no such living session, or the token is older, or not issued yet.
    """
    row = await _rotate.first(pool, session_id=session_id, counter=counter)
    user = await users.with_id(pool, row["user_id"]) if row else None
    if row is None or user is None:
        return None
    return Session(**{name: value for name, value in row.items() if name != "user_id"}), user


async def owner(pool: Pool, session_id: uuid.UUID) -> Owner | None:
    row = await _find.first(pool, session_id=session_id)
    return Owner(**row) if row else None


async def alive(pool: Pool, user_id: uuid.UUID) -> Sequence[Session]:
    return [Session(**row) for row in await _alive.all(pool, user_id=user_id)]


async def delete(connection: Connection, user_id: uuid.UUID, session_id: uuid.UUID) -> list[uuid.UUID]:
    """The session that ended, if it was the user's."""
    return [row["id"] for row in await _delete.all(connection, user_id=user_id, session_id=session_id)]


async def delete_all(connection: Connection, user_id: uuid.UUID, kept: uuid.UUID | None = None) -> list[uuid.UUID]:
    """The sessions that ended: all but `kept`."""
    return [row["id"] for row in await _delete_all.all(connection, user_id=user_id, kept=kept)]


async def delete_dead(pool: Pool) -> None:
    """Those past their idle or absolute limit; their tokens died long before."""
    await _delete_dead.execute(pool)
