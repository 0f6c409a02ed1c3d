import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from auth_service.domain import CONFIRMATIONS, ERASURE_PAUSE_SECONDS, MAX_ERASURE_PAUSE_SECONDS
from auth_service.tables import erasures
from service_common.database import Connection, Executor, Statement

_of_user = erasures.c.user_id == sa.bindparam("user_id")
_insert = Statement(
    sa.insert(erasures).from_select(
        ["user_id", "service", "sequence", "next_at"],
        sa.select(
            sa.bindparam("user_id", type_=sa.Uuid),
            sa.func.unnest(sa.bindparam("services", type_=ARRAY(sa.Text))),
            sa.bindparam("sequence", type_=sa.BigInteger),
            sa.func.now() + timedelta(seconds=ERASURE_PAUSE_SECONDS),
        ),
    )
)
_pause_seconds = sa.func.least(
    MAX_ERASURE_PAUSE_SECONDS, ERASURE_PAUSE_SECONDS * sa.func.power(2, sa.func.least(erasures.c.attempts, 20))
)
_due_rows = (
    sa.update(erasures)
    .where(erasures.c.next_at < sa.func.now())
    .values(attempts=erasures.c.attempts + 1, next_at=sa.func.now() + sa.func.make_interval(*[0] * 6, _pause_seconds))
    .returning(erasures.c.user_id, erasures.c.sequence)
    .cte("due")
)
_due = Statement(sa.select(_due_rows).distinct())
_confirm = Statement(
    sa.update(erasures)
    .where(_of_user, erasures.c.service == sa.bindparam("service"))
    .values(confirmations=sa.func.least(erasures.c.confirmations, erasures.c.attempts) + 1)
)
_finished = Statement(sa.select(sa.func.bool_and(erasures.c.confirmations >= CONFIRMATIONS)).where(_of_user))
_delete = Statement(sa.delete(erasures).where(_of_user))


class Erasure(NamedTuple):
    user_id: uuid.UUID
    sequence: int


async def insert(connection: Connection, user_id: uuid.UUID, sequence: int, services: Sequence[str]) -> None:
    """Wait for the confirmation of each service."""
    await _insert.execute(connection, user_id=user_id, sequence=sequence, services=services)


async def due(connection: Connection) -> list[Erasure]:
    """Users whose deletion has to be announced again; the pause between two announcements grows."""
    return [Erasure(**row) for row in await _due.all(connection)]


async def confirm(db: Executor, user_id: uuid.UUID, service: str) -> bool:
    """Count a service's confirmation; whether all services have now confirmed often enough."""
    await _confirm.execute(db, user_id=user_id, service=service)
    return bool(await _finished.value(db, user_id=user_id))


async def delete(db: Executor, user_id: uuid.UUID) -> None:
    await _delete.execute(db, user_id=user_id)
