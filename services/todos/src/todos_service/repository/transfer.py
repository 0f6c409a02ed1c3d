"""Imports: many todos are written with one statement."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.database import Connection, Executor, Statement
from todos_service.domain import AT_END, CREATED, Command, Quotas
from todos_service.repository import usage
from todos_service.repository.writes import COLUMNS, DOCUMENT, GIVEN, instant, members, placed, typed
from todos_service.tables import todos

_EXISTING = Statement(
    sa.select(todos.c.id).where(
        todos.c.user_id == sa.bindparam("user_id"),
        todos.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid))),
    )
)
# Text, as the single writes: a creation that takes as many numbers as there are new rows. The caller holds the feed.
_GIVEN = [name for name in GIVEN if name != "position"]  # rows are placed at the end, in their order
_ROW = ", ".join(f"{name} {typed(name)}" for name in ("id", *_GIVEN, "completed_at", "created_at"))
SECONDS = 30.0  # for the rows of one statement, on a busy machine
_NEW = ("new.total", "new.size", "new.total")
_IMPORT = Statement(
    sa.text(
        f"""
        with given as (
            select * from json_to_recordset(cast(:rows as json)) as r(number integer, size bigint, {_ROW})
        ), fresh as (
            select given.*, row_number() over (order by number) as ordinal from given
            where not exists (select from todos t where t.user_id = :user_id and t.id = given.id)
        ), new as (
            select count(*) as total, coalesce(sum(size), 0)::bigint as size from fresh
        ), feed as (
            update feeds set sequence = sequence + new.total, {usage.counted(*_NEW)}
            from new where user_id = :user_id and {usage.allowed(*_NEW)}
            returning sequence, new.total, clock_timestamp() as now
        ), todo as (
            insert into todos ({COLUMNS}, document)
            select {COLUMNS}, {DOCUMENT} from (
                select *, {placed(f"'{AT_END}'", "version")} from (
                    select cast(:user_id as uuid) as user_id, id, {", ".join(_GIVEN)},
                        case when completed then coalesce(completed_at, now) end as completed_at,
                        coalesce(created_at, now) as created_at, now as updated_at,
                        cast(null as timestamptz) as deleted_at, cast(null as uuid) as deleted_with,
                        sequence - total + ordinal as version
                    from fresh cross join feed
                ) numbered
            ) made
            returning id, version, document
        ), change as (
            insert into changes (user_id, sequence, type, todo_id, occurred_at, traceparent, data)
            select :user_id, version, '{CREATED}', id, feed.now, :traceparent, cast(
                '{{"sequence":' || version || ',"type":"{CREATED}","todo":' || document
                || ',"changed":[],"previous":{{}},"occurred_at":"'
                || {instant("feed.now")} || '",' || :command || '}}' as json)
            from todo cross join feed
            returning sequence
        ), pending as (
            insert into outbox (user_id, sequence) select :user_id, sequence from change order by sequence
        )
        select new.*, exists (select from feed) as allowed, array(select id from todo) as ids from new
        """
    ),
    SECONDS,
)


async def existing(db: Executor, user_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these ids the user has, also in the trash."""
    return {str(row["id"]) for row in await _EXISTING.all(db, user_id=user_id, ids=ids)}


async def insert(
    db: Connection, user_id: str, rows: str, command: Command, traceparent: str, quotas: Quotas
) -> set[str]:
    """Create the todos of a JSON array, except those that exist; the ids of the new ones.

    Raises: DailyQuotaExceeded, QuotaExceeded.
    """
    values = {"rows": rows, "command": members(command), "traceparent": traceparent} | usage.limits(quotas)
    made = await _IMPORT.one(db, user_id=user_id, **values)
    if not made["allowed"]:
        await usage.check(db, user_id, quotas, Quotas(made["total"], made["size"], made["total"]))
    return set(map(str, made["ids"]))
