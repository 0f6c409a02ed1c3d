"""Undo of an import of 10,000 rows; lists and statistics of any moment of a million changes: seconds, milliseconds.

`python -m benchmarks.history --changes 1000000 --todos 20000`. The services run in this process, on their own
PostgreSQL.
"""

import argparse
import asyncio
import random
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import asyncpg
import httpx
from fastapi import FastAPI

from benchmarks.todos import Bench, bench
from local_cluster.launcher.engines.postgres import create_database
from service_common import database, migrations
from service_testing.tokens import TokenIssuer
from stats_service.service import DEFAULTS, Statistics
from todos_service.app import create_app
from todos_service.service import history
from todos_service.settings import Settings

QUERIES: tuple[Mapping[str, str | int], ...] = (
    {},
    {"sort": "due_at"},
    {"sort": "title", "limit": 500},
    {"priority": "high", "sort": "-updated_at"},
    {"status_filter": "completed"},
)
# Each todo is created, then they are changed in turn; an instant in JSON as the service writes it.
FILL = """
insert into changes (user_id, sequence, type, todo_id, data, occurred_at)
select $1::uuid, s, case when s <= $3 then 'todo.created.v1' else 'todo.updated.v1' end, todo.id, json_build_object(
    'sequence', s, 'todo', json_build_object(
        'id', todo.id, 'user_id', $1::uuid, 'title', 'A todo of the usual length ' || s, 'description', '',
        'completed', s % 3 = 0, 'priority', (array['none', 'low', 'high'])[1 + s % 3], 'tags', json_build_array('home'),
        'due_date', null, 'due_time', null, 'due_time_zone', null, 'due_at', null, 'completed_at', null,
        'created_at', to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'updated_at', to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'deleted_at', null, 'version', s,
        'project_id', null, 'parent_id', null, 'position', 'p' || n, 'start_date', null, 'recurrence', null,
        'series_id', null, 'occurrence_date', null, 'reminders', json_build_array()
    ), 'changed', json_build_array(), 'previous', json_build_object()), moment
from generate_series(1::bigint, $2::bigint) s
cross join lateral (select case when s <= $3 then s else 1 + (s * 7919 + s / $3) % $3 end as n) chosen
cross join lateral (
    select md5($1::uuid::text || n)::uuid as id, timestamptz '2026-01-01' + n * interval '10 seconds' as created_at,
        timestamptz '2026-01-01' + s * interval '10 seconds' as moment
) todo
"""
TODOS = """
insert into todos (
    user_id, id, title, description, completed, priority, tags, created_at, updated_at, version, document, position
)
select distinct on (todo_id) user_id, todo_id, data -> 'todo' ->> 'title', '', (data -> 'todo' ->> 'completed')::bool,
    0, '{home}', (data -> 'todo' ->> 'created_at')::timestamptz, occurred_at, sequence, (data -> 'todo')::text,
    data -> 'todo' ->> 'position'
from changes where user_id = $1 order by todo_id, sequence desc
"""
# The same for the stats service: every third change completes its todo or opens it again.
STATS = """
insert into history (
    user_id, sequence, occurred_at, todo_id, span, completed, created_at, completed_at, due_at, priority, tags
)
select $1::uuid, s, moment, md5(n::text)::uuid, int8range(s, lead(s) over (partition by n order by s)), s % 3 = 0,
    timestamptz '2024-01-01' + n * interval '60 seconds', case when s % 3 = 0 then moment end,
    timestamptz '2026-01-01' + n * interval '1 hour', (array['none', 'low', 'high'])[1 + s % 3], array['tag ' || s % 90]
from generate_series(1::bigint, $2::bigint) s
cross join lateral (select case when s <= $3 then s else 1 + (s * 7919 + s / $3) % $3 end as n) chosen
cross join lateral (select timestamptz '2024-01-01' + s * interval '60 seconds' as moment) made
"""


