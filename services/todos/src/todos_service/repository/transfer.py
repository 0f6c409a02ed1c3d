"""Todos in bulk: exports read them in the order of their ids, imports write many with one statement."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import text

from service_common.database import Connection, Statement
from todos_service.domain import CREATED
from todos_service.repository.writes import COLUMNS, DOCUMENT, Executor, instant

_EXPORT = Statement(
    text(
        """
        select id, document from todos
        where user_id = :user_id and id > cast(:after as uuid) and deleted_at is null order by id limit :count
        """
    )
)
# As a single creation, for as many numbers as there are new rows; the caller holds the feed's lock.
_IMPORT = Statement(
    text(
        f"""
        with given as (
            select * from json_to_recordset(cast(:rows as json)) as r(
                position integer, id uuid, title text, description text, completed boolean, priority smallint,
                tags text[], due_date date, due_time time, due_time_zone text, due_at timestamptz,
                completed_at timestamptz, created_at timestamptz)
        ), fresh as (
            select given.*, row_number() over (order by position) as ordinal, count(*) over () as total from given
            where not exists (select from todos t where t.user_id = :user_id and t.id = given.id)
        ), feed as (
            update feeds set sequence = sequence + (select count(*) from fresh)
            where user_id = :user_id returning sequence, clock_timestamp() as now
        ), todo as (
            insert into todos ({COLUMNS}, document)
            select {COLUMNS}, {DOCUMENT} from (
                select cast(:user_id as uuid) as user_id, id, title, description, completed, priority, tags, due_date,
                    due_time, due_time_zone, due_at, case when completed then coalesce(completed_at, now) end
                    as completed_at, coalesce(created_at, now) as created_at, now as updated_at,
                    cast(null as timestamptz) as deleted_at, sequence - total + ordinal as version
                from fresh cross join feed
            ) new
            returning id, version, document
        ), change as (
            insert into changes (user_id, sequence, type, todo_id, occurred_at, traceparent, data)
            select :user_id, version, '{CREATED}', id, feed.now, :traceparent, cast(
                '{{"sequence":' || version || ',"type":"{CREATED}","todo":' || document
                || ',"changed":[],"previous":{{}},"occurred_at":"' || {instant("feed.now")} || '"}}' as json)
            from todo cross join feed
            returning sequence
        ), pending as (
            insert into outbox (user_id, sequence) select :user_id, sequence from change order by sequence
        )
        select id from todo
        """
    )
)
_EXISTING = Statement(text("select id from todos where user_id = :user_id and id = any(cast(:ids as uuid[]))"))


async def export_page(db: Executor, user_id: str, after: str, count: int) -> Sequence[asyncpg.Record]:
    """`id` and `document` of the todos behind an id."""
    return await _EXPORT.all(db, user_id=user_id, after=after, count=count)


async def existing(db: Executor, user_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these ids the user has, also in the trash."""
    return {str(row["id"]) for row in await _EXISTING.all(db, user_id=user_id, ids=ids)}


async def insert(db: Connection, user_id: str, rows: str, traceparent: str) -> set[str]:
    """Create the todos of a JSON array, except those that exist; the ids of the new ones."""
    return {str(row["id"]) for row in await _IMPORT.all(db, user_id=user_id, rows=rows, traceparent=traceparent)}
