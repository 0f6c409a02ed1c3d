import csv
import io

import pytest

from todos_service.endpoints import spreadsheet
from todos_service.service.todos import EXPORT_PAGE

TRICKY = [
    {"title": '=HYPERLINK("http://x")', "description": "+1\n-1", "tags": ["-a", "b,c", 'd"e', "'=f"]},
    {"title": "'=quoted", "description": "'plain"},
    {"title": "@at", "priority": "urgent", "due_date": "2026-12-01", "due_time": "17:30"},
    {"title": "done", "completed": True, "due_date": "2026-03-29"},
    {"title": "ünïcode 👩‍👩‍👧 \u202eright to left", "description": '"quotes", commas;\r\nand lines'},
]
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
        assert len(cells) == 6 * len(spreadsheet.COLUMNS)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


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
        assert [change["sequence"] for change in changes] == [1, 2, 3, 4, 5]
        assert {change["type"] for change in changes} == {"todo.created.v1"}
        assert {change["todo"]["id"] for change in changes} == set(found)

        again = await ben.post("/api/import", content=exported, headers={"Content-Type": kind})
        assert (again.json()["created"], again.json()["duplicate"]) == (0, len(made))
        assert len(await ben.changes()) == len(made)

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


@pytest.mark.parametrize("cell", ["", "plain", "=1", "'=1", "''=1", "'", "-", "\ttab", "＝wide"])  # noqa: RUF001
def test_guarding_a_cell_can_be_undone(cell):
    assert spreadsheet.unguard(spreadsheet.guard(cell)) == cell
    assert not spreadsheet.guard(cell).startswith(("=", "+", "-", "@", "\t", "＝"))  # noqa: RUF001
