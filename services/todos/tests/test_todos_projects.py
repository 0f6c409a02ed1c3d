"""Projects and saved filters."""

import asyncio
import uuid

import pytest

from .conftest import timed


async def project(client, name="Home", **fields):
    answer = await client.post("/api/projects", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(client, path="/api/projects", **params):
    return [one["name"] for one in (await client.get(path, params=params)).json()]


async def titles(client, **params):
    return [todo["title"] for todo in (await client.get("/api/todos", params={"sort": "position", **params})).json()]


class TestProject:
    async def test_takes_numbers_of_the_same_sequence(self, ann):
        await ann.create()
        answer = await ann.post("/api/projects", json={"name": "Home", "color": "teal"})
        made = answer.json()
        assert (made["version"], answer.headers["todo-sequence"], answer.headers["etag"]) == (2, "2", '"2"')
        assert answer.headers["location"] == f"/api/projects/{made['id']}"
        change = (await ann.changes())[-1]
        assert (change["type"], change["project"]) == ("project.created.v1", made)
        assert change["command_id"] == answer.headers["command-id"]
        assert (await ann.get(answer.headers["location"])).json() == made
        assert (await ann.get("/api/projects")).json() == [made]

    async def test_changes_what_is_given(self, ann):
        made = await project(ann)
        path = f"/api/projects/{made['id']}"
        renamed = await ann.patch(path, json={"name": "House", "archived": True}, headers={"If-Match": '"1"'})
        assert (renamed.status_code, renamed.json()["name"], renamed.json()["version"]) == (200, "House", 2)
        stale = await ann.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
        same = await ann.patch(path, json=renamed.json())
        assert (same.status_code, same.json()) == (200, renamed.json())
        change = (await ann.changes())[-1]
        assert (change["changed"], change["previous"]) == (["name", "archived"], {"name": "Home", "archived": False})

    async def test_is_its_users_own(self, ann, ben):
        made = await project(ann)
        for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/restore"), ("POST", "/move")):
            body = {} if method in {"PATCH", "POST"} and path != "/restore" else None
            answer = await ben.request(method, f"/api/projects/{made['id']}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "project_not_found")
        answer = await ben.post("/api/todos", json={"title": "x", "project_id": made["id"]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/project_id")

    async def test_is_made_once_with_a_key(self, ann):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        first, again = [await ann.post("/api/projects", json={"name": "x"}, headers=headers) for _ in range(2)]
        assert first.content == again.content
        assert len(await ann.changes()) == 1

    async def test_moves_between_others(self, ann):
        made = {name: await project(ann, name) for name in "abcd"}
        move = f"/api/projects/{made['d']['id']}/move"
        answer = await ann.post(move, json={"after_id": made["a"]["id"]})
        assert answer.status_code == 200, answer.text
        assert await listed(ann) == ["a", "d", "b", "c"]
        await ann.post(move, json={"before_id": made["a"]["id"]})
        assert await listed(ann) == ["d", "a", "b", "c"]
        await ann.post(move, json={})
        assert await listed(ann) == ["a", "b", "c", "d"]
        assert len(await ann.changes()) == 7
        assert (await ann.post(move, json={"before_id": str(uuid.uuid4())})).status_code == 422

    async def test_quota(self, ann, app):
        app.state.quotas = app.state.quotas._replace(projects=2)
        for name in "ab":
            await project(ann, name)
        answer = await ann.post("/api/projects", json={"name": "c"})
        assert (answer.status_code, answer.json()["quota"]) == (403, {"name": "projects", "limit": 2})


class TestTrash:
    async def test_takes_the_todos_along_and_brings_just_those_back(self, ann):
        home = await project(ann)
        await ann.create("kept", project_id=home["id"])
        gone = await ann.create("gone", project_id=home["id"])
        await ann.create("other")
        await ann.delete(f"/api/todos/{gone['id']}")
        answer = await ann.delete(f"/api/projects/{home['id']}")
        assert (answer.status_code, answer.headers["todo-sequence"]) == (204, "7")
        made = (await ann.changes())[-2:]
        assert [change["type"] for change in made] == ["project.deleted.v1", "todo.deleted.v1"]
        assert {change["command_id"] for change in made} == {answer.headers["command-id"]}
        assert await titles(ann) == ["other"]
        assert await listed(ann) == []
        assert await listed(ann, status_filter="deleted") == ["Home"]
        assert (await ann.post("/api/todos", json={"title": "x", "project_id": home["id"]})).status_code == 422

        answer = await ann.post(f"/api/projects/{home['id']}/restore")
        assert (answer.status_code, answer.headers["todo-sequence"]) == (200, "9")
        assert await titles(ann, project=home["id"]) == ["kept"]
        assert await titles(ann, status_filter="deleted") == ["gone"]

    async def test_a_todo_whose_project_is_gone_comes_back_into_the_inbox(self, ann):
        home = await project(ann)
        todo = await ann.create(project_id=home["id"])
        await ann.delete(f"/api/projects/{home['id']}")
        back = (await ann.post(f"/api/todos/{todo['id']}/restore")).json()
        assert (back["project_id"], back["deleted_at"]) == (None, None)

    async def test_permanently(self, ann):
        home = await project(ann)
        todo = await ann.create(project_id=home["id"])
        assert (await ann.delete(f"/api/projects/{home['id']}?permanent=true")).status_code == 204
        assert [change["type"] for change in await ann.changes(2)] == ["project.purged.v1", "todo.purged.v1"]
        assert (await ann.get(f"/api/todos/{todo['id']}")).status_code == 404

    async def test_a_todo_made_meanwhile_is_in_or_out(self, ann):
        home = await project(ann)
        made = asyncio.gather(
            *(ann.post("/api/todos", json={"title": "x", "project_id": home["id"]}) for _ in range(20)),
            ann.delete(f"/api/projects/{home['id']}"),
        )
        await made
        assert await titles(ann) == []


class TestFilter:
    async def test_is_a_list(self, ann):
        home = await project(ann)
        await ann.create("b", project_id=home["id"], priority="high")
        await ann.create("a", project_id=home["id"])
        query = {"project": home["id"], "sort": "title", "tag": "none"}
        made = (await ann.post("/api/filters", json={"name": "Home", "query": query})).json()
        assert made["query"] == query | {"tag": ["none"]}
        assert [todo["title"] for todo in (await ann.get(f"/api/todos?filter={made['id']}")).json()] == ["a", "b"]
        only = (await ann.get(f"/api/todos?filter={made['id']}&priority=high")).json()
        assert [todo["title"] for todo in only] == ["b"]
        await ann.patch(f"/api/filters/{made['id']}", json={"query": {"status_filter": "done"}})
        assert (await ann.get(f"/api/todos?filter={made['id']}")).json() == []
        assert (await ann.delete(f"/api/filters/{made['id']}")).status_code == 204
        answer = await ann.get(f"/api/todos?filter={made['id']}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?filter")
        kinds = [change["type"] for change in await ann.changes(3)]
        assert kinds == ["filter.created.v1", "filter.updated.v1", "filter.deleted.v1"]

    async def test_refuses_what_no_list_takes(self, ann):
        for query in ({"project": "x"}, {"cursor": "x"}, {"sort": "x"}, {"unknown": 1}):
            answer = await ann.post("/api/filters", json={"name": "x", "query": query})
            assert answer.status_code == 422, query
            assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"


@pytest.mark.slow
async def test_a_large_project_goes_and_comes_back_while_others_write(ann, ben):
    home = await project(ann)
    rows = [{"title": f"todo {number}", "project_id": home["id"], "tags": ["home"]} for number in range(5000)]
    assert (await ann.post("/api/import", json=rows)).json()["created"] == len(rows)
    path, waits, seconds = f"/api/projects/{home['id']}", [], []
    for act in (ann.delete(path), ann.post(f"{path}/restore")):
        acting, others = asyncio.create_task(timed(act)), []
        while not acting.done():
            others.append((await timed(ben.post("/api/todos", json={"title": "Meanwhile"})))[1])
        seconds.append(acting.result()[1])
        assert max(others) < seconds[-1] / 2
        waits += others
    assert max(seconds) < 2, (seconds, max(waits), len(waits))
    assert max(waits) < 1, (seconds, max(waits), len(waits))
    assert len({change["command_id"] for change in await ann.changes(2 * len(rows) + 2)}) == 1
    assert len(await ann.changes(len(rows) + 1)) == 1000
