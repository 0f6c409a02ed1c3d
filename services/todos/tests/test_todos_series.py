"""Recurring todos."""

import asyncio
import random
import uuid
from collections import Counter
from datetime import date, timedelta

import pytest

WEEKLY = {"rule": "FREQ=WEEKLY", "mode": "schedule"}
FAR = "2099-01-06"  # no day of a test is after it


async def act(client, todo, act):
    answer = await client.post(f"/api/todos/{todo['id']}/{act}")
    assert answer.status_code == 200, answer.text
    return answer


async def all_of(client):
    return (await client.get("/api/todos?sort=position&limit=500")).json()


async def water(client, **fields):
    return await client.create("Water the plants", **({"due_date": FAR, "recurrence": WEEKLY} | fields))


class TestCompleting:
    async def test_keeps_the_todo_and_makes_the_next_in_the_same_command(self, ann):
        reminder = {"id": str(uuid.uuid4()), "minutes_before_due": 30}
        first = await water(ann, due_time="09:00", start_date="2099-01-05", tags=["home"], reminders=[reminder])
        await ann.create("after it")
        answer = await act(ann, first, "complete")
        done, after = await ann.changes(2)
        made = after["todo"]
        assert (done["type"], after["type"]) == ("todo.completed.v1", "todo.created.v1")
        assert done["command_id"] == after["command_id"] == answer.headers["command-id"]
        assert (answer.json()["completed"], answer.headers["todo-sequence"]) == (True, "4")
        assert made["id"] == str(uuid.uuid5(uuid.UUID(first["series_id"]), "2099-01-13"))
        assert (made["due_date"], made["start_date"], made["occurrence_date"]) == (
            "2099-01-13",
            "2099-01-12",
            "2099-01-13",
        )
        assert (made["due_time"], made["tags"], made["completed"]) == ("09:00", ["home"], False)
        assert (made["series_id"], made["recurrence"]) == (first["series_id"], WEEKLY)
        assert made["reminders"][0]["minutes_before_due"] == 30
        assert made["reminders"][0]["id"] != reminder["id"]
        assert [todo["title"] for todo in await all_of(ann)] == ["Water the plants", "Water the plants", "after it"]

    async def test_by_twenty_clients_at_once_makes_one(self, ann):
        first = await water(ann)
        await asyncio.gather(*(act(ann, first, "complete") for _ in range(20)))
        assert len(await all_of(ann)) == 2
        assert len(await ann.changes()) == 3

    async def test_the_last_one_makes_none(self, ann):
        first = await water(ann, recurrence={"rule": "FREQ=DAILY;COUNT=2"})
        await act(ann, first, "complete")
        second = next(todo for todo in await all_of(ann) if not todo["completed"])
        await act(ann, second, "complete")
        assert len(await all_of(ann)) == 2

    async def test_after_completion_counts_from_the_local_day(self, sign_in):
        ann = sign_in(zoneinfo="Pacific/Kiritimati")
        first = await water(
            ann, due_date="2020-01-01", recurrence={"rule": "FREQ=DAILY;INTERVAL=3", "mode": "completion"}
        )
        done = (await act(ann, first, "complete")).json()
        made = next(todo for todo in await all_of(ann) if not todo["completed"])
        day = date.fromisoformat(done["completed_at"][:10])
        assert date.fromisoformat(made["due_date"]) - timedelta(days=3) in {day, day + timedelta(days=1)}


class TestReopening:
    async def test_takes_an_untouched_one_away(self, ann):
        first = await water(ann)
        await act(ann, first, "complete")
        await act(ann, first, "reopen")
        assert [change["type"] for change in await ann.changes(3)] == ["todo.reopened.v1", "todo.purged.v1"]
        await act(ann, first, "complete")
        assert len(await all_of(ann)) == 2

    async def test_leaves_one_that_has_changed(self, ann):
        first = await water(ann)
        await act(ann, first, "complete")
        second = next(todo for todo in await all_of(ann) if not todo["completed"])
        await ann.patch(f"/api/todos/{second['id']}", json={"title": "Water them well"})
        await act(ann, first, "reopen")
        await act(ann, first, "complete")
        assert len(await all_of(ann)) == 2


