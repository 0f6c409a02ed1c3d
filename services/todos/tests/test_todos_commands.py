"""Each write is a command: its answer has the id, its changes have the id and who acted."""

import uuid

from todos_service.housekeeping import empty_trash

SESSION = {"sid": "01939d59-0000-7000-8000-000000000002", "client_id": "web"}


async def test_a_write_answers_its_id_and_its_change_names_who_acted(sign_in):
    ann = sign_in(**SESSION)
    answer = await ann.post("/api/todos", json={"title": "Buy milk"})
    command_id = uuid.UUID(answer.headers["command-id"])
    (change,) = await ann.changes()

    assert command_id.version == 7
    assert change["command_id"] == str(command_id)
    assert change["actor"] == {"type": "session", "id": SESSION["sid"], "name": "web"}
    assert (await ann.get(f"/api/todos/{answer.json()['id']}/history")).json() == [change]


async def test_a_token_is_named(sign_in):
    ann = sign_in(**SESSION, token_name='My "script" €')
    await ann.create()
    (change,) = await ann.changes()
    assert change["actor"] == {"type": "token", "id": SESSION["sid"], "name": 'My "script" €'}


async def test_an_idempotency_key_that_is_a_uuid_is_the_id(ann):
    key = str(uuid.uuid4())
    headers = {"Idempotency-Key": key.upper()}
    first, again = [await ann.post("/api/todos", json={"title": "once"}, headers=headers) for _ in range(2)]
    other = await ann.post("/api/todos", json={"title": "other"}, headers={"Idempotency-Key": "no-uuid"})

    assert first.headers["command-id"] == again.headers["command-id"] == key
    assert other.headers["command-id"] != key
    assert [change["command_id"] for change in await ann.changes()] == [key, other.headers["command-id"]]


async def test_each_write_of_a_todo_is_one(ann):
    todo = await ann.create()
    path = f"/api/todos/{todo['id']}"
    answers = [
        await ann.patch(path, json={"title": "Buy bread"}),
        await ann.post(f"{path}/complete"),
        await ann.post(f"{path}/reopen"),
        await ann.delete(path),
        await ann.post(f"{path}/restore"),
        await ann.delete(path, params={"permanent": True}),
    ]
    made = [change["command_id"] for change in await ann.changes(since=1)]
    assert made == [answer.headers["command-id"] for answer in answers]
    assert len(set(made)) == len(answers)


async def test_a_bulk_is_one_and_so_is_an_import(ann):
    operations = [{"op": "create", "todo": {"title": f"todo {number}"}} for number in range(3)]
    bulk = await ann.post("/api/todos/bulk", json={"operations": operations})
    rows = await ann.post("/api/import", json=[{"title": f"row {number}"} for number in range(3)])
    made = [change["command_id"] for change in await ann.changes()]
    assert made == [bulk.headers["command-id"]] * 3 + [rows.headers["command-id"]] * 3


async def test_a_read_is_none(ann):
    todo = await ann.create()
    for path in ("/api/todos", f"/api/todos/{todo['id']}", "/api/changes"):
        assert "command-id" not in (await ann.get(path)).headers


async def test_the_housekeeping_says_that_it_acted(ann, app):
    todo = await ann.create()
    await ann.delete(f"/api/todos/{todo['id']}")
    long_ago = "update todos set deleted_at = now() - interval '31 days' where id = $1"
    await app.state.pool.execute(long_ago, uuid.UUID(todo["id"]))
    await empty_trash(app.state.pool, 30)

    purged = (await ann.changes())[-1]
    assert (purged["type"], purged["actor"]) == ("todo.purged.v1", {"type": "system", "id": None, "name": "trash"})


class TestList:
    async def test_newest_first_with_who_when_and_what(self, sign_in):
        ann = sign_in(**SESSION)
        todo = await ann.create("Buy milk")
        await ann.post("/api/todos/bulk", json={"operations": [{"op": "create", "todo": {"title": "a"}}] * 3})
        await ann.post(f"/api/todos/{todo['id']}/complete")
        changes = await ann.changes()
        found = (await ann.get("/api/commands")).json()

        assert [one["sequences"] for one in found] == [[5, 5], [2, 4], [1, 1]]
        assert [one["id"] for one in found] == [changes[at]["command_id"] for at in (4, 1, 0)]
        assert {one["actor"]["name"] for one in found} == {"web"}
        assert found[0]["occurred_at"] == changes[4]["occurred_at"]
        assert [one["undone_by"] for one in found] == [None] * 3
        assert [one["summary"] for one in found] == [
            "Completed todo “Buy milk”", "Created todo “a” and 2 more changes", "Created todo “Buy milk”"
        ]  # fmt: skip

    async def test_says_which_ones_undid_others_or_did_them_again(self, ann):
        first = (await ann.post("/api/todos", json={"title": "Buy milk"})).headers["command-id"]
        undone = (await ann.post(f"/api/commands/{first}/undo")).headers["command-id"]
        await ann.post(f"/api/commands/{undone}/undo")
        last = (await ann.post(f"/api/commands/{first}/undo")).headers["command-id"]
        found = (await ann.get("/api/commands")).json()
        assert [one["is_undo"] for one in found] == [True, True, True, False]
        assert found[3]["undone_by"] == last

    async def test_pages_lead_on_and_since_ends_them(self, ann):
        moments = [(await ann.create(f"todo {number}"))["created_at"] for number in range(5)]
        answer = await ann.get("/api/commands", params={"limit": 2})
        seen = []
        while True:
            seen += [one["sequences"][0] for one in answer.json()]
            if "link" not in answer.headers:
                break
            answer = await ann.get(answer.headers["link"].partition(">")[0].removeprefix("<"))
        assert seen == [5, 4, 3, 2, 1]
        for since in ("3", moments[2]):
            assert len((await ann.get("/api/commands", params={"since": since})).json()) == 2
        for wrong in ("-1", "yesterday", "2026-12-01", "2026-12-01T10:00:00"):
            assert (await ann.get("/api/commands", params={"since": wrong})).status_code == 422

    async def test_an_id_that_is_used_again_is_another_command(self, ann):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        todo = await ann.create()
        for title in ("one", "two"):
            await ann.patch(f"/api/todos/{todo['id']}", json={"title": title}, headers=headers)
            await ann.create(title)
        found = (await ann.get("/api/commands")).json()
        assert [one["sequences"] for one in found] == [[number, number] for number in (5, 4, 3, 2, 1)]

    async def test_a_change_of_before_commands_is_one_of_its_own(self, ann, app):
        await ann.create()
        await ann.create()
        forget = """update changes set data = (data::jsonb - 'command_id' - 'actor')::json
            where user_id = $1 and sequence = 1 returning id"""
        event = await app.state.pool.fetchval(forget, uuid.UUID(ann.user_id))
        last = (await ann.get("/api/commands")).json()[-1]
        assert (last["id"], last["actor"], last["sequences"]) == (str(event), None, [1, 1])

    async def test_of_nobody_else(self, ann, ben):
        await ann.create()
        assert (await ben.get("/api/commands")).json() == []
