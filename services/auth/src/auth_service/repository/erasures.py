import uuid
from collections.abc import Sequence
from typing import NamedTuple

from asyncpg import Pool
from sqlalchemy import text

from auth_service.domain import CONFIRMATIONS, ERASURE_PAUSE_SECONDS, MAX_ERASURE_PAUSE_SECONDS
from service_common.database import Connection, Statement

_insert = Statement(
    text(f"""
    insert into erasures (user_id, service, sequence, next_at)
    select :user_id, unnest(cast(:services as text[])), :sequence, now() + interval '{ERASURE_PAUSE_SECONDS} seconds'
    """)
)
_due = Statement(
    text(f"""
    with due as (
        update erasures set attempts = attempts + 1, next_at = now() + make_interval(secs =>
            least({MAX_ERASURE_PAUSE_SECONDS}, {ERASURE_PAUSE_SECONDS} * power(2, least(attempts, 20))))
        where next_at < now() returning user_id, sequence
    )
    select distinct user_id, sequence from due
    """)
)
_confirm = Statement(
    text("""
    update erasures set confirmations = least(confirmations, attempts) + 1
    where user_id = :user_id and service = :service
    """)
)
_finished = Statement(text(f"select bool_and(confirmations >= {CONFIRMATIONS}) from erasures where user_id = :user_id"))
_delete = Statement(text("delete from erasures where user_id = :user_id"))


class Erasure(NamedTuple):
    user_id: uuid.UUID
    sequence: int


async def insert(connection: Connection, user_id: uuid.UUID, sequence: int, services: Sequence[str]) -> None:
    await _insert.execute(connection, user_id=user_id, sequence=sequence, services=services)


async def due(connection: Connection) -> list[Erasure]:
    """Users whose erasure somebody has to be told (again); each time later than the time before."""
    return [Erasure(**row) for row in await _due.all(connection)]


async def confirm(pool: Pool, user_id: uuid.UUID, service: str) -> bool:
    """A service says that it holds nothing of the user; whether all have now said so often enough."""
    await _confirm.execute(pool, user_id=user_id, service=service)
    return bool(await _finished.value(pool, user_id=user_id))


async def delete(pool: Pool, user_id: uuid.UUID) -> None:
    await _delete.execute(pool, user_id=user_id)
