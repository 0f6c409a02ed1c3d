import uuid
from typing import Any

from asyncpg import Pool
from sqlalchemy import text

from auth_service.domain import User
from service_common.database import Connection, Statement

COLUMNS = """id, email, password_hash, display_name, time_zone, week_start, day_start_hour, daily_goal, created_at,
    sequence, audit_id"""

_insert = Statement(
    text(f"""
    insert into users (email, email_key, password_hash, display_name, time_zone)
    values (:email, :email_key, :password_hash, :display_name, :time_zone)
    on conflict (email_key) do nothing returning {COLUMNS}
    """)
)
_by_email = Statement(text(f"select {COLUMNS} from users where email_key = :email_key"))
_by_id = Statement(text(f"select {COLUMNS} from users where id = :user_id"))
_all = Statement(text(f"select {COLUMNS} from users where id > :after order by id limit :limit"))
_locked = Statement(text(f"select {COLUMNS} from users where id = :user_id for update"))
_update = Statement(
    text(f"""
    update users set display_name = :display_name, time_zone = :time_zone, week_start = :week_start,
        day_start_hour = :day_start_hour, daily_goal = :daily_goal, sequence = sequence + 1
    where id = :user_id returning {COLUMNS}
    """)
)
_set_password = Statement(text("update users set password_hash = :password_hash where id = :user_id"))
_renew_hash = Statement(
    text("update users set password_hash = :renewed where id = :user_id and password_hash = :password_hash")
)
_delete = Statement(text("delete from users where id = :user_id"))


async def insert(
    connection: Connection, email: str, email_key: str, password_hash: str, display_name: str, time_zone: str
) -> User | None:
    """None when the address has an account."""
    row = await _insert.first(
        connection,
        email=email,
        email_key=email_key,
        password_hash=password_hash,
        display_name=display_name,
        time_zone=time_zone,
    )
    return User(**row) if row else None


async def with_email(pool: Pool, email_key: str) -> User | None:
    row = await _by_email.first(pool, email_key=email_key)
    return User(**row) if row else None


async def with_id(pool: Pool, user_id: uuid.UUID) -> User | None:
    row = await _by_id.first(pool, user_id=user_id)
    return User(**row) if row else None


async def everybody(connection: Connection, after: uuid.UUID, limit: int) -> list[User]:
    """A page of all users, in the order of their ids."""
    return [User(**row) for row in await _all.all(connection, after=after, limit=limit)]


async def lock(connection: Connection, user_id: uuid.UUID) -> User | None:
    """The user, whom nobody else changes until this transaction ends."""
    row = await _locked.first(connection, user_id=user_id)
    return User(**row) if row else None


async def update(connection: Connection, user_id: uuid.UUID, profile: dict[str, Any]) -> User:
    row = await _update.first(connection, user_id=user_id, **profile)
    assert row is not None, "the row is locked"  # noqa: S101
    return User(**row)


async def set_password(connection: Connection, user_id: uuid.UUID, password_hash: str) -> None:
    await _set_password.execute(connection, user_id=user_id, password_hash=password_hash)


async def renew_hash(pool: Pool, user_id: uuid.UUID, password_hash: str, renewed: str) -> None:
    """Another hash of the same password; a password that was changed meanwhile stays changed."""
    await _renew_hash.execute(pool, user_id=user_id, password_hash=password_hash, renewed=renewed)


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    """With the user go the sessions."""
    await _delete.execute(connection, user_id=user_id)
