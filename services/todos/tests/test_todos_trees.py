"""Subtasks, and the order of todos."""

import asyncio
import random
import uuid
from itertools import chain

import pytest

from todos_service import positions
from todos_service.service import trees


async def titles(client, **params):
    return [todo["title"] for todo in (await client.get("/api/todos", params={"sort": "position", **params})).json()]


async def move(client, todo, **body):
    answer = await client.post(f"/api/todos/{todo['id']}/move", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def act(client, todo, act):
    answer = await client.post(f"/api/todos/{todo['id']}/{act}")
    assert answer.status_code == 200, answer.text
    return answer


async def grown(client):
    """A tree: root, left and right below it, leaf below left."""
    root = await client.create("root")
    left, right = [await client.create(title, parent_id=root["id"]) for title in ("left", "right")]
    return root, left, right, await client.create("leaf", parent_id=left["id"])


async def states(client):
    return {todo["title"]: todo["completed"] for todo in (await client.get("/api/todos")).json()}


class TestSubtask:
    async def test_is_in_the_project_of_its_parent(self, ann):
        home = (await ann.post("/api/projects", json={"name": "Home"})).json()
        parent = await ann.create(project_id=home["id"])
        child = await ann.create("child", parent_id=parent["id"])
        assert (child["parent_id"], child["project_id"]) == (parent["id"], home["id"])
        assert await titles(ann, parent="root") == ["Buy milk"]
        assert await titles(ann, parent=parent["id"]) == ["child"]

    async def test_completing_a_parent_completes_what_is_open_below(self, ann):
        root, _, right, _ = await grown(ann)
        await act(ann, right, "complete")
        answer = await act(ann, root, "complete")
        assert await states(ann) == dict.fromkeys(("root", "left", "right", "leaf"), True)
        made = await ann.changes(5)
        assert [change["todo"]["title"] for change in made] == ["root", "left", "leaf"]
        assert {change["type"] for change in made} == {"todo.completed.v1"}
        assert {change["command_id"] for change in made} == {answer.headers["command-id"]}
        assert (answer.headers["todo-sequence"], answer.json()["version"]) == ("8", 6)

    async def test_completing_the_last_one_below_leaves_the_parent_open(self, ann):
        root, left, *_ = await grown(ann)
        await act(ann, left, "complete")
        assert (await states(ann)) == {"root": False, "left": True, "right": False, "leaf": True}
        assert (await ann.get(f"/api/todos/{root['id']}")).json()["version"] == 1

    async def test_reopening_one_reopens_those_above(self, ann):
        root, _, _, leaf = await grown(ann)
        await act(ann, root, "complete")
        await act(ann, leaf, "reopen")
        assert await states(ann) == {"root": False, "left": False, "right": True, "leaf": False}

    async def test_an_open_one_below_a_completed_one_opens_it(self, ann):
        root, *_ = await grown(ann)
        other = await ann.create("other")
        await act(ann, root, "complete")
        await ann.create("new", parent_id=root["id"])
        assert (await states(ann))["root"] is False
        await act(ann, root, "complete")
        await move(ann, other, parent_id=root["id"])
        assert (await states(ann))["root"] is False

    async def test_trash_and_back_take_the_tree_along(self, ann):
        root, left, right, _ = await grown(ann)
        await ann.delete(f"/api/todos/{right['id']}")
        assert (await ann.delete(f"/api/todos/{root['id']}")).headers["todo-sequence"] == "8"
        assert await titles(ann) == []
        await act(ann, root, "restore")
        assert await titles(ann) == ["root", "left", "leaf"]
        await ann.delete(f"/api/todos/{left['id']}")
        await ann.delete(f"/api/todos/{root['id']}")
        back = (await act(ann, left, "restore")).json()
        assert (back["parent_id"], await titles(ann)) == (None, ["left", "leaf"])

    async def test_purging_takes_all_of_it(self, ann):
        root, left, *_ = await grown(ann)
        await ann.delete(f"/api/todos/{left['id']}")
        assert (await ann.delete(f"/api/todos/{root['id']}?permanent=true")).status_code == 204
        assert await titles(ann, status_filter="deleted") == await titles(ann) == []
        assert [change["type"] for change in await ann.changes(6)] == ["todo.purged.v1"] * 4

    async def test_a_move_takes_the_tree_to_the_project(self, ann):
        home = (await ann.post("/api/projects", json={"name": "Home"})).json()
        root, left, _, leaf = await grown(ann)
        await move(ann, left, project_id=home["id"])
        found = {todo["title"]: todo for todo in (await ann.get("/api/todos")).json()}
        assert found["left"]["parent_id"] is None
        assert found["leaf"]["parent_id"] == left["id"]
        assert [found[title]["project_id"] for title in ("root", "left", "leaf")] == [None, home["id"], home["id"]]
        assert len(await ann.changes(5)) == 2
        back = await ann.patch(f"/api/todos/{left['id']}", json={"parent_id": root["id"]})
        assert (back.status_code, back.json()["project_id"]) == (200, None)
        assert (await ann.get(f"/api/todos/{leaf['id']}")).json()["project_id"] is None

    async def test_refuses_cycles_and_depth(self, ann):
        root, left, right, leaf = await grown(ann)
        for todo, parent in ((root, root), (root, leaf), (left, leaf)):
            answer = await ann.post(f"/api/todos/{todo['id']}/move", json={"parent_id": parent["id"]})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/parent_id")
        four = await ann.create("four", parent_id=leaf["id"])
        five = await ann.create("five", parent_id=four["id"])
        answer = await ann.post("/api/todos", json={"title": "six", "parent_id": five["id"]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/parent_id")
        answer = await ann.post(f"/api/todos/{left['id']}/move", json={"parent_id": right["id"]})
        assert answer.status_code == 422
        unknown = await ann.post("/api/todos", json={"title": "x", "parent_id": str(uuid.uuid4())})
        assert unknown.json()["errors"][0]["detail"] == "there is no such todo"

    async def test_no_race_leaves_an_open_one_below_a_completed_one(self, ann):
        parents = [await ann.create(f"parent {number}") for number in range(10)]
        await asyncio.gather(
            *(act(ann, parent, "complete") for parent in parents),
            *(ann.create("child", parent_id=parent["id"]) for parent in parents),
        )
        found = (await ann.get("/api/todos?limit=500")).json()
        completed = {todo["id"] for todo in found if todo["completed"]}
        assert not [todo for todo in found if not todo["completed"] and todo["parent_id"] in completed]


class TestOrder:
    async def test_is_that_of_creation_at_first(self, ann):
        for title in "abc":
            await ann.create(title)
        await ann.post("/api/import", json=[{"title": title} for title in "de"])
        assert await titles(ann) == list("abcde")
        assert await titles(ann, sort="-position") == list("edcba")

    async def test_moves_beside_another_one_and_leaves_the_others(self, ann):
        made = {title: await ann.create(title) for title in "abcd"}
        await move(ann, made["d"], after_id=made["a"]["id"])
        assert await titles(ann) == list("adbc")
        await move(ann, made["c"], before_id=made["a"]["id"])
        assert await titles(ann) == list("cadb")
        await move(ann, made["c"])
        assert await titles(ann) == list("adbc")
        assert [change["changed"] for change in await ann.changes(4)] == [["position"]] * 3
        both = await ann.post(
            f"/api/todos/{made['a']['id']}/move", json={"before_id": made["b"]["id"], "after_id": made["b"]["id"]}
        )
        assert both.status_code == 422
        itself = await ann.post(f"/api/todos/{made['a']['id']}/move", json={"before_id": made["a"]["id"]})
        assert itself.json()["errors"][0]["pointer"] == "/before_id"

    async def test_pages_go_on_by_position(self, ann):
        made = [await ann.create(str(number)) for number in range(7)]
        await act(ann, made[3], "complete")
        seen, path = [], "/api/todos?sort=position&limit=2"
        while path:
            answer = await ann.get(path)
            seen += [todo["title"] for todo in answer.json()]
            path = answer.headers.get("link", "").partition(">")[0][1:]
        assert seen == [str(number) for number in range(7)]

    @pytest.mark.parametrize("seed", range(3))
    async def test_moves_of_several_clients_at_once_are_those_of_a_list(self, ann, seed):
        """Each answer's number says when its move happened: done in that order, a plain list ends the same."""
        chance = random.Random(seed)
        made = [(await ann.create(str(number)))["id"] for number in range(8)]

        async def client(moves):
            return [
                (answer, *one) for one in moves for answer in [await ann.post(f"/api/todos/{one[0]}/move", json=one[1])]
            ]

        def some():
            for _ in range(10):
                moved, other = chance.sample(made, 2)
                yield moved, chance.choice([{"before_id": other}, {"after_id": other}, {}])

        done = await asyncio.gather(*(client(list(some())) for _ in range(4)))
        line = list(made)
        for answer, moved, body in sorted(chain(*done), key=lambda one: int(one[0].headers["todo-sequence"])):
            assert answer.status_code == 200
            line.remove(moved)
            other = next(iter(body.values()), None)
            line.insert(line.index(other) + ("after_id" in body) if other else len(line), moved)
        assert [todo["id"] for todo in (await ann.get("/api/todos?sort=position")).json()] == line

    async def test_makes_room_where_there_is_none(self, ann, monkeypatch):
        """As after hundreds of moves, each of which halved what was left between two."""
        made = {title: await ann.create(title) for title in "abcdef"}
        real, refused = positions.between, []

        def between(before, after):
            if len(refused) < 2:
                refused.append((before, after))
                raise positions.NoRoom
            return real(before, after)

        monkeypatch.setattr(positions, "between", between)
        monkeypatch.setattr(trees, "WINDOWS", (2, 8))
        await move(ann, made["f"], after_id=made["b"]["id"])
        assert await titles(ann) == list("abfcde")
        assert len({change["command_id"] for change in await ann.changes(6)}) == 1

    async def test_two_with_the_same_position_are_told_apart(self, ann, app):
        made = {title: await ann.create(title) for title in "abc"}
        same = "update todos set position = 'q5', document = replace(document, position, 'q5') where user_id = $1"
        await app.state.pool.execute(same, uuid.UUID(ann.user_id))
        await move(ann, made["c"], after_id=made["a"]["id"])
        assert await titles(ann) == ["a", "c", "b"]
