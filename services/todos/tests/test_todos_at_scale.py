# ruff: noqa: T201 - it prints a table for the docs; statements are the service's own
"""100,000 todos of one user: every list uses an index and answers within 20 ms; exports and imports keep up.

Run with `-m slow -s`; the table it prints is the one in docs/performance.md.
"""

import hashlib
import json
import tracemalloc
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from service_testing.databases import Databases
from todos_service.endpoints import paging
from todos_service.repository import lists
from todos_service.schemas import ListQuery
from todos_service.service import commands, todos
from todos_service.service.calls import Owner
from todos_service.service.limits import Reads

from .conftest import timed

pytestmark = pytest.mark.slow
LIMIT_MS = 20.0
TODOS = 100_000
FILL = """
insert into todos
select $1, id, title, description, completed, priority, tags, due_date, null, zone, due_at,
       case when completed then created_at + interval '1 day' end, created_at, created_at + interval '2 hours',
       case when number % 50 = 0 then now() end, number,
       json_build_object('id', id, 'title', title, 'description', description, 'priority', 'none', 'due_at', due_at,
                         'created_at', created_at, 'updated_at', created_at, 'position', position)::text,
       case when number % 3 = 0 then uuid_in(overlay(md5('project ' || number % 20) placing '7' from 13)::cstring) end,
       null, position, case when number % 5 = 0 then current_date + number % 100 - 50 end
from (
    select *, chr(111 + length(number::text)) || number as position from (
    select number, uuidv7() as id,
           words[1 + number % 40] || ' ' || words[1 + number / 40 % 40] || ' ' || number as title,
           case when number % 3 = 0 then words[1 + number / 7 % 40] || ' and ' || words[1 + number % 37] else '' end
           as description, number % 10 < 7 as completed, (number / 10 % 5)::smallint as priority,
           case when number % 4 = 0 then array['tag' || number % 40, 'rare' || number % 997] else '{}'::text[] end
           as tags,
           day as due_date, case when day is not null then 'UTC' end as zone, (day + 1)::timestamp at time zone 'UTC'
           as due_at, now() - (150000 - number) * interval '5 minutes' as created_at
    from (select number, case when number % 2 = 0 then current_date + number % 1000 - 500 end as day
          from generate_series(1, $2) number) numbers,
         (select array_agg(substr(md5(n::text), 1, 3 + n % 5)) as words from generate_series(1, 40) n) dictionary
) filled) made
"""


