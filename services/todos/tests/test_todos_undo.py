"""Undo: the state of before comes back, by a command that can be undone as well; conflicts are named."""

import uuid

import pytest

VOLATILE = {"version", "updated_at"}


async def state(client):
    """Every todo, also those in the trash, by id; without what each change changes."""
    found = {}
    for status in ("all", "deleted"):
        for todo in (await client.get("/api/todos", params={"status_filter": status, "limit": 500})).json():
            found[todo["id"]] = {name: value for name, value in todo.items() if name not in VOLATILE}
    return found


async def undo(client, answer, **params):
    undone = await client.post(f"/api/commands/{answer.headers['command-id']}/undo", params=params)
    assert undone.status_code == 200, undone.text
    assert undone.headers["command-id"] == undone.json()["command_id"]
    return undone


async def back_and_forth(client, answer, before):
    """Undo, redo, undo: the states in turn."""
    after = await state(client)
    undone = await undo(client, answer)
    assert await state(client) == before
    redone = await undo(client, undone)
    assert await state(client) == after
    await undo(client, redone)
    assert await state(client) == before


class TestOneTodo:
    async def test_fields(self, ann):
        todo = await ann.create(description="fresh", tags=["home"], due_date="2026-12-01", due_time="17:30")
        before = await state(ann)
        changed = {"title": "Buy bread", "tags": ["shop"], "priority": "high", "due_date": None}
        answer = await ann.patch(f"/api/todos/{todo['id']}", json=changed)
        await back_and_forth(ann, answer, before)

    @pytest.mark.parametrize("verb", ["complete", "reopen"])
    async def test_completion_at_its_own_time(self, ann, verb):
        todo = await ann.create()
        await ann.post(f"/api/todos/{todo['id']}/complete")
        if verb == "complete":
            await ann.post(f"/api/todos/{todo['id']}/reopen")
        before = await state(ann)
        await back_and_forth(ann, await ann.post(f"/api/todos/{todo['id']}/{verb}"), before)

    async def test_trash_and_back(self, ann):
        todo = await ann.create()
        before = await state(ann)
        deleted = await ann.delete(f"/api/todos/{todo['id']}")
        await back_and_forth(ann, deleted, before)
        await ann.delete(f"/api/todos/{todo['id']}")
        before = await state(ann)
        await back_and_forth(ann, await ann.post(f"/api/todos/{todo['id']}/restore"), before)

    async def test_a_creation_goes_to_the_trash(self, ann):
        answer = await ann.post("/api/todos", json={"title": "Buy milk"})
        undone = await undo(ann, answer)
        assert (await ann.get("/api/todos")).json() == []
        assert [change["type"] for change in undone.json()["changes"]] == ["todo.deleted.v1"]
        await undo(ann, undone)
        assert [todo["id"] for todo in (await ann.get("/api/todos")).json()] == [answer.json()["id"]]

    @pytest.mark.parametrize("in_trash", [False, True])
    async def test_what_was_deleted_for_good_comes_back_as_it_was(self, ann, in_trash):
        todo = await ann.create(description="all of it", tags=["home"], completed=True)
        if in_trash:
            await ann.delete(f"/api/todos/{todo['id']}")
        before = await state(ann)
        answer = await ann.delete(f"/api/todos/{todo['id']}", params={"permanent": True})
        undone = await undo(ann, answer)
        assert await state(ann) == before
        (change,) = undone.json()["changes"]
        assert change["type"] == ("todo.deleted.v1" if in_trash else "todo.restored.v1")

    async def test_several_steps_back(self, ann):
        todo = await ann.create("one")
        path = f"/api/todos/{todo['id']}"
        second, third = [await ann.patch(path, json={"title": title}) for title in ("two", "three")]
        await undo(ann, third)
        await undo(ann, second)
        assert (await ann.get(path)).json()["title"] == "one"


