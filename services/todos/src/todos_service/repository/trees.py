"""Todos that a command changes together: a todo's subtasks, a project's, those that one deletion put into the trash.

Rows are as `reads.todo` gives them, without `sequence`; at most `count`, where that is asked for.
"""

from collections.abc import Sequence
from datetime import date

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.database import Connection, Statement
from todos_service.domain import MAX_DEPTH
from todos_service.repository.reads import COLUMNS
from todos_service.tables import todos

_user_id, _id = sa.bindparam("user_id", type_=sa.Uuid), sa.bindparam("id", type_=sa.Uuid)
_count = sa.bindparam("count", type_=sa.BigInteger)
_mine = todos.c.user_id == _user_id


def _below(count: sa.BindParameter[int]) -> sa.Select[tuple[object, ...]]:
    tree = (
        sa.select(todos.c.id, sa.literal(0).label("depth")).where(_mine, todos.c.id == _id).cte("tree", recursive=True)
    )
    child = sa.select(todos.c.id, tree.c.depth + 1).where(_mine, todos.c.parent_id == tree.c.id)
    tree = tree.union_all(child)
    return (
        sa.select(*COLUMNS, tree.c.depth)
        .join_from(tree, todos, (todos.c.id == tree.c.id) & _mine)
        .where(tree.c.depth > 0)
        .order_by(tree.c.depth, todos.c.position, todos.c.id)
        .limit(count)
    )


def _above(name: str) -> sa.Select[tuple[object, ...]]:
    line = (
        sa.select(todos.c.id, todos.c.parent_id, sa.literal(0).label("depth"))
        .where(_mine, todos.c.id == _id)
        .cte(name, recursive=True)
    )
    parent = sa.select(todos.c.id, todos.c.parent_id, line.c.depth + 1).where(
        _mine, todos.c.id == line.c.parent_id, line.c.depth < 2 * MAX_DEPTH
    )
    line = line.union_all(parent)
    return (
        sa.select(*COLUMNS)
        .join_from(line, todos, (todos.c.id == line.c.id) & _mine)
        .where(line.c.depth > 0)
        .order_by(line.c.depth)
    )


_BELOW, _ABOVE = Statement(_below(_count)), Statement(_above("line"))
_OF_PROJECT = Statement(
    sa.select(*COLUMNS)
    .where(_mine, todos.c.project_id == _id)
    .order_by(todos.c.deleted_at.is_not(None), todos.c.position, todos.c.id)
    .limit(_count)
)
_DELETED_WITH = Statement(
    sa.select(*COLUMNS).where(_mine, todos.c.deleted_with == _id).order_by(todos.c.position, todos.c.id).limit(_count)
)
_ids = sa.bindparam("ids", type_=ARRAY(sa.Uuid))
_MARK = Statement(sa.update(todos).where(_mine, todos.c.id == sa.any_(_ids), ~todos.c.is_parent).values(is_parent=True))
_SEVERAL = Statement(sa.select(*COLUMNS).where(_mine, todos.c.id == sa.any_(_ids)))
_AROUND = Statement(
    sa.text(
        """
        with recursive below (id, depth) as (
            select id, 0 from unnest(cast(:ids as uuid[])) given (id)
            union all
            select t.id, depth + 1 from below join todos t on t.user_id = :user_id and t.parent_id = below.id
            where depth < :depth
        ), above (id, parent_id, depth) as (
            select id, parent_id, 0 from todos where user_id = :user_id and id = any(cast(:parents as uuid[]))
            union all
            select t.id, t.parent_id, depth + 1
            from above join todos t on t.user_id = :user_id and t.id = above.parent_id where depth < :depth
        )
        select document from todos where user_id = :user_id
            and id in (select id from below where depth > 0 union select id from above)
        """
    )
)
_NEIGHBOURS = """
select id, version, document, deleted, position from (
    select t.* from (values (false), (true)) as either(completed) cross join lateral (
        select id, version, document, position, false as deleted from todos
        where user_id = :user_id and completed = either.completed and deleted_at is null and id <> :moved
            and (position, id) {sign} (cast(:position as text) collate "C", cast(:id as uuid))
        order by position {direction}, id {direction} limit :count
    ) t
) found order by position {direction}, id {direction} limit :count
"""
_AFTER, _BEFORE = (
    Statement(sa.text(_NEIGHBOURS.format(sign=sign, direction=direction)))
    for sign, direction in ((">", "asc"), ("<", "desc"))
)