def overlaid(text: str) -> str:
    """The id that `FILL` makes of a name."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:12]}7{digest[13:]}"


CASES: dict[str, dict[str, Any]] = {
    "newest": {},
    **{
        f"status {name}": {"status_filter": name}
        for name in ("active", "completed", "overdue", "today", "upcoming", "deleted")
    },
    **{
        f"sort {sign}{name}": {"sort": f"{sign}{name}"}
        for name in ("created_at", "updated_at", "due_at", "priority", "title")
        for sign in ("", "-")
    },
    "active by priority": {"status_filter": "active", "sort": "-priority"},
    "upcoming by due date": {"status_filter": "upcoming", "sort": "due_at"},
    "priority urgent": {"priority": ["urgent"]},
    "tag of 2,500": {"tag": ["tag0"]},
    "tag of 25": {"tag": ["rare4"]},
    "due in a week": {"due_from": "2026-12-01", "due_to": "2026-12-07"},
    "updated since": {"updated_since": "2026-11-01T00:00:00Z"},
    **{
        f"{place}{status} by position": {"status_filter": status, "sort": "position"} | asked
        for place, asked in {
            "": {},
            "inbox, ": {"project": "inbox"},
            "project of 1,600, ": {"project": str(uuid.UUID(overlaid("project 3")))},
            "roots of the inbox, ": {"project": "inbox", "parent": "root"},
        }.items()
        for status in ("all", "active", "available", "completed")
    },
    "inbox, newest": {"project": "inbox"},
    "project of 1,600, newest": {"project": str(uuid.UUID(overlaid("project 3")))},
    "without a day": {"due": "none", "sort": "position"},
    "without a tag": {"tag": ["none"], "sort": "position"},
    "search, a common word": {"q": "c81"},
    "search, a rare word": {"q": "77777"},
    "search, two words": {"q": "c81 eccb"},
    "search, no match": {"q": "zzzzqq"},
    "search, two letters": {"q": "zq"},
}


@pytest.fixture(scope="module")
def user() -> str:
    return str(uuid.uuid4())


@pytest.fixture
async def filled(app, user, postgres, shared_database):
    pool = app.state.pool
    if not await pool.fetchval("select count(*) from feeds where user_id = $1", user):
        await pool.execute(FILL, user, TODOS, timeout=300)
        await pool.execute("insert into feeds values ($1, $2)", user, TODOS)
        owner = await asyncpg.connect(Databases(postgres).owner_url(shared_database))
        await owner.execute("vacuum analyze todos", timeout=120)
        await owner.close()
    return pool


async def explain(pool, user: str, query: dict[str, Any]) -> tuple[float, list[str]]:
    """The best of three execution times, and the indexes and scans of the plan."""
    shape, values = paging.shape_of(ListQuery.model_validate(query), "Europe/Helsinki", datetime.now(UTC))
    statement = lists._statement(shape)
    arguments = statement._arguments({"user_id": user, "count": 101, **values})
    async with pool.acquire() as db, db.transaction():
        await db.execute("set local plan_cache_mode = force_custom_plan")
        answers = [
            json.loads(await db.fetchval(f"explain (analyze, format json) {statement.sql}", *arguments))[0]
            for _ in range(3)
        ]
    best = min(answers, key=lambda one: one["Execution Time"])
    return best["Execution Time"], sorted(set(scans(best["Plan"])))


def scans(plan: dict[str, Any]) -> list[str]:
    own = [plan.get("Index Name", plan["Node Type"])] if "Scan" in plan["Node Type"] else []
    own = [name for name in own if name not in {"Subquery Scan", "Bitmap Heap Scan", "feeds_pkey"}]
    return own + [name for part in plan.get("Plans", []) for name in scans(part)]


async def last_page(pool, user: str) -> dict[str, Any]:
    """The query for the page behind all but fifty todos."""
    row = await pool.fetchrow(
        "select document from todos where user_id = $1 and deleted_at is null order by created_at offset 50 limit 1",
        user,
    )
    return {"cursor": paging.cursor_after(row["document"], "-created_at")}


async def test_every_list_uses_an_index_and_is_quick(filled, user):
    cases = CASES | {"last page": await last_page(filled, user)}
    slow = {}
    print(f"\n| list of 100 out of {TODOS:,} | ms | index |\n| --- | --- | --- |")
    for name, query in cases.items():
        milliseconds, used = await explain(filled, user, query)
        print(f"| {name} | {milliseconds:.2f} | {', '.join(used)} |")
        assert not [scan for scan in used if scan.startswith("Seq")], name
        if milliseconds > LIMIT_MS:
            slow[name] = milliseconds
    assert slow == {}


async def test_an_export_needs_no_memory(filled, user):
    tracemalloc.start()
    try:
        count = 0
        async for page in todos.export(filled, Owner(user, "UTC", commands.NONE), Reads(1)):
            count += len(page)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == TODOS - TODOS // 50
    assert peak < 16 * 1024 * 1024


async def test_an_import_of_10_000_rows_and_its_undo_take_seconds(ann):
    rows = [{"title": f"Todo number {number} of many", "tags": ["imported"]} for number in range(10_000)]
    answer, importing = await timed(ann.post("/api/import", json=rows, timeout=60))
    report = answer.json()
    assert (report["created"], report["invalid"]) == (10_000, 0)
    assert (await ann.get("/api/changes?since=9999")).json()["sequence"] == 10_000
    undone, undoing = await timed(ann.post(f"/api/commands/{answer.headers['command-id']}/undo", timeout=60))
    print(f"\nimport of 10,000 rows: {importing:.1f} s, undo of it: {undoing:.1f} s")
    assert undone.json()["sequence"] == 20_000
    assert (await ann.get("/api/todos")).json() == []
    assert max(importing, undoing) < 10
