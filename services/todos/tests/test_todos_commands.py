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
