"""What a user may have and do, and that the counts are those of the rows."""

import asyncio

import pytest

from todos_service.domain import UNLIMITED

COUNTED = "select todos, bytes from feeds where user_id = $1"
RECOUNT = """
select count(*) as todos,
       sum(octet_length(title) + octet_length(description) + octet_length(array_to_string(tags, ''))) as bytes
from todos where user_id = $1
"""


def create(title="x", **fields):
    return {"op": "create", "todo": {"title": title, **fields}}


async def refused(answer, status, name, limit):
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == "quota_exceeded"
    assert answer.json()["quota"] == {"name": name, "limit": limit}
    assert str(limit) in answer.json()["detail"]


class TestTodos:
    async def test_are_counted_with_the_trash(self, ann, ben, app):
        app.state.quotas = UNLIMITED._replace(todos=2)
        first, _ = await ann.create(), await ann.create()
        path = f"/api/todos/{first['id']}"
        await refused(await ann.post("/api/todos", json={"title": "x"}), 403, "todos", 2)
        assert len(await ann.changes()) == 2
        await ann.delete(path)
        await refused(await ann.post("/api/todos", json={"title": "x"}), 403, "todos", 2)
        assert (await ann.post(f"{path}/restore")).status_code == 200
        await ann.delete(path, params={"permanent": "true"})
        await ann.create()
        assert [change["sequence"] for change in await ann.changes()] == [1, 2, 3, 4, 5, 6]
        await ben.create()

    async def test_a_bulk_is_refused_as_a_whole(self, ann, app):
        app.state.quotas = UNLIMITED._replace(todos=2)
        answer = await ann.post("/api/todos/bulk", json={"operations": [create(), create(), create()]})
        await refused(answer, 403, "todos", 2)
        assert answer.json()["errors"][0]["pointer"] == "/operations/2"
        assert await ann.changes() == []

    @pytest.mark.parametrize("dry_run", [True, False])
    async def test_an_import_is_refused_as_a_whole(self, ann, app, dry_run):
        app.state.quotas = UNLIMITED._replace(todos=2)
        path = f"/api/import?dry_run={dry_run}"
        await refused(await ann.post(path, json=[{"title": "x"}] * 3), 403, "todos", 2)
        assert await ann.changes() == []
        assert (await ann.post(path, json=[{"title": "x"}] * 2)).json()["created"] == 2


class TestBytes:
    async def test_are_those_of_title_description_and_tags_in_utf8(self, ann, app):
        app.state.quotas = UNLIMITED._replace(bytes=10)
        todo = await ann.create("äb", description="cd", tags=["e", "f"])
        path = f"/api/todos/{todo['id']}"
        await refused(await ann.patch(path, json={"description": "123456"}), 403, "bytes", 10)
        assert (await ann.patch(path, json={"description": "12345"})).status_code == 200
        await refused(await ann.post("/api/todos", json={"title": "xx"}), 403, "bytes", 10)
        assert (await ann.patch(path, json={"description": "", "tags": []})).status_code == 200
        await ann.create("1234567")

    async def test_what_takes_no_more_is_allowed_when_the_quota_was_lowered(self, ann, app):
        todo = await ann.create("a long title")
        app.state.quotas = UNLIMITED._replace(bytes=1, todos=0)
        path = f"/api/todos/{todo['id']}"
        assert (await ann.patch(path, json={"title": "a title"})).status_code == 200
        assert (await ann.post(f"{path}/complete")).status_code == 200
        assert (await ann.delete(path)).status_code == 204


class TestWrites:
    async def test_of_a_day_are_limited(self, ann, app):
        app.state.quotas = UNLIMITED._replace(writes_a_day=2)
        todo, _ = await ann.create(), await ann.create()
        path = f"/api/todos/{todo['id']}"
        for answer in (
            await ann.post("/api/todos", json={"title": "x"}),
            await ann.post(f"{path}/complete"),
            await ann.delete(path),
            await ann.post("/api/import", json=[{"title": "x"}]),
        ):
            await refused(answer, 429, "writes_a_day", 2)
            assert 0 < int(answer.headers["retry-after"]) <= 86_400
        assert (await ann.post(f"{path}/reopen")).status_code == 200  # writes nothing
        assert (await ann.delete(path, params={"permanent": "true"})).status_code == 204
        await app.state.pool.execute("update feeds set day = day - 1 where user_id = $1", ann.user_id)
        await ann.create()


class TestIdempotencyKeys:
    async def test_of_a_day_are_limited_by_the_bytes_of_their_answers(self, ann, app):
        app.state.quotas = UNLIMITED._replace(idempotency_bytes_a_day=2200)

        async def post(key):
            return await ann.post("/api/todos", json={"title": "x"}, headers={"Idempotency-Key": key})

        assert [(await post(key)).status_code for key in ("one", "two", "one")] == [201, 201, 201]
        await refused(await post("three"), 429, "idempotency_bytes_a_day", 2200)
        assert len(await ann.changes()) == 2
        await ann.create()
        await app.state.pool.execute("update feeds set day = day - 1 where user_id = $1", ann.user_id)
        assert (await post("three")).status_code == 201


class TestCounts:
    async def test_are_those_of_the_rows_whatever_was_done(self, ann, app):
        todos = [await ann.create(f"ünïcode {number}", tags=["ä", "b"]) for number in range(4)]
        paths = [f"/api/todos/{todo['id']}" for todo in todos]
        rows = [{"title": "row", "description": "é" * number} for number in range(5)]
        await asyncio.gather(
            *(ann.patch(path, json={"description": "x" * 7 * n}) for path in paths for n in range(3)),
            *(ann.post("/api/import", json=rows) for _ in range(2)),
            ann.post("/api/todos/bulk", json={"operations": [create("ß"), create(tags=["t"])]}),
            ann.post("/api/todos/bulk", json={"operations": [create(), {"op": "reopen", "id": todos[0]["id"][::-1]}]}),
            ann.delete(paths[0]),
            ann.delete(paths[1], params={"permanent": "true"}),
        )
        pool = app.state.pool
        assert await pool.fetchrow(COUNTED, ann.user_id) == await pool.fetchrow(RECOUNT, ann.user_id)
        sequence = (await ann.get("/api/changes")).json()["sequence"]
        assert await pool.fetchval("select writes from feeds where user_id = $1", ann.user_id) == sequence - 1
