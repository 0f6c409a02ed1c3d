"""All SQL of the example service: the count of each user."""

from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from example_service.tables import completions
from service_common.database import Connection, Executor, Statement


class Count(NamedTuple):
    """`completed` includes every change of the user up to `as_of_sequence`."""

    completed: int
    as_of_sequence: int


_user_id = sa.bindparam("user_id", type_=sa.Uuid)
_by = sa.bindparam("by", type_=sa.Integer)
_COUNT = Statement(sa.select(*(completions.c[name] for name in Count._fields)).where(completions.c.user_id == _user_id))
_add = insert(completions).values(user_id=_user_id, completed=_by, as_of_sequence=sa.bindparam("sequence"))
_ADD = Statement(
    _add.on_conflict_do_update(
        index_elements=[completions.c.user_id],
        set_={"completed": completions.c.completed + _by, "as_of_sequence": _add.excluded.as_of_sequence},
    )
)
_ERASE = Statement(sa.delete(completions).where(completions.c.user_id == _user_id))


async def count(db: Executor, user_id: UUID) -> Count | None:
    row = await _COUNT.first(db, user_id=user_id)
    return Count(*row) if row else None


async def add(db: Executor, user_id: UUID, sequence: int, by: int) -> None:
    """Change the user's count; the change at `sequence` is then counted."""
    await _ADD.execute(db, user_id=user_id, sequence=sequence, by=by)


async def erase(connection: Connection, user_id: UUID) -> None:
    await _ERASE.execute(connection, user_id=user_id)
