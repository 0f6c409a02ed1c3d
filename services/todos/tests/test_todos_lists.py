"""Filters, orders and pages of lists, against the same question put to Python."""

import asyncio
import itertools
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from todos_service.repository import lists
from todos_service.repository.lists import SORTS as SORTED
from todos_service.repository.lists import Shape
from todos_service.service.store import list_batcher

HELSINKI = ZoneInfo("Europe/Helsinki")
PRIORITIES = ["none", "low", "medium", "high", "urgent"]
SORTS = {
    "created_at": lambda todo: todo["created_at"],
    "updated_at": lambda todo: todo["updated_at"],
    "due_at": lambda todo: todo["due_at"] or "",
    "priority": lambda todo: PRIORITIES.index(todo["priority"]),
    "title": lambda todo: todo["title"].lower(),
}


def today() -> date:
    return datetime.now(HELSINKI).date()


@pytest.fixture
async def todos(ann):
    """Forty todos of every kind, as the service gives them."""
    chance = random.Random(7)
    rows = []
    for number in range(40):
        due = today() + timedelta(days=chance.randrange(-3, 4)) if chance.random() < 0.6 else None
        rows.append(
            {
                "title": f"{chance.choice(['Milk', 'bread', 'ÄPFEL', '買い物'])} {number % 7}",
                "description": chance.choice(["", "from the shop", "50% off_now"]),
                "completed": chance.random() < 0.4,
                "priority": chance.choice(PRIORITIES),
                "tags": chance.sample(["home", "work", "a,b"], chance.randrange(3)),
                "due_date": due and due.isoformat(),
                "due_time": "12:00" if due and chance.random() < 0.3 else None,
            }
        )
    report = await ann.post("/api/import", json=rows)
    assert report.json()["created"] == 40
    deleted = [row["id"] for row in report.json()["rows"]][:5]
    for todo_id in deleted:
        await ann.delete(f"/api/todos/{todo_id}")
    return [*(await listed(ann)), *(await listed(ann, status_filter="deleted"))]


async def listed(client, limit=500, **parameters):
    """The whole list, page by page."""
    found, parameters = [], {"limit": limit, **parameters}
    answer = await client.get("/api/todos", params=parameters)
    assert answer.status_code == 200, answer.text
    found += answer.json()
    while "next" in answer.links:
        answer = await client.get(answer.links["next"]["url"])
        found += answer.json()
    return found


def ids(todos):
    return sorted(todo["id"] for todo in todos)


def is_due(todo, first, last):
    """Whether its local day is between these; a day without a time is that day wherever one is."""
    if not todo["due_at"]:
        return False
    day = date.fromisoformat(todo["due_date"])
    return first <= day <= last


FAR = timedelta(days=1000)
STATUSES = {
    "all": lambda _: True,
    "active": lambda todo: not todo["completed"],
    "pending": lambda todo: not todo["completed"],
    "open": lambda todo: not todo["completed"],
    "completed": lambda todo: todo["completed"],
    "done": lambda todo: todo["completed"],
    "overdue": lambda todo: not todo["completed"] and (todo["due_at"] or "9") <= datetime.now(UTC).isoformat(),
    "today": lambda todo: not todo["completed"] and is_due(todo, today(), today()),
    "upcoming": lambda todo: not todo["completed"] and is_due(todo, today() + timedelta(days=1), today() + FAR),
}


