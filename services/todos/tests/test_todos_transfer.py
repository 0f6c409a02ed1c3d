import asyncio
import csv
import io
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service_common.errors import BadRequest
from todos_service.endpoints import json_rows, spreadsheet
from todos_service.service.todos import EXPORT_PAGE

TRICKY = [
    {"title": '=HYPERLINK("http://x")', "description": "+1\n-1", "tags": ["-a", "b,c", 'd"e', "'=f"]},
    {"title": "'=quoted", "description": "'plain"},
    {"title": "@at", "priority": "urgent", "due_date": "2026-12-01", "due_time": "17:30"},
    {"title": "done", "completed": True, "due_date": "2026-03-29"},
    {"title": ";=1;\u00a0-2", "description": "\ufeff =1", "tags": [";-1", "\u2060=2"]},
    {"title": "a;';''=1", "description": "\x0b\t=1;\r+2"},
    {"title": "ünïcode 👩‍👩‍👧 \u202eright to left", "description": '"quotes", commas;\r\nand lines'},
]
CHANGED = ("user_id", "version", "position", "updated_at")  # by an import into another account
OWN = ("id", "created_at", "completed_at")
WRITTEN = ("title", "description", "completed", "priority", "tags", "due_date", "due_time", "due_time_zone", "due_at")


def comparable(todo):
    return {name: todo[name] for name in (*OWN, *WRITTEN)}


async def filled(client):
    made = [await client.create(**fields) for fields in TRICKY]
    deleted = await client.create("in the trash")
    await client.delete(f"/api/todos/{deleted['id']}")
    return made


class TestExport:
    async def test_json_is_every_todo_that_is_not_deleted(self, ann):
        made = await filled(ann)
        answer = await ann.get("/api/export?format=json")
        assert answer.headers["content-disposition"] == 'attachment; filename="todos.json"'
        assert sorted(answer.json(), key=lambda todo: todo["version"]) == made

    async def test_of_nothing_is_nothing(self, ann):
        assert (await ann.get("/api/export")).json() == []
        assert len((await ann.get("/api/export?format=csv")).text.splitlines()) == 1

    async def test_comes_in_pages_of_constant_size(self, ann):
        rows = [{"title": str(number)} for number in range(2 * EXPORT_PAGE + 1)]
        await ann.post("/api/import", json=rows)
        assert sorted(int(todo["title"]) for todo in (await ann.get("/api/export")).json()) == list(range(len(rows)))

    async def test_csv_has_no_cell_that_is_a_formula(self, ann):
        await filled(ann)
        text = (await ann.get("/api/export?format=csv")).text
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert len(cells) == (1 + len(TRICKY)) * len(spreadsheet.COLUMNS)
        assert not [cell for cell in cells if runs(cell)]