class TestSkipping:
    async def test_moves_it_on(self, ann):
        first = await water(ann)
        moved = (await act(ann, first, "skip")).json()
        assert (moved["id"], moved["due_date"], moved["occurrence_date"]) == (first["id"], "2099-01-13", "2099-01-13")
        await act(ann, first, "complete")
        assert {todo["due_date"] for todo in await all_of(ann)} == {"2099-01-13", "2099-01-20"}
        answer = await ann.post(f"/api/todos/{first['id']}/skip")
        assert answer.status_code == 422

    async def test_moves_on_once_for_a_key(self, ann):
        first = await water(ann)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        answers = [await ann.post(f"/api/todos/{first['id']}/skip", headers=headers) for _ in range(2)]
        assert [answer.json()["due_date"] for answer in answers] == ["2099-01-13"] * 2

    async def test_needs_a_next_day(self, ann):
        for todo in (await ann.create(), await water(ann, recurrence={"rule": "FREQ=DAILY;COUNT=1"})):
            answer = await ann.post(f"/api/todos/{todo['id']}/skip")
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/recurrence")


class TestRule:
    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"recurrence": {"rule": "FREQ=HOURLY"}}, "/recurrence/rule"),
            ({"recurrence": {"rule": "FREQ=DAILY", "mode": "x"}}, "/recurrence/mode"),
            ({"due_date": None}, "/recurrence"),
        ],
    )
    async def test_is_refused(self, ann, fields, pointer):
        body = {"title": "x", "due_date": FAR, "recurrence": WEEKLY} | fields
        answer = await ann.post("/api/todos", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_goes_with_the_day(self, ann):
        first = await water(ann)
        plain = (await ann.patch(f"/api/todos/{first['id']}", json={"due_date": None})).json()
        assert (plain["recurrence"], plain["series_id"], plain["occurrence_date"]) == (None, None, None)

    async def test_is_found_in_lists(self, ann):
        await water(ann)
        await ann.create()
        assert len((await ann.get("/api/todos?recurring=true")).json()) == 1
        assert len((await ann.get("/api/todos?recurring=false")).json()) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_no_order_of_acts_makes_two_for_one_day(ann, seed):
    chance = random.Random(seed)
    await water(ann)
    for _ in range(25):
        todo = chance.choice((await all_of(ann)) + (await ann.get("/api/todos?status_filter=deleted")).json())
        name = chance.choice(["complete", "complete", "reopen", "skip", "delete", "restore"])
        key = {"Idempotency-Key": str(uuid.uuid4())}
        if name == "delete":
            answers = [await ann.delete(f"/api/todos/{todo['id']}") for _ in range(2)]
        else:
            answers = await asyncio.gather(
                *(ann.post(f"/api/todos/{todo['id']}/{name}", headers=key) for _ in range(2))
            )
        assert {answer.status_code for answer in answers} <= {200, 204, 404, 422}, answers
        days = Counter(todo["occurrence_date"] for todo in await all_of(ann))
        assert max(days.values(), default=0) <= 1, days


class TestQuickAdd:
    async def test_reads_a_line(self, ann):
        home = (await ann.post("/api/projects", json={"name": "Household"})).json()
        line = {"text": "Water plants 2099-01-06 5pm #home !high ~household every 2 weeks // all of them"}
        shown = await ann.post("/api/todos/quick", json=line | {"preview": True})
        assert (shown.status_code, len(await ann.changes())) == (200, 1)
        made = await ann.post("/api/todos/quick", json=line)
        todo = made.json()
        assert (made.status_code, made.headers["location"]) == (201, f"/api/todos/{todo['id']}")
        assert shown.json()["todo"] == {name: todo[name] for name in shown.json()["todo"]}
        assert (todo["title"], todo["description"], todo["priority"]) == ("Water plants", "all of them", "high")
        assert (todo["project_id"], todo["tags"], todo["due_time"]) == (home["id"], ["home"], "17:00")
        assert todo["recurrence"] == {"rule": "FREQ=WEEKLY;INTERVAL=2", "mode": "schedule"}
        parts = shown.json()["parts"]
        assert [line["text"][part["start"] : part["end"]] for part in parts] == [part["text"] for part in parts]

    async def test_needs_a_title(self, ann):
        answer = await ann.post("/api/todos/quick", json={"text": "#home !high"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/text")