class TestFilters:
    async def test_by_status(self, ann, todos):
        live = [todo for todo in todos if not todo["deleted_at"]]
        for name, matches in STATUSES.items():
            assert ids(await listed(ann, status_filter=name)) == ids(filter(matches, live)), name
        assert len(await listed(ann, status_filter="deleted")) == 5

    @pytest.mark.parametrize(
        ("parameters", "matches"),
        [
            ({"q": "milk"}, lambda todo: "Milk" in todo["title"]),
            ({"q": "shop MIL"}, lambda todo: "Milk" in todo["title"] and "shop" in todo["description"]),
            ({"q": "äpf"}, lambda todo: "ÄPFEL" in todo["title"]),
            ({"q": "物"}, lambda todo: "買い物" in todo["title"]),
            ({"q": "50%"}, lambda todo: "50%" in todo["description"]),
            ({"q": "off_now"}, lambda todo: "off_now" in todo["description"]),
            ({"q": "mi"}, lambda todo: "Milk" in todo["title"]),
            ({"q": "lk"}, lambda _: False),
            ({"q": "ff\\"}, lambda _: False),
            ({"q": "  "}, lambda _: True),
            ({"priority": "high"}, lambda todo: todo["priority"] == "high"),
            ({"priority": ["high", "none"]}, lambda todo: todo["priority"] in {"high", "none"}),
            ({"tag": "home"}, lambda todo: "home" in todo["tags"]),
            ({"tag": ["home", "a,b"]}, lambda todo: {"home", "a,b"} <= set(todo["tags"])),
        ],
    )
    async def test_by_content(self, ann, todos, parameters, matches):
        expected = [todo for todo in todos if not todo["deleted_at"] and matches(todo)]
        assert ids(await listed(ann, **parameters)) == ids(expected)

    async def test_by_due_date(self, ann, todos):
        first, last = today() - timedelta(days=1), today() + timedelta(days=1)
        expected = [todo for todo in todos if not todo["deleted_at"] and is_due(todo, first, last)]
        assert ids(await listed(ann, due_from=str(first), due_to=str(last))) == ids(expected)
        assert ids(await listed(ann, due_from=str(first), due_to=str(last), sort="due_at")) == ids(expected)
        instant = f"{today()}T10:00:00+02:00"
        later = [todo for todo in todos if not todo["deleted_at"] and (todo["due_at"] or "") >= f"{today()}T08:00:00Z"]
        assert ids(await listed(ann, due_from=instant)) == ids(later)

    async def test_by_the_last_change(self, ann, todos):
        newest = max(todos, key=lambda todo: todo["version"] if not todo["deleted_at"] else 0)
        await ann.patch(f"/api/todos/{newest['id']}", json={"title": "changed"})
        changed = (await ann.get(f"/api/todos/{newest['id']}")).json()
        assert ids(await listed(ann, updated_since=changed["updated_at"])) == [changed["id"]]

    @pytest.mark.parametrize(
        "query",
        [
            "due_from=tomorrow",
            "due_to=2026-13-01",
            "due_from=2026-01-01T00:00:00",
            "updated_since=yesterday",
            "updated_since=0001-01-01T00:00:00%2B14:00",
            "priority=huge",
            "sort=color",
            "limit=0",
            "limit=501",
            "limit=x",
            "q=%00",
        ],
    )
    async def test_refuse_what_they_do_not_know(self, ann, query):
        assert (await ann.get(f"/api/todos?{query}")).status_code == 422


class TestSort:
    @pytest.mark.parametrize("name", SORTS)
    @pytest.mark.parametrize("status", ["all", "active", "deleted"])
    async def test_in_both_directions_and_pages_of_any_size(self, ann, todos, name, status):
        for sort, reverse in ((name, False), (f"-{name}", True)):
            whole = await listed(ann, sort=sort, status_filter=status)
            keys = [SORTS[name](todo) for todo in whole]
            if name == "due_at":
                dated = [key for key in keys if key]
                assert keys == sorted(dated, reverse=reverse) + [""] * (len(keys) - len(dated))
            else:
                assert keys == sorted(keys, reverse=reverse)
            assert await listed(ann, limit=7, sort=sort, status_filter=status) == whole

    async def test_pages_are_stable_while_todos_come_and_go(self, ann, todos):
        before = await listed(ann)
        first = await ann.get("/api/todos?limit=10")
        await ann.create("new on top")
        await ann.delete(f"/api/todos/{before[3]['id']}")
        second = await ann.get(first.links["next"]["url"])
        assert [todo["id"] for todo in second.json()] == [todo["id"] for todo in before[10:20]]


