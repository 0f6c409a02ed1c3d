"""Offline writes: each once, merged field by field; any order of arrival ends in one state."""

import itertools
import random
import uuid
from datetime import UTC, datetime

import pytest

from service_common.telemetry.context import new_id

from .conftest import Client

CONTENT = ("title", "description", "completed", "priority", "tags", "due_date", "due_time", "start_date")


def id_at(milliseconds, tail=0):
    """A UUIDv7 of this time."""
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | tail))


NOW = int(datetime.now(UTC).timestamp() * 1000)


def update(todo, base, minutes_ago=0, op="update", **fields):
    command_id = id_at(NOW - minutes_ago * 60_000, random.getrandbits(60))
    body = {"id": command_id, "op": op, "todo_id": todo["id"], "base_version": base}
    return body | ({"set": fields} if fields else {})


async def sync(client, *commands, since=0):
    answer = await client.post("/api/sync", json={"since": since, "commands": list(commands)})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def devices(sign_in):
    first = sign_in()
    return [first, *(sign_in(first.user_id, sid=str(uuid.uuid4())) for _ in range(3))]


async def test_writes_are_done_in_order_and_what_happened_comes_along(ann):
    todo_id = str(uuid.uuid4())
    made = {"id": new_id(), "op": "create", "todo_id": todo_id, "set": {"title": "offline"}}
    todo = {"id": todo_id}
    done = await sync(ann, made, update(todo, 0, op="complete"), update(todo, 0, title="renamed"))
    assert [result["status"] for result in done["results"]] == ["applied"] * 3
    assert [change["command_id"] for change in done["changes"]] == [result["id"] for result in done["results"]]
    assert (done["sequence"], done["has_more"]) == (3, False)
    found = (await ann.get(f"/api/todos/{todo_id}")).json()
    assert (found["title"], found["completed"]) == ("renamed", True)
    assert found == done["results"][2]["todo"]


async def test_a_write_is_done_once_and_answers_the_same(ann, app):
    todo = await ann.create("one")
    command = update(todo, 1, title="two")
    first = await sync(ann, command)
    await ann.patch(f"/api/todos/{todo['id']}", json={"title": "three"})
    again = await sync(ann, command, command)
    assert again["results"] == first["results"] * 2
    await app.state.pool.execute("delete from idempotency_keys where user_id = $1", uuid.UUID(ann.user_id))
    assert (await sync(ann, command))["results"][0]["status"] == "applied"
    assert (await ann.get(f"/api/todos/{todo['id']}")).json()["title"] == "three"
    other = await sync(ann, command | {"set": {"title": "x"}})
    assert other["results"][0]["error"]["code"] == "idempotency_key_reused"


async def test_fields_that_nobody_else_changed_are_set_and_the_others_reported(devices):
    ann, other, *_ = devices
    todo = await ann.create("one")
    await ann.patch(f"/api/todos/{todo['id']}", json={"title": "hers"})
    older = update(todo, todo["version"], minutes_ago=10, title="mine", priority="high")
    (result,) = (await sync(other, older))["results"]
    assert result["status"] == "merged"
    assert result["conflicts"] == [{"field": "title", "yours": "mine", "theirs": "hers", "kept": "theirs"}]
    assert (result["todo"]["title"], result["todo"]["priority"]) == ("hers", "high")

    newer = {**update(todo, todo["version"], title="last"), "id": new_id()}
    (result,) = (await sync(other, newer))["results"]
    assert result["conflicts"] == [{"field": "title", "yours": "last", "theirs": "hers", "kept": "yours"}]
    assert result["todo"]["title"] == "last"


async def test_a_value_that_is_not_set_is_reported_whoever_wrote_the_other(ann):
    todo = await ann.create("one")
    await ann.patch(f"/api/todos/{todo['id']}", json={"title": "now"})
    (result,) = (await sync(ann, update(todo, 1, minutes_ago=10, title="before")))["results"]
    assert result["status"] == "conflict"
    assert result["conflicts"] == [{"field": "title", "yours": "before", "theirs": "now", "kept": "theirs"}]

    (result,) = (await sync(ann, update(todo, 2, due_time="09:00")))["results"]
    assert result["conflicts"] == [{"field": "due_time", "yours": "09:00", "theirs": None, "kept": "theirs"}]


