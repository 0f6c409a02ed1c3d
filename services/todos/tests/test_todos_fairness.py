"""What one user's searches and imports take from others: a bounded time, and a bounded share."""

import asyncio
import time
import uuid
from contextlib import asynccontextmanager

import asyncpg
import pytest
import uvicorn

from local_cluster.launcher.engines.process import free_port
from service_common.http.protocols import ServiceProtocol
from service_testing.waiting import wait_until
from todos_service.errors import ImportUnderWay, TooManySearches
from todos_service.service.limits import MANY_ROWS, SEARCH_SECONDS, SEARCH_SHARE, USERS, Imports, Reads, Searches

REPETITIVE = """
insert into todos (user_id, id, title, description, completed, priority, tags, created_at, updated_at, version,
                   document)
select $1, uuidv7(), 'todo ' || number, repeat(repeat('a', 99) || 'b', 99), false, 0, '{}', now(), now(), number, '{}'
from generate_series(1, 300) number
"""
RUNNING = (
    "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like $1"
)

WAITING = "select count(*) from pg_locks where relation = $1::text::regclass and not granted"


@asynccontextmanager
async def locked(url, table):
    """Every read of the table waits, of any user; gives what counts those that wait."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"lock table {table} in access exclusive mode")
            yield lambda: connection.fetchval(WAITING, table)
    finally:
        await connection.close()


class TestSearch:
    async def test_takes_no_longer_for_a_long_word_in_repetitive_text(self, ann, app):
        await app.state.pool.execute(REPETITIVE, ann.user_id)

        async def seconds(word):
            best = 60.0
            for _ in range(3):
                began = time.perf_counter()
                answer = await ann.get("/api/todos", params={"q": word})
                best = min(best, time.perf_counter() - began)
                assert (answer.status_code, answer.json()) == (200, [])
            return best

        assert await seconds("a" * 100 + "b" + "a" * 98) < 4 * await seconds("baaab")

    async def test_ends_after_a_second(self, ann, shared_database):
        await ann.create()
        async with locked(shared_database, "todos"):
            found = await ann.get("/api/todos?q=milk")
            assert (found.status_code, found.json()["code"]) == (422, "search_too_slow")
            plain = await ann.get("/api/todos")
            assert (plain.status_code, plain.headers["retry-after"]) == (503, "1")

        async def answered():  # what the search took counts: on a slow machine the account waits for its next one
            answer = await ann.get("/api/todos?q=milk")
            return answer if answer.status_code != 429 else None

        assert len((await wait_until(answered)).json()) == 1

    async def test_two_at_once_are_the_most(self, ann, ben, shared_database):
        async with locked(shared_database, "todos"):
            answers = await asyncio.gather(*(ann.get("/api/todos?q=milk") for _ in range(4)), ben.get("/api/todos?q=x"))
        assert sorted(answer.status_code for answer in answers[:4]) == [422, 422, 429, 429]
        assert {answer.headers.get("retry-after") for answer in answers[:4]} == {None, "1"}
        assert answers[4].status_code == 422

    def test_a_fifth_of_the_time_is_the_most_in_the_long_run(self):
        now, searched, refused = 1000.0, 0.0, []
        searches = Searches(lambda: now)
        for _ in range(1000):
            try:
                with searches.turn("ann"):
                    now, searched = now + 0.5, searched + 0.5
            except TooManySearches as error:
                refused.append(int(error.headers["Retry-After"]))
                now += 0.5
        assert searched == pytest.approx((now - 1000) * SEARCH_SHARE + SEARCH_SECONDS, rel=0.05)
        assert set(refused) <= {1, 2, 3}
        with searches.turn("ben"):
            pass

    def test_the_users_remembered_are_bounded(self):
        now = 1000.0
        searches = Searches(lambda: now)
        for _ in range(2):
            with searches.turn("ann"):
                now += SEARCH_SECONDS
        with pytest.raises(TooManySearches), searches.turn("ann"):
            pass
        for number in range(USERS):
            with searches.turn(str(number)):
                pass
        with searches.turn("ann"):
            pass


class TestPages:
    """An answer ends at 4 MiB, and leads on."""

    async def test_of_large_todos_are_short_and_complete(self, ann):
        rows = [{"title": str(number), "description": "\x01" * 10_000} for number in range(150)]
        for start in range(0, 150, 10):
            assert (await ann.post("/api/import", json=rows[start : start + 10])).json()["created"] == 10
        titles, url, pages = [], "/api/todos?limit=500", 0
        while url:
            answer = await ann.get(url)
            assert len(answer.content) < 5 * 1024 * 1024
            titles += [todo["title"] for todo in answer.json()]
            url, pages = answer.links.get("next", {}).get("url"), pages + 1
        assert (sorted(titles, key=int), pages) == ([row["title"] for row in rows], 3)
        sequences, has_more, pages = [0], True, 0
        while has_more:
            answer = await ann.get("/api/changes", params={"since": sequences[-1], "limit": 1000})
            assert len(answer.content) < 5 * 1024 * 1024
            sequences += [change["sequence"] for change in answer.json()["changes"]]
            has_more, pages = answer.json()["has_more"], pages + 1
        assert (sequences, pages) == (list(range(151)), 3)
        assert len((await ann.get("/api/export")).json()) == 150

    async def test_of_a_history_too(self, ann):
        todo = await ann.create(description="\x01" * 10_000)
        for number in range(80):
            await ann.patch(f"/api/todos/{todo['id']}", json={"title": str(number)})
        found, url = [], f"/api/todos/{todo['id']}/history"
        while url:
            answer = await ann.get(url)
            assert len(answer.content) < 5 * 1024 * 1024
            found += [change["sequence"] for change in answer.json()]
            url = answer.links.get("next", {}).get("url")
        assert found == list(range(1, 82))


class TestReads:
    @pytest.mark.parametrize(
        ("path", "table", "elsewhere"),
        [
            ("/api/todos", "todos", "/api/changes"),
            ("/api/todos/{id}", "todos", "/api/changes"),
            ("/api/export", "todos", "/api/changes"),
            ("/api/changes", "changes", "/api/todos"),
            ("/api/todos/{id}/history", "changes", "/api/todos"),
        ],
    )
    async def test_that_take_long_leave_connections_to_other_users(
        self, ann, ben, shared_database, path, table, elsewhere
    ):
        path = path.format(id=(await ann.create())["id"])
        async with locked(shared_database, table) as reads:
            waiting = [asyncio.create_task(ann.get(path)) for _ in range(60)]
            await wait_until(lambda: _some(reads))
            async with asyncio.timeout(4):  # ten of ann give up after 5 s, lists after 1 s
                assert (await ben.get(elsewhere)).status_code == 200
        answers = await asyncio.gather(*waiting)
        assert answers[-1].status_code == 200

    async def test_of_many_rows_leave_connections_to_other_users_however_many_ask(self, sign_in, ben, shared_database):
        users = [sign_in() for _ in range(12)]
        async with locked(shared_database, "todos") as reads:
            waiting = [asyncio.create_task(user.get("/api/todos?limit=500")) for user in users for _ in range(5)]
            await wait_until(lambda: _some(reads))
            async with asyncio.timeout(4):  # ten give up after 1 s
                assert (await ben.get("/api/changes?limit=100")).status_code == 200
        answers = await asyncio.gather(*waiting)
        assert answers[-1].status_code == 200

    async def test_of_many_rows_are_made_one_after_the_other_while_others_go_on(self):
        reads, done = Reads(at_once=2), []

        async def read_many(user):
            async with reads.turn(user, MANY_ROWS + 1):
                done.append(user)

        async with reads.turn("ann", MANY_ROWS + 1):
            waiting = asyncio.create_task(read_many("ben"))
            async with reads.turn("ann"), reads.turn("ben"):
                done.append("few rows")
        await waiting
        assert done == ["few rows", "ben"]


class TestWrites:
    async def test_that_wait_for_each_other_leave_connections_to_other_users(self, ann, ben, shared_database):
        await ann.create()
        connection = await asyncpg.connect(shared_database)
        async with connection.transaction():
            await connection.execute("select from feeds where user_id = $1 for update", ann.user_id)
            waiting = [asyncio.create_task(ann.create()) for _ in range(20)]
            async with asyncio.timeout(4):  # those of ann give up after 5 s
                await ben.create()
            assert not [task for task in waiting if task.done()]
        assert {todo["version"] for todo in await asyncio.gather(*waiting)} == set(range(2, 22))
        await connection.close()


class TestImports:
    async def test_one_waits_for_the_one_before_and_no_longer_than_it_may(self):
        imports, done = Imports(wait_seconds=0.01), []
        async with imports.turn("ann"):
            with pytest.raises(ImportUnderWay):
                async with imports.turn("ann"):
                    done.append("ann")
            async with imports.turn("ben"):
                done.append("ben")
        async with imports.turn("ann"):
            done.append("ann")
        assert done == ["ben", "ann"]


class TestAReadWhoseClientIsGone:
    async def test_is_cancelled_in_the_database(self, app, issuer, shared_database):
        port = free_port()
        config = uvicorn.Config(app, port=port, http=ServiceProtocol, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        try:
            await wait_until(lambda: server.started)
            token = issuer.token(uuid.uuid4())
            async with locked(shared_database, "changes"):

                async def running():
                    return await app.state.pool.fetchval(RUNNING, "%FROM feeds LEFT OUTER JOIN%")

                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(f"GET /api/changes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n".encode())
                await wait_until(running)
                began = time.monotonic()
                writer.close()
                await wait_until(lambda: _none(running))
                assert time.monotonic() - began < app.state.settings.database_seconds - 1
        finally:
            server.should_exit = True
            await serving


async def _none(count):
    return await count() == 0


async def _some(count):
    return await count() > 0
