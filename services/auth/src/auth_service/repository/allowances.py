from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from auth_service.tables import allowances
from service_common.database import Connection, Executor, Statement

HOUR = timedelta(hours=1)

_this = (allowances.c.kind == sa.bindparam("kind")) & (allowances.c.subject == sa.bindparam("subject"))
_pause = sa.bindparam("pause", type_=sa.Interval)
_new = upsert(allowances).values(
    kind=sa.bindparam("kind"), subject=sa.bindparam("subject"), used_until=sa.func.now() + _pause
)
_use = Statement(
    _new.on_conflict_do_update(
        index_elements=[allowances.c.kind, allowances.c.subject],
        set_={"used_until": sa.func.greatest(allowances.c.used_until, sa.func.now()) + _pause},
        where=allowances.c.used_until + _pause <= sa.func.now() + HOUR,
    ).returning(allowances.c.kind)
)
_wait = Statement(
    sa.select(
        sa.cast(sa.func.ceil(sa.extract("epoch", allowances.c.used_until + _pause - HOUR - sa.func.now())), sa.Integer)
    ).where(_this)
)
_delete = Statement(sa.delete(allowances).where(allowances.c.subject == sa.bindparam("subject")))
_delete_unused = Statement(sa.delete(allowances).where(allowances.c.used_until < sa.func.now()))


async def use(db: Executor, kind: str, subject: str, per_hour: int) -> int:
    """Count a use; or, when `per_hour` are used, the whole seconds until the next one is allowed."""
    pause = HOUR / per_hour
    if await _use.first(db, kind=kind, subject=subject, pause=pause):
        return 0
    return max(1, await _wait.value(db, kind=kind, subject=subject, pause=pause) or 1)


async def delete(connection: Connection, subject: str) -> None:
    await _delete.execute(connection, subject=subject)


async def delete_unused(db: Executor) -> None:
    """Delete those that are whole again."""
    await _delete_unused.execute(db)