async def test_a_delete_beats_an_edit_which_is_kept_in_history(devices):
    ann, other, *_ = devices
    todo = await ann.create("one")
    deleted = update(todo, 1, op="delete")
    assert [one["status"] for one in (await sync(ann, deleted))["results"]] == ["applied"]
    (result,) = (await sync(other, update(todo, 1, title="mine")))["results"]
    assert (result["status"], result["conflicts"][0]["field"]) == ("merged", "deleted_at")
    assert (await ann.get(f"/api/todos/{todo['id']}")).status_code == 404
    last = (await ann.get(f"/api/todos/{todo['id']}/history")).json()[-1]
    assert (last["todo"]["title"], last["todo"]["deleted_at"] is None) == ("mine", False)
    (agreed,) = (await sync(other, update(todo, 1, op="delete")))["results"]
    assert agreed["status"] == "unchanged"


async def test_one_that_fails_leaves_the_others(ann):
    todo = await ann.create("one")
    done = await sync(
        ann,
        update(todo, 1, title=""),
        update({"id": str(uuid.uuid4())}, 1, title="unknown"),
        {"id": new_id(), "op": "create", "todo_id": todo["id"], "set": {"title": "taken"}},
        update(todo, 1, project_id=str(uuid.uuid4())),
        update(todo, 1, minutes_ago=-3000, title="tomorrow"),
        update(todo, 1, priority="high"),
    )
    errors = [result.get("error", {}).get("code") for result in done["results"]]
    assert errors == ["invalid_request", "todo_not_found", "id_taken", "invalid_request", "clock_ahead", None]
    assert done["results"][0]["error"]["errors"][0]["pointer"] == "/set/title"
    assert done["sequence"] == 2


FIELDS = (
    lambda draw: {"title": draw.choice("abc")},
    lambda draw: {"priority": draw.choice(["none", "low", "high"]), "title": draw.choice("abc")},
    lambda draw: {"completed": draw.random() < 0.5},
    lambda draw: {"due_date": draw.choice([None, "2026-12-01", "2026-12-24"])},
    lambda draw: {"due_time": draw.choice([None, "09:00", "17:30"])},
    lambda draw: {"start_date": draw.choice([None, "2026-11-30", "2026-12-10"])},
    lambda draw: {"tags": draw.choice([[], ["home"], ["shop"]])},
)


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_arrival_ends_in_one_state(app, issuer, seed):
    """Queues of four devices, interleaved and repeated in several ways, each for a user of its own."""
    draw = random.Random(seed)
    first = {"title": "o", "due_date": "2026-12-01", "due_time": "08:00", "start_date": "2026-11-20"}
    base = [first, {"title": "a"}]
    queues = [[], [], [], []]
    clock = itertools.count(NOW - 1_000_000)
    for _ in range(24):
        device, number = draw.randrange(4), draw.randrange(len(base))
        command_id, act = id_at(next(clock), draw.getrandbits(60)), draw.random()
        op = "delete" if act < 0.05 else "restore" if act < 0.1 else "update"
        queues[device].append((command_id, op, number, draw.choice(FIELDS)(draw) if op == "update" else {}))
    ends = [await _deliver(app, issuer, base, queues, draw) for _ in range(4)]
    assert ends[1:] == ends[:-1]


def _left_out(command, result):
    """The fields of an update that the todo does not have after it, and of which its result says nothing."""
    told = {conflict["field"] for conflict in result.get("conflicts", ()) if conflict["kept"] == "theirs"}
    return {name for name, value in command["set"].items() if result["todo"][name] != value} - told


async def _deliver(app, issuer, base, queues, draw):
    user_id = str(uuid.uuid4())
    clients = [Client(app, issuer, user_id, sid=str(uuid.uuid4())) for _ in queues]
    ids = [(await clients[0].create(**fields))["id"] for fields in base]
    left = [list(queue) for queue in queues]
    sent = []
    while any(left):
        device = draw.choice([number for number, queue in enumerate(left) if queue])
        taken = [left[device].pop(0) for _ in range(min(draw.randint(1, 3), len(left[device])))]
        again = draw.sample(sent, min(len(sent), 1))
        commands = [
            {"id": key, "op": op, "todo_id": ids[number], "set": fields, "base_version": number + 1}
            for key, op, number, fields in [*again, *taken]
        ]
        sent += taken
        for command, result in zip(commands, (await sync(clients[device], *commands))["results"], strict=True):
            assert _left_out(command, result) == set()
    found = []
    for todo_id in ids:
        last = (await clients[0].get(f"/api/todos/{todo_id}/history")).json()[-1]["todo"]
        found.append({name: last[name] for name in CONTENT} | {"deleted": last["deleted_at"] is not None})
    return found
