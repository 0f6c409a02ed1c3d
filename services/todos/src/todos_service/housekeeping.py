"""Periodic work: expired idempotency keys and expired trash. Any number of instances may do it at the same time."""

from collections.abc import Callable

import asyncpg

from todos_service.errors import ProjectNotFound, StaleVersion, TodoNotFound
from todos_service.repository import users
from todos_service.service import commands, entities, todos
from todos_service.service.calls import Condition, Owner
from todos_service.service.store import at_once
from todos_service.settings import Settings

BATCH = 500


async def tidy(settings: Settings, pool: asyncpg.Pool, wake: Callable[[], None]) -> None:
    await users.forget_keys(pool, settings.idempotency_hours)
    await empty_trash(pool, settings.trash_days)
    await empty_projects(pool, settings.trash_days)
    wake()


async def empty_trash(pool: asyncpg.Pool, days: int) -> int:
    """Purge, with an event each, what was deleted longer ago; how many. Todos that change meanwhile are left out."""
    store, purged = at_once(pool), 0
    while rows := await users.old_trash(pool, days, BATCH):
        for row in rows:
            owner = Owner(row["user_id"], "UTC", commands.of_system("trash"))
            try:
                await todos.purge(store, owner, row["id"], Condition(frozenset({row["version"]})))
                purged += 1
            except (TodoNotFound, StaleVersion):
                continue
    return purged


async def empty_projects(pool: asyncpg.Pool, days: int) -> None:
    """Purge the projects that were deleted longer ago; their todos went before them."""
    for row in await users.old_projects(pool, days, BATCH):
        owner = Owner(row["user_id"], "UTC", commands.of_system("trash"))
        try:
            async with pool.acquire() as db:
                await entities.purge(db, owner, row["id"], Condition(frozenset({row["version"]})))
        except (ProjectNotFound, StaleVersion):
            continue
