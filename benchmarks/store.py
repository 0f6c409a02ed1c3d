"""Requests of one user in a store of a million changes, of 1, 100 and 10,000 users: does anything grow with the store?

`--changes 10000000` asks a store ten times as large. It is filled in the database with copies of one created todo, the
figures come from a rebuild, and what would heal the gap by itself is frozen meanwhile. Milliseconds, one request after
another through the gateway.
"""

import argparse
import asyncio
import json
import tempfile
import time
import uuid
from pathlib import Path
from statistics import median

import asyncpg

from benchmarks.auth import percentile
from benchmarks.growth import MIB, MILLION
from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.launcher.engines.postgres import Postgres
from service_testing.system import Person, System, person

ASKED = 300
START_SECONDS, REBUILD_SECONDS = 180, 3600
VERSION = """'"version" : 1', '"version" : ' || made.version"""
DOCUMENT = f"""replace(replace(replace(
    t.document, t.id::text, made.id::text), t.user_id::text, made.user_id::text), {VERSION})"""
DATA = f"""cast(replace(replace(replace(replace(
    t.data::text, t.todo_id::text, made.id::text), t.user_id::text, made.user_id::text),
    '"sequence":1', '"sequence":' || made.version), {VERSION}) as json)"""
COPIED = {
    "todos": {"user_id": "made.user_id", "id": "made.id", "version": "made.version", "document": DOCUMENT},
    "changes": {"user_id": "made.user_id", "todo_id": "made.id", "sequence": "made.version", "data": DATA}
    | {"id": "uuidv7()"},
}
INDEXES = """
    select indexrelid::regclass::text as name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') as definition
    from pg_index where indrelid = any($1::text[]::regclass[]) and not indisprimary
"""
SIZE = """
    select sum(pg_total_relation_size(relid))::bigint
    from (select $1::text::regclass as relid union select relid from pg_partition_tree($1::text::regclass)) part
"""
FEEDS = """
    insert into feeds (user_id, sequence, todos) select u, $2, $2 from unnest($1::uuid[]) u
    on conflict (user_id) do update set sequence = excluded.sequence, todos = excluded.todos
"""


async def fill(database: asyncpg.Connection, owner: str, users: int, changes: int) -> None:
    """`owner` has one todo, of one change; afterwards it and the others have as many as each other.

    Indexes are made anew once the tables are full, which takes a fraction of the time.
    """
    each = changes // users
    people = [owner, *(str(uuid.uuid4()) for _ in range(users - 1))]
    await database.execute("set maintenance_work_mem = '1GB'")
    indexes = await database.fetch(INDEXES, list(COPIED))
    async with database.transaction():
        for index in indexes:
            await database.execute(f"drop index {index['name']}")
        await database.execute(
            """create temporary table made on commit drop as
            select cast(u as uuid) as user_id, uuidv7() as id, n as version
            from unnest(cast($1 as text[])) u, generate_series(1, cast($2 as int)) n where not (u = $3 and n = 1)""",
            *(people, each, owner),
        )
        for table, changed in COPIED.items():
            columns = await names(database, table)
            values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
            await database.execute(
                f"insert into {table} ({', '.join(columns)}) select {values} from made, {table} t "  # noqa: S608
                f"where t.user_id = cast($1 as uuid) and t.{'version' if table == 'todos' else 'sequence'} = 1",
                owner,
            )
        await database.execute(FEEDS, people, each)
        for index in indexes:
            await database.execute(index["definition"])
    await database.execute("vacuum analyze")


async def names(database: asyncpg.Connection, table: str) -> list[str]:
    query = "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped"
    return [row["attname"] for row in await database.fetch(query, table)]


async def asked(owner: Person, changes: int) -> dict[str, list[float]]:
    """Milliseconds of each request."""
    http, found = owner.http, dict[str, list[float]]()
    requests = {
        "create": lambda: http.post("/api/todos", json={"title": "Buy milk and bread", "tags": ["home"]}),
        "list of 20": lambda: http.get("/api/todos?limit=20"),
        "50 changes": lambda: http.get(f"/api/changes?since={changes // 2}&limit=50"),
        "stats": lambda: http.get("/api/stats"),
    }
    for name, request in requests.items():
        for _ in range(ASKED):
            began = time.perf_counter()
            answer = await request()
            found.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
            answer.raise_for_status()
    return found


async def measure(users: int, changes: int) -> None:
    with tempfile.TemporaryDirectory(prefix="todobus-bench-") as name:
        Path(name).chmod(0o711)  # noqa: ASYNC240 - nothing runs yet
        quota = {"TODOBUS_QUOTA_TODOS": str(changes + ASKED)}
        system = System(Path(name) / "data", "--no-web", "--no-rate-limits", environment=quota)
        try:
            await system.start(START_SECONDS)
            async with person(system.url) as owner:
                await owner.create("Buy milk and bread", tags=["home"])
                with system.frozen("notifications"):
                    with system.frozen("stats"):
                        disk = await filled(system, owner, users, changes)
                        began = time.perf_counter()
                        done = await asyncio.to_thread(system.command, "stats", "rebuild", seconds=REBUILD_SECONDS)
                        assert done.returncode == 0, done.stdout + done.stderr
                        rebuilding = time.perf_counter() - began
                    await owner.log_in()  # its token has expired meanwhile
                    figures = await asked(owner, changes // users)
            show(users, changes, figures)
            print(f"  rebuilt at {changes / rebuilding:,.0f}/s; MiB per million changes: ", end="")
            print(
                ", ".join(f"{table} {size / MIB * MILLION / changes:,.0f}" for table, size in disk.items()), flush=True
            )
        finally:
            await asyncio.to_thread(system.stop)


async def filled(system: System, owner: Person, users: int, changes: int) -> dict[str, int]:
    """Fill the store; bytes of each table with its indexes."""
    folder = DataFolder(system.data_dir)
    secrets, ports = credentials.load(folder), json.loads((system.data_dir / "ports.json").read_text())
    postgres = Postgres(folder.postgres, ports["postgres"], secrets.postgres)
    database = await asyncpg.connect(postgres.url("todos", "todos_owner", secrets.owners["todos"]))
    try:
        await fill(database, owner.id, users, changes)
        return {table: await database.fetchval(SIZE, table) for table in COPIED}
    finally:
        await database.close()


def show(users: int, changes: int, figures: dict[str, list[float]]) -> None:
    shown = [f"{name} {median(one):.1f}, {percentile(one, 0.99):.1f}" for name, one in figures.items()]
    print(f"{users:,} users, {changes:,} changes: p50, p99 in ms: {'; '.join(shown)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=MILLION)
    parser.add_argument("--users", type=int, nargs="*", default=[1, 100, 10_000])
    options = parser.parse_args()
    for users in options.users:
        asyncio.run(measure(users, options.changes))


if __name__ == "__main__":
    main()