class TestConflicts:
    async def test_each_field_that_was_changed_since_is_named_and_force_leaves_it(self, ann):
        todo = await ann.create("one")
        path = f"/api/todos/{todo['id']}"
        answer = await ann.patch(path, json={"title": "two", "priority": "high", "tags": ["home"]})
        await ann.patch(path, json={"title": "three", "tags": []})
        url = f"/api/commands/{answer.headers['command-id']}/undo"
        refused = await ann.post(url)
        assert (refused.status_code, refused.json()["code"]) == (409, "undo_conflict")
        assert [error["pointer"] for error in refused.json()["errors"]] == [f"/todos/{todo['id']}/title"]
        assert (await ann.get(path)).json()["priority"] == "high"

        forced = await ann.post(url, params={"force": True})
        assert forced.status_code == 200
        found = (await ann.get(path)).json()
        assert (found["title"], found["priority"], found["tags"]) == ("three", "none", [])

    async def test_a_creation_that_was_edited_since(self, ann):
        answer = await ann.post("/api/todos", json={"title": "one"})
        await ann.patch(f"/api/todos/{answer.json()['id']}", json={"title": "two"})
        url = f"/api/commands/{answer.headers['command-id']}/undo"
        assert (await ann.post(url)).status_code == 409
        forced = await ann.post(url, params={"force": True})
        assert forced.json()["changes"] == []
        assert (await ann.get(f"/api/todos/{answer.json()['id']}")).json()["title"] == "two"

    async def test_dates_that_no_longer_go_together_stay(self, ann):
        todo = await ann.create(due_date="2026-12-01", due_time="17:30")
        path = f"/api/todos/{todo['id']}"
        answer = await ann.patch(path, json={"due_time": None})
        await ann.patch(path, json={"due_date": None})
        assert (await ann.post(f"/api/commands/{answer.headers['command-id']}/undo")).status_code == 409

    async def test_unknown_and_other_peoples_commands(self, ann, ben):
        answer = await ann.post("/api/todos", json={"title": "one"})
        mine = f"/api/commands/{answer.headers['command-id']}/undo"
        for url in (mine, f"/api/commands/{uuid.uuid4()}/undo", "/api/commands/what/undo"):
            refused = await ben.post(url)
            assert (refused.status_code, refused.json()["code"]) == (404, "command_not_found")


class TestMany:
    async def test_a_bulk(self, ann):
        todos = [await ann.create(f"todo {number}") for number in range(3)]
        before = await state(ann)
        operations = [
            {"op": "update", "id": todos[0]["id"], "todo": {"title": "a"}},
            {"op": "update", "id": todos[0]["id"], "todo": {"title": "b", "priority": "low"}},
            {"op": "complete", "id": todos[1]["id"]},
            {"op": "purge", "id": todos[2]["id"]},
        ]
        answer = await ann.post("/api/todos/bulk", json={"operations": operations})
        undone = await undo(ann, answer)
        assert await state(ann) == before
        assert len({change["command_id"] for change in undone.json()["changes"]}) == 1

    async def test_an_import(self, ann):
        answer = await ann.post("/api/import", json=[{"title": f"row {number}"} for number in range(700)])
        undone = await undo(ann, answer)
        assert (len(undone.json()["changes"]), undone.json()["has_more"]) == (500, True)
        assert undone.headers["todo-sequence"] == "1400"
        assert (await ann.get("/api/todos")).json() == []
        (last, first) = (await ann.get("/api/commands")).json()
        assert (last["sequences"], first["undone_by"]) == ([701, 1400], last["id"])

    async def test_what_a_token_did(self, sign_in):
        ann = sign_in()
        token = sign_in(ann.user_id, sid=str(uuid.uuid4()), token_name="script")
        todo = await ann.create("mine")
        before = await state(ann)
        for title in ("one", "two"):
            await token.patch(f"/api/todos/{todo['id']}", json={"title": title})
        await token.create("its own")
        actor_id = (await ann.changes())[-1]["actor"]["id"]
        body = {"actor_id": actor_id, "since": 1}
        answer = await ann.post("/api/commands/undo", json=body)
        assert answer.status_code == 200, answer.text
        found = await state(ann)
        assert {key: found[key] for key in before} == before
        assert sum(one["deleted_at"] is not None for one in found.values()) == 1
        listed = (await ann.get("/api/commands")).json()
        assert [one["undone_by"] for one in listed] == [None, *[answer.json()["command_id"]] * 3, None]

    async def test_with_a_key_it_is_done_once(self, ann):
        answer = await ann.post("/api/todos", json={"title": "one"})
        url, headers = f"/api/commands/{answer.headers['command-id']}/undo", {"Idempotency-Key": str(uuid.uuid4())}
        first, again = [await ann.post(url, headers=headers) for _ in range(2)]
        assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")


