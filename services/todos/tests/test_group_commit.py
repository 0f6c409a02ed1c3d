"""Writes that share a statement, on a real PostgreSQL: what each gives is what it gives alone."""

import asyncio
import itertools
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from service_testing.databases import Databases
from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from todos_service.app import create_app
from todos_service.domain import COMPLETED, CREATED, DELETED, PURGED, RESTORED, UNLIMITED, UPDATED, Content, Quotas
from todos_service.errors import IdTaken
from todos_service.repository import batches, reads, writes
from todos_service.repository.writes import Change, LostRace
from todos_service.service import commands
from todos_service.service.store import batchers

from .conftest import Client, settings

TRACE = f"00-{'a' * 32}-{'b' * 16}-01"
COMMAND = commands.of_system("test")
FULL = Content('Ümläut "quoted" {braces}', "a\nb\\c", priority="urgent", tags=("später", 'a "b", {c}\\'))
Write = Callable[[str, Change], Any]


def user() -> str:
    return str(uuid.uuid4())


def new(content: Content = FULL, todo_id: str | None = None) -> Change:
    return Change(todo_id, CREATED, content, COMMAND, TRACE, Quotas(1, content.size, 1), UNLIMITED)


def steps(todo_id: str) -> list[Change]:
    """The life of a todo that is its user's first."""
    changed, done = Content("Updated"), Content("Done", completed=True)
    known = {
        "todo_id": todo_id,
        "command": COMMAND,
        "traceparent": TRACE,
        "changed": '["title"]',
        "previous": '{"title":"x"}',
    }
    known |= {"quotas": UNLIMITED, "more": Quotas(0, 0, 1)}
    shorter = [Quotas(0, after.size - before.size, 1) for before, after in itertools.pairwise((FULL, changed, done))]
    return [
        new(todo_id=todo_id),
        Change(type=UPDATED, content=changed, expected=1, **known | {"more": shorter[0]}),
        Change(type=COMPLETED, content=done, expected=2, **known | {"more": shorter[1]}),
        Change(type=DELETED, content=done, expected=3, deleted=True, **known),
        Change(type=RESTORED, content=done, expected=4, **known),
        Change(type=PURGED, content=done, expected=5, deleted=True, **known | {"more": Quotas(-1, -done.size)}),
    ]