async def undo(client: httpx.AsyncClient, rows: int) -> None:
    imported = [{"title": f"Row {number} of an import", "tags": ["home"]} for number in range(rows)]
    began = time.perf_counter()
    answer = await client.post("/api/import", json=imported)
    print(f"import of {rows}: {time.perf_counter() - began:.1f} s")
    for verb in ("undo", "redo"):
        began = time.perf_counter()
        answer = await client.post(f"/api/commands/{answer.headers['command-id']}/undo")
        answer.raise_for_status()
        print(f"{verb}: {time.perf_counter() - began:.1f} s")


async def fill(pool: asyncpg.Pool, user_id: uuid.UUID, changes: int, todos: int) -> None:
    async with pool.acquire() as db:
        await db.execute(FILL, user_id, changes, todos, timeout=3600)
        await db.execute("insert into feeds (user_id, sequence) values ($1, $2)", user_id, changes)
        await db.execute(TODOS, user_id, timeout=3600)
        began = time.perf_counter()
        await history.fold_all(pool)
        print(f"folded: {(time.perf_counter() - began) / changes * 1e6:.0f} µs a change")
        await db.execute("vacuum analyze", timeout=3600)


async def read(client: httpx.AsyncClient, changes: int, times: int = 100) -> None:
    for query in QUERIES:
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            answer = await client.get("/api/todos", params={**query, "as_of": random.randint(1, changes)})  # noqa: S311
            taken.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
        taken.sort()
        print(f"{dict(query)}: p50 {taken[times // 2]:.0f} ms, p99 {taken[-times // 100 - 1]:.0f} ms")


async def read_statistics(setup: Bench, changes: int, todos: int, times: int = 200) -> None:
    await create_database(setup.postgres, "stats", "stats", "stats")
    url, user_id, taken = setup.postgres.url("stats"), uuid.uuid4(), []
    await migrations.upgrade("stats_service", url)
    async with database.create_pool(url, 4, "bench") as pool:
        await pool.execute(STATS, user_id, changes, todos, timeout=3600)
        await pool.execute("vacuum analyze history", timeout=3600)
        statistics = Statistics(pool)
        for _ in range(times):
            began = time.perf_counter()
            number = random.randint(1, changes)  # noqa: S311
            await statistics.summary_at(user_id, DEFAULTS, number, changes, datetime.now(UTC))
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    print(f"statistics: p50 {taken[times // 2]:.0f} ms, p99 {taken[-times // 100 - 1]:.0f} ms")


async def measure(setup: Bench, rows: int, changes: int, todos: int) -> None:
    url, issuer, user_id = setup.postgres.url("todobus"), TokenIssuer(), uuid.uuid4()
    await migrations.upgrade("todos_service", url)
    bus = {
        "nats_url": "nats://127.0.0.1:1",
        "nats_user": "todos",
        "nats_password": "",
        "jwks_url": "http://127.0.0.1:1",
    }
    app: FastAPI = create_app(Settings(port=0, admin_port=0, database_url=url, history_seconds=3600, **bus))
    app.state.verifier = issuer.verifier()
    async with app.router.lifespan_context(app), _client(app, issuer, uuid.uuid4()) as client:
        await undo(client, rows)
        await fill(app.state.pool, user_id, changes, todos)
        async with _client(app, issuer, user_id) as reader:
            await read(reader, changes)
    await read_statistics(setup, changes, todos)


def _client(app: FastAPI, issuer: TokenIssuer, user_id: uuid.UUID) -> httpx.AsyncClient:
    transport, headers = httpx.ASGITransport(app), issuer.headers(str(user_id))
    return httpx.AsyncClient(transport=transport, base_url="http://todos", headers=headers, timeout=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--todos", type=int, default=20_000)
    given = parser.parse_args()
    with bench() as setup:
        asyncio.run(measure(setup, given.rows, given.changes, given.todos))


if __name__ == "__main__":
    main()