class TestTrees:
    async def test_a_tree_and_a_project(self, ann):
        project = (await ann.post("/api/projects", json={"name": "Home"})).json()
        parent = await ann.create("parent", project_id=project["id"])
        child = await ann.create("child", parent_id=parent["id"])
        for path in (f"/api/todos/{parent['id']}", f"/api/projects/{project['id']}"):
            before = await state(ann)
            await back_and_forth(ann, await ann.delete(path), before)
        before = await state(ann)
        await back_and_forth(ann, await ann.post(f"/api/todos/{parent['id']}/complete"), before)
        moved = await ann.post(f"/api/todos/{parent['id']}/move", json={"project_id": None})
        await back_and_forth(ann, moved, before)
        purged = await ann.delete(f"/api/projects/{project['id']}", params={"permanent": True})
        await undo(ann, purged)
        assert await state(ann) == before
        assert (await ann.get(f"/api/todos/{child['id']}")).json()["parent_id"] == parent["id"]

    async def test_a_parent_that_is_gone_is_named(self, ann):
        parent, child = await ann.create("parent"), await ann.create("child")
        await ann.post(f"/api/todos/{child['id']}/move", json={"parent_id": parent["id"]})
        answer = await ann.post(f"/api/todos/{child['id']}/move", json={"parent_id": None})
        await ann.delete(f"/api/todos/{parent['id']}")
        refused = await ann.post(f"/api/commands/{answer.headers['command-id']}/undo")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, f"/todos/{child['id']}/parent_id")

    async def test_a_new_project_that_is_used_since_stays(self, ann):
        answer = await ann.post("/api/projects", json={"name": "Home"})
        await ann.create("inside", project_id=answer.json()["id"])
        url = f"/api/commands/{answer.headers['command-id']}/undo"
        assert (await ann.post(url)).json()["code"] == "undo_conflict"
        assert (await ann.post(url, params={"force": True})).json()["changes"] == []

    async def test_a_filter(self, ann):
        made = await ann.post("/api/filters", json={"name": "Urgent", "query": {"priority": ["urgent"]}})
        deleted = await ann.delete(f"/api/filters/{made.json()['id']}")
        await undo(ann, deleted)
        (found,) = (await ann.get("/api/filters")).json()
        assert (found["id"], found["query"]) == (made.json()["id"], {"priority": ["urgent"]})


async def test_a_recurring_todo_and_its_successor(ann):
    rule = {"rule": "FREQ=DAILY", "mode": "schedule"}
    todo = await ann.create("water", due_date="2030-12-01", recurrence=rule)
    before = await state(ann)
    completed = await ann.post(f"/api/todos/{todo['id']}/complete")
    assert len(await state(ann)) == 2
    await back_and_forth(ann, completed, before)
    assert (await ann.post(f"/api/todos/{todo['id']}/complete")).status_code == 200
    assert [one["due_date"] for one in (await ann.get("/api/todos?status_filter=active")).json()] == ["2030-12-02"]
