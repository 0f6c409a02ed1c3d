"""One query and one insert on `todos`, sent in three ways from one process: time and CPU of the process for each.

An ORM session, Core statements on SQLAlchemy's engine, and the same Core statements compiled once and run on the
asyncpg pool, as the services do. `python -m benchmarks.statements`.
"""

import argparse
import asyncio
import contextlib
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from benchmarks.todos import USERS, bench
from service_common import database, migrations
from service_common.database import Statement, named
from todos_service.tables import todos

TASKS, POOL = 16, 4


class Todo:
    pass


registry().map_imperatively(Todo, todos)
OWN = {"user_id": sa.bindparam("user_id", type_=sa.Uuid)}
NEWEST = (todos.c.created_at.desc(), todos.c.id.desc())
LIST = (
    sa.select(todos).where(todos.c.user_id == OWN["user_id"], todos.c.deleted_at.is_(None)).order_by(*NEWEST).limit(20)
)
ENTITIES = sa.select(Todo).where(todos.c.user_id == OWN["user_id"], todos.c.deleted_at.is_(None))
ENTITIES = ENTITIES.order_by(*NEWEST).limit(20)
INSERT = sa.insert(todos).inline().values(named(*todos.c.keys()))
Work = Callable[[uuid.UUID], Awaitable[Any]]


def values(user_id: uuid.UUID) -> dict[str, Any]:
    now = datetime.now(UTC)
    row = dict.fromkeys(todos.c.keys()) | {"user_id": user_id, "id": uuid.uuid4(), "title": "Buy milk and bread"}
    return row | {
        "description": "",
        "completed": False,
        "priority": 0,
        "tags": ["home"],
        "created_at": now,
        "updated_at": now,
        "version": 1,
        "document": "x" * 400,
    }


def orm(engine: AsyncEngine) -> dict[str, Work]:
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def listed(user_id: uuid.UUID) -> None:
        async with sessions() as session:
            (await session.scalars(ENTITIES, {"user_id": user_id})).all()

    async def create(user_id: uuid.UUID) -> None:
        async with sessions() as session:
            todo = Todo()
            for name, value in values(user_id).items():
                setattr(todo, name, value)
            session.add(todo)
            await session.commit()

    return {"list": listed, "create": create}


def core(engine: AsyncEngine) -> dict[str, Work]:
    async def listed(user_id: uuid.UUID) -> None:
        async with engine.connect() as connection:
            (await connection.execute(LIST, {"user_id": user_id})).all()

    async def create(user_id: uuid.UUID) -> None:
        async with engine.begin() as connection:
            await connection.execute(INSERT, values(user_id))

    return {"list": listed, "create": create}


def compiled(pool: asyncpg.Pool) -> dict[str, Work]:
    listing, inserting = Statement(LIST), Statement(INSERT)

    async def listed(user_id: uuid.UUID) -> None:
        await listing.all(pool, user_id=user_id)

    async def create(user_id: uuid.UUID) -> None:
        await inserting.execute(pool, **values(user_id))

    return {"list": listed, "create": create}


@dataclass
class Cost:
    rate: float
    cpu_us: float


async def measure(work: Work, users: list[uuid.UUID], seconds: float) -> Cost:
    deadline, count = time.perf_counter() + seconds, 0

    async def repeat(first: int) -> None:
        nonlocal count
        while time.perf_counter() < deadline:
            await work(users[(first + count) % len(users)])
            count += 1

    started, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(repeat(task) for task in range(TASKS)))
    return Cost(count / (time.perf_counter() - started), (time.process_time() - used) / count * 1e6)


@contextlib.asynccontextmanager
async def ways(url: str) -> AsyncIterator[dict[str, dict[str, Work]]]:
    async with database.create_pool(url, POOL, "bench") as pool:
        engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"), pool_size=POOL, max_overflow=0)
        yield {"ORM session": orm(engine), "Core on the engine": core(engine), "compiled, on asyncpg": compiled(pool)}
        await engine.dispose()


async def run(url: str, owner_url: str, rounds: int, seconds: float) -> None:
    await migrations.upgrade("todos_service", owner_url)
    users = [uuid.uuid4() for _ in range(USERS)]
    costs: dict[tuple[str, str], list[Cost]] = {}
    async with ways(url) as made:
        for user_id in users * 40:
            await made["compiled, on asyncpg"]["create"](user_id)
        for _ in range(rounds):
            for name in ("list", "create"):
                for way, works in made.items():
                    costs.setdefault((name, way), []).append(await measure(works[name], users, seconds))
    for (name, way), found in costs.items():
        rate, cpu = (statistics.median(getattr(cost, part) for cost in found) for part in ("rate", "cpu_us"))
        print(f"{name:8} {way:22} {rate:8,.0f}/s {cpu:7,.0f} µs of CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with bench() as made:
        urls = (made.postgres.url("todobus", role, "todobus") for role in ("todobus", "todobus_owner"))
        asyncio.run(run(*urls, options.rounds, options.seconds))


if __name__ == "__main__":
    main()
