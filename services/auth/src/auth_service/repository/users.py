import uuid
from dataclasses import fields
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.domain import Account, User
from auth_service.tables import sessions, users
from service_common.database import Connection, Executor, Statement, named

_columns = [users.c[field.name] for field in fields(User)]
_select = sa.select(*_columns)
_this = users.c.id == sa.bindparam("user_id")

_insert = Statement(
    upsert(users)
    .values(named("email", "email_key", "password_hash", "display_name", "time_zone", "email_verified"))
    .on_conflict_do_nothing(index_elements=[users.c.email_key])
    .returning(*_columns)
)
_by_email = Statement(_select.where(users.c.email_key == sa.bindparam("email_key")))
_by_id = Statement(_select.where(_this))
_all = Statement(_select.where(users.c.id > sa.bindparam("after")).order_by(users.c.id).limit(sa.bindparam("limit")))
_locked = Statement(_select.where(_this).with_for_update())
_update = Statement(
    sa.update(users)
    .where(_this)
    .values(
        **named("display_name", "time_zone", "week_start", "day_start_hour", "daily_goal"),
        sequence=users.c.sequence + 1,
    )
    .returning(*_columns)
)
_set_password = Statement(sa.update(users).where(_this).values(named("password_hash")))
_verify_email = Statement(
    sa.update(users).where(_this).values(email_verified=sa.true(), sequence=users.c.sequence + 1).returning(*_columns)
)
_change_email = Statement(
    sa.update(users)
    .where(_this)
    .values(**named("email", "email_key"), email_verified=sa.true(), sequence=users.c.sequence + 1)
    .returning(*_columns)
)
_set_administrator = Statement(sa.update(users).where(_this).values(named("administrator")))
_set_disabled = Statement(sa.update(users).where(_this).values(named("disabled")))
_last_used = sa.select(sa.func.max(sessions.c.last_used_at)).where(sessions.c.user_id == users.c.id).scalar_subquery()
_text = sa.bindparam("text", type_=sa.Text)
_after = sa.bindparam("after", type_=sa.Uuid)
_found = Statement(
    sa.select(*(_last_used.label(f.name) if f.name == "last_used_at" else users.c[f.name] for f in fields(Account)))
    .where(
        sa.or_(_after.is_(None), users.c.id < _after),
        sa.or_(
            sa.func.strpos(users.c.email_key, sa.func.lower(_text)) > 0,
            sa.func.strpos(sa.func.lower(users.c.display_name), sa.func.lower(_text)) > 0,
        ),
    )
    .order_by(users.c.id.desc())
    .limit(sa.bindparam("limit")),
    seconds=5,
)
_renew_hash = Statement(
    sa.update(users)
    .where(_this, users.c.password_hash == sa.bindparam("password_hash"))
    .values(password_hash=sa.bindparam("renewed"))
)
_delete = Statement(sa.delete(users).where(_this))


def _user(row: asyncpg.Record | None) -> User | None:
    return User(**row) if row else None


async def insert(
    connection: Connection,
    email: str,
    email_key: str,
    password_hash: str,
    display_name: str,
    time_zone: str,
    *,
    email_verified: bool = False,
) -> User | None:
    """None when the address has an account. A `password_hash` of "" is that of no password."""
    values = {"email": email, "email_key": email_key, "password_hash": password_hash, "display_name": display_name}
    row = await _insert.first(connection, **values, time_zone=time_zone, email_verified=email_verified)
    return _user(row)


async def with_email(db: Executor, email_key: str) -> User | None:
    return _user(await _by_email.first(db, email_key=email_key))


async def with_id(db: Executor, user_id: uuid.UUID) -> User | None:
    return _user(await _by_id.first(db, user_id=user_id))


async def page(connection: Connection, after: uuid.UUID, limit: int) -> list[User]:
    """A page of all users, in the order of their ids."""
    return [User(**row) for row in await _all.all(connection, after=after, limit=limit)]


async def lock(connection: Connection, user_id: uuid.UUID) -> User | None:
    """The user, whom no other transaction changes until this one ends."""
    return _user(await _locked.first(connection, user_id=user_id))


async def update(connection: Connection, user_id: uuid.UUID, profile: dict[str, Any]) -> User:
    """`profile` has every field that the owner may change; the row is locked."""
    return User(**await _update.one(connection, user_id=user_id, **profile))


async def set_password(connection: Connection, user_id: uuid.UUID, password_hash: str) -> None:
    await _set_password.execute(connection, user_id=user_id, password_hash=password_hash)


async def verify_email(connection: Connection, user_id: uuid.UUID) -> User:
    """The user's address is the user's; the row is locked."""
    return User(**await _verify_email.one(connection, user_id=user_id))


async def change_email(connection: Connection, user_id: uuid.UUID, email: str, email_key: str) -> User | None:
    """Another address, which is verified; the row is locked. None when it has an account: then roll back."""
    try:
        return User(**await _change_email.one(connection, user_id=user_id, email=email, email_key=email_key))
    except asyncpg.UniqueViolationError:
        return None


async def set_administrator(connection: Connection, user_id: uuid.UUID, *, administrator: bool) -> None:
    await _set_administrator.execute(connection, user_id=user_id, administrator=administrator)


async def set_disabled(connection: Connection, user_id: uuid.UUID, *, disabled: bool) -> None:
    await _set_disabled.execute(connection, user_id=user_id, disabled=disabled)


async def found(db: Executor, text: str, after: uuid.UUID | None, limit: int) -> list[Account]:
    """Accounts whose address or name has `text` in it, the newest first, from after `after` on."""
    rows = await _found.all(db, text=text.replace("\0", ""), after=after, limit=limit)
    return [Account(**row) for row in rows]


async def renew_hash(db: Executor, user_id: uuid.UUID, password_hash: str, renewed: str) -> None:
    """Another hash of the same password; a password that was changed meanwhile stays changed."""
    await _renew_hash.execute(db, user_id=user_id, password_hash=password_hash, renewed=renewed)


async def delete(connection: Connection, user_id: uuid.UUID) -> None:
    """The user's sessions are deleted with it."""
    await _delete.execute(connection, user_id=user_id)
