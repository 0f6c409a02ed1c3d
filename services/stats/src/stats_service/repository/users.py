"""What figures depend on of each account, and the erasure of users."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service_common.database import Connection, Executor, Statement, ago
from stats_service.tables import activity, breakdown, erasures, folds, history, progress, projected_todos, users

ERASURES_KEPT = timedelta(days=60)
_user_id = sa.bindparam("user_id", type_=sa.Uuid)


class Preferences(NamedTuple):
    """What a user has set about days and goals."""

    time_zone: str
    week_start: str
    day_start_hour: int
    daily_goal: int


def _digest(user_id: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.sha256(sa.func.uuid_send(user_id))


def is_erased(user_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.exists().where(erasures.c.digest == _digest(user_id))


_PREFERENCES = Statement(sa.select(*(users.c[name] for name in Preferences._fields)).where(users.c.user_id == _user_id))
_columns = ("version", *Preferences._fields)
_save = insert(users).from_select(
    ["user_id", *_columns],
    sa.select(_user_id, *(sa.bindparam(name, type_=users.c[name].type) for name in _columns)).where(
        ~is_erased(_user_id)
    ),
)
_SAVE_PREFERENCES = Statement(
    _save.on_conflict_do_update(
        index_elements=[users.c.user_id],
        set_={name: _save.excluded[name] for name in _columns},
        where=users.c.version < _save.excluded.version,
    )
)

# Appliers of events lock the user's row of `progress`: this transaction locks it before it deletes the user's rows.
_LOCK = Statement(
    insert(progress)
    .values(user_id=_user_id)
    .on_conflict_do_update(index_elements=[progress.c.user_id], set_={"user_id": _user_id})
)
# And the one that history is added to under, after it has seen that the user is not erased.
LOCK_FOLD = Statement(
    insert(folds)
    .values(user_id=_user_id, sequence=0)
    .on_conflict_do_update(index_elements=[folds.c.user_id], set_={"user_id": _user_id})
    .returning(folds.c.sequence)
)
_REMEMBER_ERASURE = Statement(
    insert(erasures)
    .values(digest=_digest(_user_id))
    .on_conflict_do_update(index_elements=[erasures.c.digest], set_={"erased_at": sa.func.now()})
)
_ERASE = tuple(
    Statement(sa.delete(table).where(table.c.user_id == _user_id))
    for table in (projected_todos, activity, breakdown, users, progress, history, folds)
)
_FORGET_ERASURES = Statement(sa.delete(erasures).where(erasures.c.erased_at < ago(ERASURES_KEPT)))


async def preferences(db: Executor, user_id: UUID) -> Preferences | None:
    row = await _PREFERENCES.first(db, user_id=user_id)
    return Preferences(*row) if row else None


async def save_preferences(db: Executor, user_id: UUID, version: int, preferences: Preferences) -> None:
    """The newest version wins; nothing is stored of a user who was erased."""
    await _SAVE_PREFERENCES.execute(db, user_id=user_id, version=version, **preferences._asdict())


async def erase(connection: Connection, user_id: UUID) -> None:
    """Delete all rows of the user, in the caller's transaction; events that come late bring none back."""
    await _LOCK.execute(connection, user_id=user_id)
    await LOCK_FOLD.execute(connection, user_id=user_id)
    await _REMEMBER_ERASURE.execute(connection, user_id=user_id)
    for statement in _ERASE:
        await statement.execute(connection, user_id=user_id)
    await _FORGET_ERASURES.execute(connection)
