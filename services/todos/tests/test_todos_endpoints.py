import uuid

import httpx
import pytest


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [todo["id"] for todo in answer.json()]


class TestCreate:
    async def test_answers_with_the_whole_todo(self, ann):
        answer = await ann.post("/api/todos", json={"title": "  Buy milk  ", "tags": ["home"]})
        assert answer.status_code == 201
        todo = answer.json()
        assert todo == {
            "id": todo["id"],
            "user_id": ann.user_id,
            "title": "Buy milk",
            "description": "",
            "completed": False,
            "priority": "none",
            "tags": ["home"],
            "due_date": None,
            "due_time": None,
            "due_time_zone": None,
            "due_at": None,
            "completed_at": None,
            "created_at": todo["created_at"],
            "updated_at": todo["created_at"],
            "deleted_at": None,
            "version": 1,
            "project_id": None,
            "parent_id": None,
            "position": "p1",
            "start_date": None,
            "recurrence": None,
            "series_id": None,
            "occurrence_date": None,
            "reminders": [],
        }
        assert uuid.UUID(todo["id"]).version == 7
        assert answer.headers["location"] == f"/api/todos/{todo['id']}"
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["todo-sequence"] == "1"

    async def test_takes_an_id_once(self, ann, ben):
        chosen = str(uuid.uuid4())
        assert (await ann.create(id=chosen))["id"] == chosen
        again = await ann.post("/api/todos", json={"id": chosen, "title": "Other"})
        assert (again.status_code, again.json()["code"]) == (409, "id_taken")
        assert (await ben.create(id=chosen))["version"] == 1
        assert len(await ann.changes()) == 1

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/title"),
            ({"title": "   "}, "/title"),
            ({"title": "x" * 501}, "/title"),
            ({"title": None}, "/title"),
            ({"title": "a\0b"}, "/title"),
            ({"title": "x", "color": "red"}, "/color"),
            ({"title": "x", "priority": "huge"}, "/priority"),
            ({"title": "x", "tags": ["a"] * 21}, "/tags"),
            ({"title": "x", "tags": [""]}, "/tags/0"),
            ({"title": "x", "completed": "yes"}, "/completed"),
            ({"title": "x", "due_time": "10:00"}, "/due_time"),
            ({"title": "x", "due_date": "2026-02-30"}, "/due_date"),
            ({"title": "x", "due_date": "2026-02-03", "due_time_zone": "Mars/Base"}, "/due_time_zone"),
            ({"title": "x", "due_date": "2026-02-03", "due_time_zone": "localtime"}, "/due_time_zone"),
            ({"title": "x", "due_date": "2026-02-03", "due_time_zone": "Factory"}, "/due_time_zone"),
            ({"title": "x", "id": "7"}, "/id"),
        ],
    )
    async def test_names_the_wrong_field(self, ann, body, pointer):
        answer = await ann.post("/api/todos", json=body)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

    @pytest.mark.parametrize("path", ["/api/todos", "/api/todos/bulk"])
    async def test_names_twenty_wrong_fields_at_most(self, ann, path):
        fields = ",".join(f'"f{number}":0' for number in range(60))
        body = f"{{{fields}}}" if path == "/api/todos" else f'{{"operations":[{{"op":"create","todo":{{{fields}}}}}]}}'
        answer = await ann.post(path, content=body)
        assert (answer.status_code, len(answer.json()["errors"])) == (422, 20)
        assert answer.json()["detail"].endswith("and 41 more")

    async def test_answers_80_000_unknown_fields_shortly(self, ann):
        body = "{" + ",".join(f'"f{number}":0' for number in range(80_000)) + "}"
        answer = await ann.post("/api/todos", content=body)
        assert answer.status_code == 422
        assert "80000 members" in answer.json()["detail"]
        assert len(answer.content) < 1000

    @pytest.mark.parametrize("body", [b"{", b'{"title": "\xff"}', b'{"title": "\\ud800"}', b""])
    async def test_refuses_what_is_not_json(self, ann, body):
        answer = await ann.post("/api/todos", content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")

    async def test_refuses_another_media_type(self, ann):
        answer = await ann.post("/api/todos", data={"title": "x"})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


class TestGet:
    async def test_gives_what_was_created(self, ann):
        todo = await ann.create()
        answer = await ann.get(f"/api/todos/{todo['id']}")
        assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, todo, '"1"')

    async def test_answers_304_while_nothing_changed(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        same = await ann.get(path, headers={"If-None-Match": '"1"'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
        await ann.patch(path, json={"title": "New"})
        assert (await ann.get(path, headers={"If-None-Match": '"1"'})).status_code == 200

    async def test_does_not_reveal_other_users_todos(self, ann, ben):
        todo = await ann.create()
        same = {"X-Request-Id": "one-request"}
        foreign = await ben.get(f"/api/todos/{todo['id']}", headers=same)
        unknown = await ben.get(f"/api/todos/{uuid.uuid4()}", headers=same)
        malformed = await ben.get("/api/todos/none", headers=same)
        assert foreign.status_code == 404
        assert foreign.content == unknown.content == malformed.content
        assert foreign.headers == unknown.headers == malformed.headers

    async def test_needs_a_token(self, ann):
        answer = await ann.get("/api/todos", headers={"Authorization": ""})
        assert answer.status_code == 401


class TestUpdate:
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_changes_the_fields_given(self, ann, method):
        todo = await ann.create(description="two litres", tags=["home"])
        answer = await ann.request(method, f"/api/todos/{todo['id']}", json={"title": "Buy oat milk", "tags": None})
        changed = answer.json()
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"2"'
        assert changed == todo | {
            "title": "Buy oat milk",
            "tags": [],
            "version": 2,
            "updated_at": changed["updated_at"],
        }
        assert changed["updated_at"] > todo["updated_at"]

    async def test_takes_back_what_get_gave_and_writes_nothing(self, ann):
        todo = await ann.create(due_date="2026-12-01", due_time="17:30", tags=["a"], priority="high")
        answer = await ann.put(f"/api/todos/{todo['id']}", json=todo)
        assert (answer.status_code, answer.json(), answer.headers["todo-sequence"]) == (200, todo, "1")
        assert len(await ann.changes()) == 1

    async def test_refuses_a_stale_version(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        first = await ann.patch(path, json={"title": "A"}, headers={"If-Match": '"1"'})
        second = await ann.patch(path, json={"title": "B"}, headers={"If-Match": '"1"'})
        assert (first.status_code, second.status_code) == (200, 412)
        assert second.headers["etag"] == '"2"'
        assert second.json()["code"] == "stale_version"

    @pytest.mark.parametrize(
        ("condition", "status"),
        [
            ('"1"', 200),
            ('W/"1"', 200),
            ("1", 200),
            ('"7", "1"', 200),
            ("*", 200),
            ('"2"', 412),
            ('"x"', 412),
            ("", 412),
            ('"99999999999999999999"', 412),
        ],
    )
    async def test_understands_every_form_of_a_condition(self, ann, condition, status):
        todo = await ann.create()
        answer = await ann.patch(f"/api/todos/{todo['id']}", json={"title": "B"}, headers={"If-Match": condition})
        assert answer.status_code == status

    async def test_records_what_changed(self, ann):
        todo = await ann.create()
        await ann.patch(f"/api/todos/{todo['id']}", json={"title": "New", "priority": "high", "completed": False})
        change = (await ann.changes())[-1]
        assert change["type"] == "todo.updated.v1"
        assert change["changed"] == ["title", "priority"]
        assert change["previous"] == {"title": "Buy milk", "priority": "none"}
        assert change["sequence"] == change["todo"]["version"] == 2
        assert change["occurred_at"] == change["todo"]["updated_at"]


class TestCompleteAndReopen:
    async def test_are_idempotent(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        done = await ann.post(f"{path}/complete")
        assert done.json()["completed_at"] == done.json()["updated_at"]
        assert (await ann.post(f"{path}/complete")).json() == done.json()
        reopened = await ann.post(f"{path}/reopen")
        assert (reopened.json()["completed"], reopened.json()["completed_at"]) == (False, None)
        assert (await ann.post(f"{path}/reopen")).json() == reopened.json()
        changes = await ann.changes()
        assert [change["type"] for change in changes] == ["todo.created.v1", "todo.completed.v1", "todo.reopened.v1"]
        assert changes[1]["changed"] == ["completed", "completed_at"]
        assert changes[1]["previous"] == {"completed": False, "completed_at": None}
        assert changes[2]["previous"] == {"completed": True, "completed_at": done.json()["completed_at"]}


class TestTrash:
    async def test_holds_what_was_deleted(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        deleted = await ann.delete(path)
        assert (deleted.status_code, deleted.content, deleted.headers["todo-sequence"]) == (204, b"", "2")
        assert [(await ann.get(path)).status_code, (await ann.delete(path)).status_code] == [404, 404]
        assert (await ann.patch(path, json={"title": "x"})).status_code == 404
        assert ids(await ann.get("/api/todos")) == []
        trash = (await ann.get("/api/todos?status_filter=deleted")).json()
        assert [(one["id"], one["deleted_at"] is None) for one in trash] == [(todo["id"], False)]

    async def test_gives_it_back(self, ann):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        await ann.delete(path)
        restored = await ann.post(f"{path}/restore")
        assert (restored.status_code, restored.json()["deleted_at"], restored.json()["version"]) == (200, None, 3)
        assert (await ann.post(f"{path}/restore")).json() == restored.json()
        assert ids(await ann.get("/api/todos")) == [todo["id"]]

    @pytest.mark.parametrize("trashed", [True, False])
    async def test_is_passed_by_a_permanent_deletion(self, ann, trashed):
        todo = await ann.create()
        path = f"/api/todos/{todo['id']}"
        if trashed:
            await ann.delete(path)
        gone = await ann.delete(path, params={"permanent": "true"})
        assert gone.status_code == 204
        assert (await ann.delete(path, params={"permanent": "true"})).status_code == 404
        assert (await ann.post(f"{path}/restore")).status_code == 404
        assert ids(await ann.get("/api/todos?status_filter=deleted")) == []
        last = (await ann.changes())[-1]
        assert last["type"] == "todo.purged.v1"
        assert last["todo"]["deleted_at"] is not None
        assert last["sequence"] == last["todo"]["version"]


class TestHistoryAndChanges:
    async def test_history_is_the_todos_changes(self, ann):
        todo, _ = await ann.create(), await ann.create()
        await ann.post(f"/api/todos/{todo['id']}/complete")
        history = (await ann.get(f"/api/todos/{todo['id']}/history")).json()
        changes = await ann.changes()
        assert history == [change for change in changes if change["todo"]["id"] == todo["id"]]
        assert len(history) == 2
        assert (await ann.get(f"/api/todos/{uuid.uuid4()}/history")).status_code == 404

    async def test_changes_come_in_pages(self, ann):
        for _ in range(3):
            await ann.create()
        first = (await ann.get("/api/changes?since=0&limit=2")).json()
        rest = (await ann.get("/api/changes?since=2&limit=2")).json()
        assert [change["sequence"] for change in first["changes"] + rest["changes"]] == [1, 2, 3]
        assert (first["has_more"], rest["has_more"], first["sequence"]) == (True, False, 3)

    async def test_a_new_user_has_none(self, ann):
        answer = await ann.get("/api/changes")
        assert answer.json() == {"changes": [], "sequence": 0, "has_more": False}


class TestList:
    async def test_comes_in_pages_newest_first(self, ann):
        made = [(await ann.create(f"Todo {number}"))["id"] for number in range(5)]
        first = await ann.get("/api/todos?limit=2")
        assert ids(first) == [made[4], made[3]]
        assert first.links["next"]["url"].startswith("/api/todos?limit=2&cursor=")
        second = await ann.get(first.links["next"]["url"])
        third = await ann.get("/api/todos", params={"limit": 2, "cursor": second.headers["x-next-cursor"]})
        assert ids(second) + ids(third) == [made[2], made[1], made[0]]
        assert "link" not in third.headers
        assert "x-next-cursor" not in third.headers

    async def test_answers_304_until_something_changes(self, ann):
        await ann.create()
        first = await ann.get("/api/todos?status_filter=active")
        tag = first.headers["etag"]
        assert tag.startswith('W/"')
        same = await ann.get("/api/todos?status_filter=active", headers={"If-None-Match": tag})
        other = await ann.get("/api/todos?status_filter=completed", headers={"If-None-Match": tag})
        assert (same.status_code, same.content, other.status_code) == (304, b"", 200)
        await ann.create()
        assert (await ann.get("/api/todos?status_filter=active", headers={"If-None-Match": tag})).status_code == 200

    @pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "é", "bnVsbA", "a" * 3999])
    async def test_refuses_a_malformed_cursor(self, ann, cursor):
        answer = await ann.get("/api/todos", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")

    async def test_names_the_known_values(self, ann):
        answer = await ann.get("/api/todos?status_filter=finished")
        assert answer.status_code == 422
        assert "'active'" in answer.json()["detail"]
        assert "'overdue'" in answer.json()["detail"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("all", "ab"), ("active", "a"), ("pending", "a"), ("open", "a"), ("completed", "b"), ("done", "b")],
    )
    async def test_filters_by_status(self, ann, status, expected):
        todos = {"a": await ann.create("a"), "b": await ann.create("b", completed=True)}
        answer = await ann.get("/api/todos", params={"status_filter": status})
        assert {todo["title"] for todo in answer.json()} == set(expected)
        assert todos["b"]["completed_at"] is not None


class TestMethods:
    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("DELETE", "/api/todos", "GET, POST"),
            ("POST", "/api/todos/01890000-0000-7000-8000-000000000001", "DELETE, GET, PATCH, PUT"),
            ("GET", "/api/import", "POST"),
        ],
    )
    async def test_that_a_path_does_not_take_are_answered_with_those_it_does(self, ann, method, path, allowed):
        answer = await ann.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)

    async def test_a_path_with_a_slash_more_is_unknown(self, ann):
        assert (await ann.get("/api/todos/")).status_code == 404
