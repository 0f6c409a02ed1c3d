import uuid

import pytest


async def bulk(client, *operations, **options):
    return await client.post("/api/todos/bulk", json={"operations": list(operations)}, **options)


class TestBulk:
    async def test_does_every_kind_of_operation(self, ann):
        one, two, three = [await ann.create(title) for title in ("one", "two", "three")]
        chosen = str(uuid.uuid4())
        answer = await bulk(
            ann,
            {"op": "create", "id": chosen, "todo": {"title": "four"}},
            {"op": "update", "id": one["id"], "todo": {"title": "uno"}, "if_version": 1},
            {"op": "complete", "id": chosen},
            {"op": "reopen", "id": chosen},
            {"op": "delete", "id": two["id"]},
            {"op": "restore", "id": two["id"]},
            {"op": "purge", "id": three["id"]},
        )
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["status"] for result in results] == [201, 200, 200, 200, 204, 200, 204]
        assert [result["todo"] and result["todo"]["version"] for result in results] == [4, 5, 6, 7, 8, 9, None]
        assert results[1]["todo"]["title"] == "uno"
        assert results[0]["id"] == chosen
        assert answer.headers["todo-sequence"] == "10"
        assert [change["sequence"] for change in await ann.changes()] == list(range(1, 11))

    @pytest.mark.parametrize(
        ("wrong", "status", "pointer"),
        [
            ({"op": "complete", "id": str(uuid.uuid4())}, 404, "/operations/1"),
            ({"op": "create", "todo": {"title": "x", "due_time": "10:00"}}, 422, "/operations/1/todo/due_time"),
            ({"op": "create", "todo": {"title": ""}}, 422, "/operations/1/todo/title"),
            ({"op": "update", "id": "?", "todo": {"title": "x"}}, 422, "/operations/1/id"),
            ({"op": "explode"}, 422, "/operations/1"),
        ],
    )
    async def test_does_nothing_where_one_fails_and_names_it(self, ann, wrong, status, pointer):
        answer = await bulk(ann, {"op": "create", "todo": {"title": "fine"}}, wrong)
        assert answer.status_code == status
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        assert (await ann.get("/api/todos")).json() == []
        assert (await ann.get("/api/changes")).json()["sequence"] == 0

    async def test_refuses_a_stale_version(self, ann):
        todo = await ann.create()
        answer = await bulk(ann, {"op": "delete", "id": todo["id"], "if_version": 7})
        assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")

    async def test_takes_a_hundred(self, ann):
        create = {"op": "create", "todo": {"title": "x"}}
        assert (await bulk(ann, *[create] * 100)).status_code == 200
        assert (await bulk(ann, *[create] * 101)).status_code == 422
        assert (await bulk(ann)).status_code == 422
