"""Lists of any moment equal what they were then, and everything can be brought back."""

import random
import uuid
from datetime import datetime, timedelta

import pytest

from todos_service.repository import history as folding
from todos_service.repository import users

VOLATILE = {"version", "updated_at"}
QUERIES = (
    {},
    {"status_filter": "deleted"},
    {"status_filter": "active", "sort": "due_at"},
    {"status_filter": "completed"},
    {"priority": "high", "sort": "priority"},
    {"tag": "home", "sort": "-updated_at"},
    {"project": "inbox", "sort": "position"},
    {"due": "none", "sort": "title"},
    {"q": "milk"},
)


async def lists(client, **params):
    """The answer to each of the queries."""
    found = []
    for query in QUERIES:
        answer = await client.get("/api/todos", params={**query, **params})
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
    return found


async def act(client, draw, ids, projects):
    """One random command."""
    path = f"/api/todos/{draw.choice(ids)}" if ids else ""
    act = draw.randrange(8) if ids else 0
    if act == 0:
        fields = {
            "priority": draw.choice(["none", "high"]),
            "tags": draw.choice([[], ["home"]]),
            "due_date": draw.choice([None, "2030-01-01", "2020-01-01"]),
            "project_id": draw.choice([None, *projects]),
        }
        ids.append((await client.create(draw.choice(["Buy milk", "Call Bob"]), description="a b", **fields))["id"])
    elif act == 1:
        await client.patch(
            path, json={"title": draw.choice(["milk", "bread"]), "priority": draw.choice(["low", "high"])}
        )
    elif act == 2:
        await client.post(f"{path}/{draw.choice(['complete', 'reopen'])}")
    elif act == 3:
        await client.delete(path, params={"permanent": draw.random() < 0.2})
    elif act == 4:
        await client.post(f"{path}/restore")
    elif act == 5:
        await client.post(f"{path}/move", json={"project_id": draw.choice([None, *projects])})
    elif act == 6:
        last = (await client.get("/api/commands", params={"limit": 1})).json()[0]
        await client.post(f"/api/commands/{last['id']}/undo", params={"force": True})
    elif projects:
        await client.patch(f"/api/projects/{projects[0]}", json={"name": draw.choice("abc")})


async def recorded(client, seed, steps):
    """A random history: by number of the sequence what lists and projects were."""
    draw, ids, found = random.Random(seed), [], {}
    projects = [(await client.post("/api/projects", json={"name": "Home"})).json()["id"]]
    for _ in range(steps):
        await act(client, draw, ids, projects)
        answer = await client.get("/api/projects")
        found[int(answer.headers["todo-sequence"])] = (await lists(client), answer.json())
    return found


@pytest.mark.parametrize("folded", [False, True])
async def test_every_number_equals_what_was_there_then(ann, app, monkeypatch, folded):
    found = await recorded(ann, 7, 20)
    if folded:
        monkeypatch.setattr("todos_service.repository.history.BLOCK", 5)
        async with app.state.pool.acquire() as db:
            for _ in range(len(found) // 5):
                await folding.fold(db, ann.user_id, len(found) - 3)
    for number, (todos, projects) in found.items():
        assert await lists(ann, as_of=number) == todos
        assert (await ann.get("/api/projects", params={"as_of": number})).json() == projects
        for todo in todos[0][:2]:
            assert (await ann.get(f"/api/todos/{todo['id']}", params={"as_of": number})).json() == todo


async def test_an_instant_pages_and_tags(ann):
    todos = [await ann.create(f"todo {number}") for number in range(5)]
    for todo in todos:
        await ann.delete(f"/api/todos/{todo['id']}")
    then = datetime.fromisoformat(todos[3]["created_at"]) + timedelta(microseconds=1)
    answer = await ann.get("/api/todos", params={"as_of": then.isoformat().replace("+00:00", "Z"), "limit": 3})
    assert [todo["id"] for todo in answer.json()] == [todo["id"] for todo in todos[3:0:-1]]
    assert answer.headers["todo-sequence"] == "4"
    more = await ann.get(answer.headers["link"].partition(">")[0].removeprefix("<"))
    assert [todo["id"] for todo in more.json()] == [todos[0]["id"]]
    again = await ann.get("/api/todos", params={"as_of": 4}, headers={"If-None-Match": "*"})
    assert again.status_code == 304
    assert (await ann.get("/api/todos", params={"as_of": 0})).json() == []
    assert (await ann.get("/api/todos", params={"as_of": 99})).json() == []
    assert (await ann.get("/api/todos", params={"as_of": "later"})).status_code == 422
    assert (await ann.get(f"/api/todos/{todos[4]['id']}", params={"as_of": 4})).status_code == 404


async def test_everything_is_brought_back_as_one_command(ann):
    found = await recorded(ann, 3, 25)
    number = sorted(found)[len(found) // 2]
    dry = (await ann.post("/api/todos/restore", json={"as_of": number, "dry_run": True})).json()
    assert (dry["command_id"], dry["sequence"]) == (None, max(found))
    before = await lists(ann)
    answer = await ann.post("/api/todos/restore", json={"as_of": number})
    assert answer.status_code == 200, answer.text
    assert answer.json()["changes"] == dry["changes"]
    todos, projects = found[number]
    assert without(await lists(ann))[0] == without(todos)[0]
    assert [one["name"] for one in (await ann.get("/api/projects")).json()] == [one["name"] for one in projects]
    assert len({change["command_id"] for change in await ann.changes(since=max(found))}) == 1
    undone = await ann.post(f"/api/commands/{answer.json()['command_id']}/undo")
    assert undone.status_code == 200
    assert without(await lists(ann))[0] == without(before)[0]


def without(found):
    """Without what each change changes."""
    return [[{name: one[name] for name in one if name not in VOLATILE} for one in todos] for todos in found]


async def test_what_is_folded_is_erased_with_the_user(ann, app):
    todo = await ann.create()
    await ann.patch(f"/api/todos/{todo['id']}", json={"title": "two"})
    pool, user_id = app.state.pool, uuid.UUID(ann.user_id)
    async with pool.acquire() as db, db.transaction():
        await folding.fold(db, ann.user_id, 2)
        assert await db.fetchval("select count(*) from states where user_id = $1", user_id) == 1
        await users.erase(db, ann.user_id)
        assert await db.fetchval("select count(*) from states where user_id = $1", user_id) == 0