class TestImport:
    @pytest.mark.parametrize(("form", "kind"), [("json", "application/json"), ("csv", "text/csv")])
    async def test_takes_what_export_wrote(self, ann, ben, form, kind):
        made = await filled(ann)
        exported = (await ann.get(f"/api/export?format={form}")).content
        answer = await ben.post("/api/import", content=exported, headers={"Content-Type": kind})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["created"], answer.json()["invalid"]) == (len(made), 0)
        assert answer.headers["todo-sequence"] == str(len(made))
        found = {todo["id"]: comparable(todo) for todo in (await ben.get("/api/todos")).json()}
        assert found == {todo["id"]: comparable(todo) for todo in made}
        changes = await ben.changes()
        assert [change["sequence"] for change in changes] == list(range(1, len(TRICKY) + 1))
        assert {change["type"] for change in changes} == {"todo.created.v1"}
        assert {change["todo"]["id"] for change in changes} == set(found)

        again = await ben.post("/api/import", content=exported, headers={"Content-Type": kind})
        assert (again.json()["created"], again.json()["duplicate"]) == (0, len(made))
        assert len(await ben.changes()) == len(made)

    @pytest.mark.parametrize(("form", "kind"), [("json", "application/json"), ("csv", "text/csv")])
    async def test_takes_projects_filters_and_trees(self, ann, ben, form, kind):
        home = (await ann.post("/api/projects", json={"name": "=Home"})).json()
        await ann.post("/api/filters", json={"name": "Here", "query": {"project": home["id"]}})
        child = await ann.create("child", due_date="2099-01-01", recurrence={"rule": "FREQ=DAILY"})
        parent = await ann.create("parent", project_id=home["id"], start_date="2026-12-01")
        reminder = {"id": "01939d5a-3c11-7a10-9000-4b5c6d7e8f20", "minutes_before_due": 5}
        await ann.patch(f"/api/todos/{child['id']}", json={"parent_id": parent["id"], "reminders": [reminder]})
        exported = (await ann.get(f"/api/export?format={form}")).content
        for dry_run in ("true", "false"):
            params, headers = {"dry_run": dry_run}, {"Content-Type": kind}
            report = (await ben.post("/api/import", params=params, content=exported, headers=headers)).json()
            assert (report["created"], report["invalid"]) == (4 if form == "json" else 2, 0), report
        both = [await client.get("/api/todos?sort=created_at") for client in (ann, ben)]
        ours, theirs = ([{**todo, **dict.fromkeys(CHANGED)} for todo in answer.json()] for answer in both)
        assert ours == theirs
        assert [one["name"] for one in (await ben.get("/api/projects")).json()] == ["=Home"]
        assert len((await ben.get("/api/filters")).json()) == (form == "json")
        again = (await ben.post("/api/import", content=exported, headers=headers)).json()
        assert again["created"] == 0
        await ben.post(f"/api/todos/{parent['id']}/complete")
        assert (await ben.get(f"/api/todos/{child['id']}")).json()["completed"] is True

    async def test_says_which_place_is_not_there(self, ann):
        unknown = "01939d5a-3c11-7a10-9000-4b5c6d7e8f20"
        rows = [{"title": "x", "project_id": unknown}, {"title": "y", "parent_id": unknown}]
        report = (await ann.post("/api/import", json=rows)).json()
        assert [row["error"].partition(":")[0] for row in report["rows"]] == ["/project_id", "/parent_id"]

    async def test_reports_each_row(self, ann):
        rows = [{"title": "good"}, {"title": ""}, {"title": "x", "due_time": "10:00"}, "row", {"title": "good"}]
        answer = (await ann.post("/api/import", json=rows)).json()
        assert [row["status"] for row in answer["rows"]] == ["created", "invalid", "invalid", "invalid", "created"]
        assert [row["row"] for row in answer["rows"]] == [1, 2, 3, 4, 5]
        assert answer["rows"][1]["error"].startswith("/title: ")
        assert answer["rows"][2]["error"].startswith("/due_time: ")
        again = (await ann.post("/api/import", json=rows)).json()
        assert (again["created"], again["duplicate"], again["invalid"]) == (0, 2, 3)
        assert [row["id"] for row in again["rows"]] == [row["id"] for row in answer["rows"]]

    async def test_takes_an_id_of_one_file_once(self, ann):
        todo = await ann.create()
        rows = [{"id": todo["id"], "title": "there"}, {"title": "x", "id": "01890000-0000-7000-8000-000000000001"}]
        answer = (await ann.post("/api/import", json=[*rows, rows[1]])).json()
        assert [row["status"] for row in answer["rows"]] == ["duplicate", "created", "duplicate"]

    async def test_can_be_tried(self, ann):
        tried = (await ann.post("/api/import?dry_run=true", json=[{"title": "x"}])).json()
        assert (tried["dry_run"], tried["created"]) == (True, 1)
        assert await ann.changes() == []

    @pytest.mark.parametrize(
        ("body", "kind", "status", "code"),
        [
            (b"{}", "application/json", 400, "malformed_json"),
            (b"[", "application/json", 400, "malformed_json"),
            (b"\xff", "text/csv", 400, "malformed_json"),
            (b'a,b\n"x', "text/csv", 400, "malformed_csv"),
            (b"x", "text/plain", 415, "unsupported_media_type"),
        ],
    )
    async def test_refuses_what_it_cannot_read(self, ann, body, kind, status, code):
        answer = await ann.post("/api/import", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    async def test_reads_an_ordinary_spreadsheet(self, ann):
        text = 'title,priority,tags,completed\nMilk,high,"home,shop",true\nBread,,,\n'
        answer = await ann.post("/api/import", content=text, headers={"Content-Type": "text/csv; charset=utf-8"})
        assert answer.json()["created"] == 2
        bread, milk = (await ann.get("/api/todos?sort=title")).json()
        assert (milk["tags"], milk["priority"], milk["completed"]) == (["home", "shop"], "high", True)
        assert (bread["tags"], bread["priority"], bread["completed"]) == ([], "none", False)


class TestLimits:
    """An answer and the work for it stay in proportion to what was sent."""

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"[" + b"0," * 99_999 + b"0]", "application/json"),
            (b"[" + b"0," * 500_000 + b"0]", "application/json"),
            (b"[{" + b",".join(b'"%d":0' % number for number in range(100_000)) + b"}]", "application/json"),
            (b"[" * 500_000, "application/json"),
            (b"," * 1_000_000, "text/csv"),
            (b"title" + b",a" * 99 + (b"\n" + b"," * 99) * 9_000, "text/csv"),
            (b"," * 400_000 + b"\n1" * 300_000, "text/csv"),
            (b"title\n" + b"\n" * 1_000_000, "text/csv"),
            (b"title\n" + b",\n" * 99_000, "text/csv"),
        ],
        ids=[
            "zeros",
            "more zeros",
            "members",
            "brackets",
            "commas",
            "columns",
            "a wide head",
            "newlines",
            "short rows",
        ],
    )
    async def test_a_large_body_of_nothing_has_a_small_answer(self, ann, body, kind):
        answer = await ann.post("/api/import", content=body, headers={"Content-Type": kind})
        assert answer.status_code in {200, 400, 422}
        assert len(answer.content) < 64 * 1024

    async def test_the_first_hundred_invalid_rows_are_named_and_all_counted(self, ann):
        rows = [{"title": "good"}, *[{"title": ""}] * 150, {"title": "good"}]
        answer = (await ann.post("/api/import", json=rows)).json()
        assert (answer["created"], answer["invalid"], answer["invalid_left_out"]) == (2, 150, 50)
        assert [row["row"] for row in answer["rows"]] == [*range(1, 102), 152]

    async def test_a_row_names_twenty_wrong_fields(self, ann):
        (row,) = (await ann.post("/api/import", json=[{f"f{number}": 0 for number in range(30)}])).json()["rows"]
        assert row["error"].count(";") == 20
        assert row["error"].endswith("and 11 more")

    async def test_a_hundred_thousand_rows_are_the_most(self, ann):
        answer = await ann.post("/api/import", content=b"[" + b"0," * 100_000 + b"0]")
        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")

    async def test_32_mib_are_the_most(self, ann):
        kind = {"Content-Type": "text/csv"}
        line = b"x" * (1024 * 1024 - 1) + b"\n"
        assert (await ann.post("/api/import", content=b"title\n" + line * 32, headers=kind)).status_code == 413
        most = await ann.post("/api/import", content=b"title\n" + line * 31 + line[6:], headers=kind)
        assert (most.status_code, most.json()["code"]) == (400, "malformed_csv")  # a field of a mebibyte

    async def test_the_event_loop_turns_all_the_time(self, ann):
        longest, last = 0.0, time.perf_counter()

        async def watch():
            nonlocal longest, last
            while True:
                await asyncio.sleep(0)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now

        body = b"[" + b",".join(b'{"title":""}' for _ in range(60_000)) + b"]"
        watching = asyncio.create_task(watch())
        began = time.perf_counter()
        answer = await ann.post("/api/import", content=body)
        took = time.perf_counter() - began
        watching.cancel()
        assert answer.json()["invalid"] == 60_000
        assert longest < took / 3