_series = _mine & (todos.c.series_id == sa.bindparam("series_id", type_=sa.Uuid))
_OF_SERIES = Statement(
    sa.select(
        *COLUMNS,
        sa.and_(
            todos.c.created_at == todos.c.updated_at,
            todos.c.deleted_at.is_(None),
            ~todos.c.completed,
            ~todos.c.is_parent,
        ).label("is_untouched"),
    )
    .where(_series, todos.c.occurrence_date > sa.bindparam("day"))
    .order_by(todos.c.occurrence_date)
    .limit(1)
)
_LAST_DAY = Statement(sa.select(sa.func.max(todos.c.occurrence_date)).where(_series))


async def of_series(db: Connection, user_id: str, series_id: str, day: date) -> Sequence[asyncpg.Record]:
    """The todo of a series with the first day after that one, and whether it `is_untouched` since it was made."""
    return await _OF_SERIES.all(db, user_id=user_id, series_id=series_id, day=day)


async def last_day_of_series(db: Connection, user_id: str, series_id: str) -> date | None:
    """The last day that a series has a todo for, also in the trash."""
    day: date | None = await _LAST_DAY.value(db, user_id=user_id, series_id=series_id)
    return day


async def several(db: Connection, user_id: str, ids: Sequence[str]) -> Sequence[asyncpg.Record]:
    """Those of these todos that are there, also in the trash."""
    return await _SEVERAL.all(db, user_id=user_id, ids=ids)


async def around(db: Connection, user_id: str, ids: Sequence[str], parents: Sequence[str]) -> Sequence[asyncpg.Record]:
    """All that is below these todos, these parents, and what is above them; some of it may be among the todos."""
    return await _AROUND.all(db, user_id=user_id, ids=ids, parents=parents, depth=2 * MAX_DEPTH)


async def below(db: Connection, user_id: str, todo_id: str, count: int) -> Sequence[asyncpg.Record]:
    """Its subtasks and theirs, also those in the trash, each after its parent; with their `depth` below the todo."""
    return await _BELOW.all(db, user_id=user_id, id=todo_id, count=count)


async def above(db: Connection, user_id: str, todo_id: str) -> Sequence[asyncpg.Record]:
    """Its parent, the parent's parent and so on."""
    return await _ABOVE.all(db, user_id=user_id, id=todo_id)


async def of_project(db: Connection, user_id: str, project_id: str, count: int) -> Sequence[asyncpg.Record]:
    """The project's todos in their order, then those in the trash."""
    return await _OF_PROJECT.all(db, user_id=user_id, id=project_id, count=count)


async def deleted_with(db: Connection, user_id: str, root: str, count: int) -> Sequence[asyncpg.Record]:
    """What went to the trash with this todo or project, and is there."""
    return await _DELETED_WITH.all(db, user_id=user_id, id=root, count=count)


async def mark_parents(db: Connection, user_id: str, ids: Sequence[str]) -> None:
    """From now on writes look for their subtasks."""
    await _MARK.execute(db, user_id=user_id, ids=ids)


async def neighbours(
    db: Connection, user_id: str, moved: str, position: str, todo_id: str, count: int
) -> tuple[list[asyncpg.Record], list[asyncpg.Record]]:
    """Up to `count` todos before and after a place in the user's order, both in that order, without the one moved."""
    given = {"user_id": user_id, "moved": moved, "position": position, "id": todo_id, "count": count}
    return list(reversed(await _BEFORE.all(db, **given))), list(await _AFTER.all(db, **given))