class TestTogether:
    """Lists that arrive together share a statement."""

    @pytest.fixture
    def patient(self, monkeypatch):
        """Any list may wait for a machine that is busy."""
        monkeypatch.setattr(lists, "SECONDS", 30.0)
        for name in ("_statement", "_statement_of_many"):  # past their caches
            monkeypatch.setattr(lists, name, getattr(lists, name).__wrapped__)

    @pytest.mark.usefixtures("patient")
    async def test_each_is_what_it_is_alone(self, app, ann, ben, todos):
        statuses = ("all", "active", "completed", "overdue", "deleted")
        shapes = [Shape(*one) for one in itertools.product(statuses, [frozenset()], [0], SORTED, [True, False])]
        owners = itertools.cycle([ann.user_id, ben.user_id, ann.user_id])
        batch = [(owner, (shape, count)) for owner, shape, count in zip(owners, shapes * 3, [3, 50] * 75, strict=False)]
        alone = [await lists.page(app.state.pool, owner, *asked, {}) for owner, asked in batch]
        assert await lists.pages(app.state.pool, batch) == alone
        assert {sequence for sequence, _ in alone} == {0, len(todos) + 5}

    async def test_everybody_gets_their_own(self, ann, ben, todos):
        await ben.create("Ben's")
        answers = await asyncio.gather(*(client.get("/api/todos?limit=7") for client in (ann, ben, ann, ben) * 5))
        assert [answer.json() for answer in answers[1::2]] == [answers[1].json()] * 10
        assert answers[1].json()[0]["title"] == "Ben's"
        assert [answer.headers["X-Next-Cursor"] for answer in answers[::2]] == [
            answers[0].headers["X-Next-Cursor"]
        ] * 10
        assert len(answers[0].json()) == 7

    async def test_one_that_takes_long_is_read_alone(self, app, ann, todos, monkeypatch):
        async def slow(*_):
            raise TimeoutError

        monkeypatch.setattr(lists, "pages", slow)
        asked = (Shape(), 5)
        lister = list_batcher(app.state.pool)
        found = await asyncio.gather(*(lister(ann.user_id, asked) for _ in range(3)))
        assert found == [await lists.page(app.state.pool, ann.user_id, *asked, {})] * 3


class TestDueDates:
    @pytest.mark.parametrize(
        ("given", "due_at"),
        [
            ({"due_date": "2026-12-01"}, "2026-12-01T22:00:00Z"),
            ({"due_date": "2026-12-01", "due_time": "17:30"}, "2026-12-01T15:30:00Z"),
            ({"due_date": "2026-12-01", "due_time": "17:30", "due_time_zone": "Asia/Tokyo"}, "2026-12-01T08:30:00Z"),
            # The day of 23 hours, a time that it skips, the day of 25 hours, a time that comes twice.
            ({"due_date": "2026-03-29"}, "2026-03-29T21:00:00Z"),
            ({"due_date": "2026-03-29", "due_time": "03:30"}, "2026-03-29T01:30:00Z"),
            ({"due_date": "2026-10-25"}, "2026-10-25T22:00:00Z"),
            ({"due_date": "2026-10-25", "due_time": "03:30"}, "2026-10-25T00:30:00Z"),
            # Midnight is skipped where the next day begins.
            ({"due_date": "2026-04-23", "due_time_zone": "Africa/Cairo"}, "2026-04-23T22:00:00Z"),
        ],
    )
    async def test_are_instants_in_their_zone(self, ann, given, due_at):
        todo = await ann.create(**given)
        assert todo["due_at"] == due_at
        assert todo["due_time_zone"] == given.get("due_time_zone", "Europe/Helsinki")

    async def test_change_part_by_part(self, ann):
        todo = await ann.create(due_date="2026-12-01", due_time="17:30")
        path = f"/api/todos/{todo['id']}"
        moved = (await ann.patch(path, json={"due_date": "2026-12-02"})).json()
        assert (moved["due_time"], moved["due_at"]) == ("17:30", "2026-12-02T15:30:00Z")
        zoned = (await ann.patch(path, json={"due_time_zone": "UTC"})).json()
        assert zoned["due_at"] == "2026-12-02T17:30:00Z"
        whole = (await ann.patch(path, json={"due_time": None})).json()
        assert whole["due_at"] == "2026-12-03T00:00:00Z"
        cleared = (await ann.patch(path, json={"due_date": None})).json()
        assert [cleared[name] for name in ("due_date", "due_time", "due_time_zone", "due_at")] == [None] * 4
        assert (await ann.patch(path, json={"due_time": "10:00"})).status_code == 422

    async def test_extreme_days_are_stored_or_refused(self, ann):
        for day, status in (("1900-01-01", 201), ("9998-12-30", 201), ("0001-01-01", 422), ("9999-12-31", 422)):
            for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
                answer = await ann.post("/api/todos", json={"title": "x", "due_date": day, "due_time_zone": zone})
                assert answer.status_code == status, (day, zone)
