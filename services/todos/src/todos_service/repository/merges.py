"""What merging offline writes has to know: who wrote a todo's fields, by the log, and what the log does not say."""

from collections.abc import Mapping, Sequence

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.database import Connection, Statement
from todos_service.tables import COMMAND_ID, merges

_LAST = Statement(
    sa.text(
        f"""
        select distinct on (name) name, sequence, cast({COMMAND_ID} as text) as command_id,
            cast(extract(epoch from occurred_at) * 1000 as bigint) as milliseconds,
            data -> 'actor' ->> 'id' as actor_id
        from changes cross join lateral json_array_elements_text(data -> 'changed') field (name)
        where user_id = :user_id and todo_id = :id and sequence > :since
        order by name, sequence desc
        """
    )
)
_MEMORIES = Statement(
    sa.select(merges.c.todo_id, merges.c.memory).where(
        merges.c.user_id == sa.bindparam("user_id"),
        merges.c.todo_id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid))),
    )
)
_REMEMBER = Statement(
    sa.text(
        """
        insert into merges (user_id, todo_id, memory)
        select :user_id, id, cast(memory as json)
        from unnest(cast(:ids as uuid[]), cast(:memories as text[])) given (id, memory)
        on conflict (user_id, todo_id) do update set memory = excluded.memory
        """
    )
)


async def last_changes(db: Connection, user_id: str, todo_id: str, since: int) -> Sequence[asyncpg.Record]:
    """The last change of each field of a todo after a number.

    `name`, `sequence`, `command_id`, `milliseconds` since 1970, `actor_id`.
    """
    return await _LAST.all(db, user_id=user_id, id=todo_id, since=since)


async def memories(db: Connection, user_id: str, ids: Sequence[str]) -> dict[str, str]:
    """What is remembered of these todos, as JSON."""
    return {str(row["todo_id"]): row["memory"] for row in await _MEMORIES.all(db, user_id=user_id, ids=ids)}


async def remember(db: Connection, user_id: str, found: Mapping[str, object]) -> None:
    """Keep what `memories` will give."""
    texts = [orjson.dumps(memory).decode() for memory in found.values()]
    await _REMEMBER.execute(db, user_id=user_id, ids=list(found), memories=texts)