def plain(text: str) -> str:
    """JSON with ids and instants replaced."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<instant>", text)


async def log_of(pool: asyncpg.Pool, user_id: str) -> list[tuple[int, str, str, str]]:
    query = "select sequence, type, traceparent, data::text from changes where user_id = $1 order by sequence"
    return [(row[0], row[1], row[2], plain(row[3])) for row in await pool.fetch(query, user_id)]


async def used(pool: asyncpg.Pool, user_id: str) -> tuple[Any, ...]:
    """What the quotas count."""
    return tuple(await pool.fetchrow("select todos, bytes, day, writes, kept from feeds where user_id = $1", user_id))


@pytest.fixture
def pool(app: FastAPI) -> asyncpg.Pool:
    return app.state.pool


class TestStatement:
    async def test_finds_todos_by_their_keys_before_the_table_is_analysed(self, pool):
        """A plan for a small table reads all todos of the user for each write."""
        ann = user()
        await writes.write(pool, ann, new())
        for _ in range(10):
            await batches.write(pool, [(ann, new()) for _ in range(100)])
        async with pool.acquire() as connection, connection.transaction():
            assert all(await batches.write(connection, [(ann, new()) for _ in range(10)]))
            read = await connection.fetchval(
                "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'todos'"
            )
        assert read <= 10

    async def test_writes_what_single_writes_write(self, pool):
        one, together = user(), [user() for _ in range(3)]
        for owner in together:
            await writes.lock_feed(pool, owner)
        todo_ids = [str(uuid.uuid4()) for _ in together]
        for alone, batch in zip(steps(str(uuid.uuid4())), zip(*map(steps, todo_ids), strict=True), strict=True):
            expected = await writes.write(pool, one, alone)
            found = await batches.write(pool, list(zip(together, batch, strict=True)))
            for todo_id, row in zip(todo_ids, found, strict=True):
                assert (row["version"], plain(row["document"])) == (expected["version"], plain(expected["document"]))
                assert str(row["id"]) == todo_id
        for owner in together:
            assert await log_of(pool, owner) == await log_of(pool, one)
            assert await used(pool, owner) == await used(pool, one)
            pending = "select array_agg(sequence order by id) from outbox where user_id = $1"
            assert await pool.fetchval(pending, owner) == [1, 2, 3, 4, 5, 6]

    async def test_numbers_the_writes_of_each_user(self, pool):
        ann, ben = user(), user()
        for owner in (ann, ben):
            await writes.write(pool, owner, new())
        rows = await batches.write(pool, [(owner, new()) for owner in (ann, ben, ann, ann, ben)])
        assert [row["version"] for row in rows] == [2, 2, 3, 4, 3]
        assert [await reads.sequence(pool, owner) for owner in (ann, ben)] == [4, 3]

    async def test_a_write_that_cannot_be_takes_no_number(self, pool):
        ann, again, *known = user(), *(str(uuid.uuid4()) for _ in range(4))
        for todo_id in known:
            await writes.write(pool, ann, new(todo_id=todo_id))
        updated, stale, unknown = steps(known[0])[1], steps(known[1])[3], steps(str(uuid.uuid4()))[1]
        changes = [new(), new(todo_id=known[2]), stale, updated, updated, unknown, *[new(todo_id=again)] * 2, new()]
        found = await batches.write(pool, [(ann, change) for change in changes])
        kinds = [one["version"] if isinstance(one, asyncpg.Record) else type(one) for one in found]
        assert kinds == [4, IdTaken, LostRace, 5, LostRace, LostRace, 6, IdTaken, 7]
        assert [sequence for sequence, *_ in await log_of(pool, ann)] == [1, 2, 3, 4, 5, 6, 7]

    async def test_passes_over_a_feed_that_is_held_and_one_that_is_new(self, pool):
        ann, ben, eve = user(), user(), user()
        for owner in (ann, ben):
            await writes.write(pool, owner, new())
        async with pool.acquire() as other, other.transaction():
            await writes.lock_feed(other, ben)
            found = await asyncio.wait_for(batches.write(pool, [(owner, new()) for owner in (ann, ben, eve)]), 10)
        assert [row and row["version"] for row in found] == [2, None, None]
        assert [await reads.sequence(pool, owner) for owner in (ann, ben, eve)] == [2, 1, 0]

    async def test_leaves_a_user_whose_quotas_do_not_allow_all(self, pool):
        ann, ben = user(), user()
        for owner in (ann, ben):
            await writes.write(pool, owner, new())
        limited = replace(new(), quotas=Quotas(2, 2**20, 2**20))
        found = await batches.write(pool, [(owner, limited) for owner in (ann, ben, ann)])
        assert [row and row["version"] for row in found] == [None, 2, None]
        assert (await used(pool, ann))[0] == 1

    async def test_reads_what_single_reads_read(self, pool):
        ann, ben = user(), user()
        rows = [await writes.write(pool, owner, new()) for owner in (ann, ann, ben)]
        keys = [(owner, str(row["id"])) for owner, row in zip((ann, ann, ben), rows, strict=True)]
        keys += [(ben, keys[0][1]), (user(), user())]
        found = await batches.read(pool, keys)
        for key, row in zip(keys, found, strict=True):
            alone = await reads.todo(pool, *key)
            assert (row and {name: row[name] for name in alone.keys()}) == (alone and dict(alone))  # noqa: SIM118
        assert found[3:] == [None, None]


async def transactions(pool: asyncpg.Pool, *user_ids: str) -> int:
    """How many transactions wrote the todos of these users."""
    query = "select count(distinct xmin::text) from todos where user_id = any($1::uuid[])"
    return await pool.fetchval(query, user_ids)


@asynccontextmanager
async def holding(pool: asyncpg.Pool, user_id: str) -> AsyncIterator[None]:
    async with pool.acquire() as other, other.transaction():
        await writes.lock_feed(other, user_id)
        yield


class TestRequests:
    async def test_those_that_arrive_together_share_a_transaction(self, sign_in, pool):
        people = [sign_in() for _ in range(4)]
        for person in people:
            await person.create()
        await asyncio.gather(*(person.create() for person in people * 10))
        assert await transactions(pool, *(person.user_id for person in people)) < 20  # of 44 writes
        for person in people:
            assert [change["sequence"] for change in await person.changes()] == list(range(1, 12))

    async def test_one_that_fails_in_a_batch_fails_alone_and_as_it_does_alone(self, ann, ben, pool):
        for person in (ann, ben):
            await person.create()
        todo, other = await ann.create(), await ben.create()
        wrong = [
            ("POST", "/api/todos", {"json": {"title": "again", "id": todo["id"]}}),
            ("PATCH", f"/api/todos/{todo['id']}", {"json": {"title": "stale"}, "headers": {"If-Match": '"1"'}}),
            ("PATCH", f"/api/todos/{uuid.uuid4()}", {"json": {"title": "unknown"}}),
            ("POST", f"/api/todos/{other['id']}/complete", {}),
            ("PATCH", f"/api/todos/{todo['id']}", {"json": {"title": todo["title"]}}),
            ("POST", "/api/todos", {"json": {"title": "x", "parent_id": str(uuid.uuid4())}}),
        ]

        def told(answer: Any) -> tuple[int, dict[str, Any]]:
            return answer.status_code, {**answer.json(), "request_id": None}

        alone = [told(await ann.request(method, path, **options)) for method, path, options in wrong]
        before = await transactions(pool, ann.user_id, ben.user_id)
        *good, in_batch = await asyncio.gather(
            *(person.create() for person in [ann, ben] * 20),
            asyncio.gather(*(ann.request(method, path, **options) for method, path, options in wrong)),
        )
        assert [status for status, _ in alone] == [409, 412, 404, 404, 200, 422]
        assert [told(answer) for answer in in_batch] == alone
        assert await transactions(pool, ann.user_id, ben.user_id) - before < 20
        assert len(good) == 40
        assert [change["sequence"] for change in await ann.changes()] == list(range(1, 23))

    async def test_a_batch_that_fails_as_a_whole_is_done_one_by_one(self, ann, ben, pool):
        for person in (ann, ben):
            await person.create()
        taken = str(uuid.uuid4())
        names = ", ".join(c for c in [*writes.COLUMNS.split(", "), "document"] if c not in {"user_id", "id"})
        copy = f"insert into todos (user_id, id, {names}) select user_id, $2, {names} from todos where user_id = $1"  # noqa: S608
        async with pool.acquire() as other:
            transaction = other.transaction()
            await transaction.start()
            await other.execute(copy, ann.user_id, taken)  # without the feed's lock, as no write of the service
            posts = [person.post("/api/todos", json={"title": "x"}) for person in [ann, ben] * 5]
            asked = asyncio.gather(*posts, ann.post("/api/todos", json={"title": "x", "id": taken}))
            blocked = (
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
            await wait_until(lambda: pool.fetchval(blocked))
            await transaction.commit()
            answers = await asked
        assert [answer.status_code for answer in answers] == [201] * 10 + [409]
        assert answers[-1].json()["code"] == "id_taken"
        for person in (ann, ben):
            assert [change["sequence"] for change in await person.changes()] == list(range(1, 7))

    async def test_who_waits_for_a_lock_is_waited_for_by_nobody_else(self, ann, ben, pool):
        for person in (ann, ben):
            await person.create()
        async with holding(pool, ann.user_id):
            waiting = [asyncio.create_task(ann.create(str(number))) for number in range(20)]
            for _ in range(10):
                await asyncio.wait_for(asyncio.gather(*(ben.create() for _ in range(3))), 10)
            assert not any(task.done() for task in waiting)
        await asyncio.gather(*waiting)
        assert len(await ann.changes()) == 21
        assert len(await ben.changes()) == 31

    async def test_a_cancelled_request_neither_stops_nor_loses_anything(self, ann, ben):
        for person in (ann, ben):
            await person.create()
        for turn in range(10):
            tasks = [asyncio.create_task(person.create(str(turn))) for person in [ann, ben] * 5]
            for _ in range(turn):
                await asyncio.sleep(0)  # the cancellation comes at another moment in each turn
            tasks[turn].cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert sum(isinstance(result, asyncio.CancelledError) for result in results) <= 1
            assert sum(isinstance(result, dict) for result in results) >= 9
        for person in (ann, ben):
            changes = await person.changes()
            assert [change["sequence"] for change in changes] == list(range(1, len(changes) + 1))
            listed = (await person.get("/api/todos?limit=500")).json()
            assert {todo["id"] for todo in listed} == {change["todo"]["id"] for change in changes}

    async def test_more_than_can_wait_are_told_to_come_again(self, ann, ben, pool):
        for person in (ann, ben):
            await person.create()
        async with holding(pool, ann.user_id):
            tasks = [asyncio.create_task(ann.post("/api/todos", json={"title": "x"})) for _ in range(1010)]
            await wait_until(lambda: sum(task.done() for task in tasks) >= 9, 60)
            refused = {
                (task.result().status_code, task.result().headers["retry-after"]) for task in tasks if task.done()
            }
            assert refused == {(503, "1")}
            assert (await ben.create())["version"] == 2
        answers = await asyncio.gather(*tasks)
        written = sum(answer.status_code == 201 for answer in answers)
        assert written >= 1000
        assert (await ann.get("/api/changes?limit=1")).json()["sequence"] == 1 + written

    async def test_the_relay_is_woken_once_for_a_batch(self, pool):
        owner, woken = user(), []
        await writes.write(pool, owner, new())
        _, writing = batchers(pool, lambda: woken.append(True))
        await asyncio.gather(*(writing(owner, new()) for _ in range(20)))
        assert len(woken) == 2  # for the first, which was alone, and for the others


@asynccontextmanager
async def instance(url: str, issuer: TokenIssuer) -> AsyncIterator[FastAPI]:
    app = create_app(settings(url))
    app.state.verifier = issuer.verifier()
    async with app.router.lifespan_context(app):
        yield app


async def imported(client: Client) -> Any:
    """An import, tried again while others of the same user take long."""
    rows = [{"title": uuid.uuid4().hex} for _ in range(3)]
    while (answer := await client.post("/api/import", json=rows)).status_code == httpx.codes.TOO_MANY_REQUESTS:
        continue
    return answer


async def life(client: Client, number: int) -> list[int]:
    """Writes of every kind, one after another; the statuses."""
    todo = await client.create(str(number))
    path = f"/api/todos/{todo['id']}"
    create = {"op": "create", "todo": {"title": "bulk"}}
    answers = [
        await client.patch(path, json={"title": f"{number} again"}),
        await client.post(f"{path}/complete"),
        await client.post("/api/todos/bulk", json={"operations": [create, {"op": "reopen", "id": todo["id"]}]}),
        await client.post("/api/todos", json={"title": "keyed"}, headers={"Idempotency-Key": uuid.uuid4().hex}),
        await imported(client),
        await client.delete(path),
    ]
    return [answer.status_code for answer in answers]


class TestSeveralInstances:
    async def test_write_for_the_same_users_without_a_deadlock(self, database: Databases):
        issuer, url, users = TokenIssuer(), await database("todos"), [user() for _ in range(10)]
        async with AsyncExitStack() as stack:
            apps = [await stack.enter_async_context(instance(url, issuer)) for _ in range(2)]
            clients = [Client(app, issuer, owner) for app in apps for owner in users]
            done = await asyncio.gather(*(life(client, number) for number, client in enumerate(clients * 3)))
            assert {json.dumps(statuses) for statuses in done} == {"[200, 200, 200, 201, 200, 204]"}
            for client in clients[: len(users)]:
                changes = await client.changes()
                assert [change["sequence"] for change in changes] == list(range(1, 1 + 6 * (1 + 2 + 2 + 1 + 3 + 1)))
                assert all(change["todo"]["version"] == change["sequence"] for change in changes)
            deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
            assert await apps[0].state.pool.fetchval(deadlocks) == 0