class TestJsonRows:
    @given(
        st.lists(
            st.recursive(
                st.none() | st.integers(-9, 99) | st.text(max_size=5),
                lambda one: st.lists(one) | st.dictionaries(st.text(max_size=2), one),
            )
        ),
        st.integers(1, 9),
        st.sampled_from([None, 1]),
    )
    @example([1, 22, 333], 1, None)
    def test_are_those_of_the_array(self, rows, window, indent):
        assert list(json_rows.read(io.StringIO(json.dumps(rows, indent=indent)), window)) == rows

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "1",
            "{}",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "[1] x",
            "[nul]",
            "[NaN]",
            '["\\ud800"]',
        ],
    )
    def test_what_is_no_array_of_json_is_refused(self, text):
        with pytest.raises((BadRequest, ValueError)):
            list(json_rows.read(io.StringIO(text), 2))


def runs(cell):
    """Whether a spreadsheet may take it, or what is after a semicolon in it, for a formula."""
    blank = " \t\r\n\x0b\x0c\u00a0\u200b\u2060\ufeff"
    return any(part.lstrip(blank).startswith(tuple("=+-@＝＋－＠")) for part in cell.split(";"))  # noqa: RUF001


CELLS = st.text(st.sampled_from("=-@;;'' \t\r\x0b\ufeff\u200bax＝"), max_size=12)  # noqa: RUF001


@given(CELLS)
@example("")
@example("'")
@example("''=1")
@example(";';'=1")
@example("\ttab")
def test_guarding_a_cell_can_be_undone(cell):
    guarded = spreadsheet.guard(cell)
    assert spreadsheet.unguard(guarded) == cell
    assert not runs(guarded)
    assert not guarded.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize("cell", ["plain", "a - b", "a=b; c", "it's; fine", "1;2", "2026-12-01", "a\nb"])
def test_an_ordinary_cell_stays_as_it_is(cell):
    assert spreadsheet.guard(cell) == cell


@pytest.mark.parametrize("unit", [";", "; ", "';", " ", "\u200b"])
def test_guarding_takes_time_in_proportion_to_the_cell(unit):
    def seconds(times):
        cell, best = unit * times + "x", 60.0
        for _ in range(5):
            began = time.perf_counter()
            spreadsheet.guard(cell)
            best = min(best, time.perf_counter() - began)
        return best

    assert seconds(10_000) < 40 * seconds(1_000)
