"""Recurring todos, subtasks and order in the web app."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

from .gestures import drag, drag_by_touch

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]
A_TUESDAY = date(2030, 1, 8)


class TestRecurrence:
    async def test_is_said_in_words_and_skipped_and_taken_back(self, ann: Person, sign_in: SignIn) -> None:
        todo = await ann.create("Water the plants", due_date=A_TUESDAY.isoformat())
        page = await sign_in(ann)
        await page.get_by_role("button", name="Edit: Water").click()
        await page.get_by_label("Repeats").select_option("custom")
        await page.get_by_label("Unit").select_option("weeks")
        await page.get_by_label("Interval").fill("2")
        await page.get_by_role("button", name="Tue", exact=True).click()
        await expect(page.get_by_text("Every second Tuesday, next on 22 January 2030")).to_be_visible()
        await expect(page.get_by_role("list", name="Next days").get_by_role("listitem")).to_have_count(5)
        await page.get_by_label("Start").fill((A_TUESDAY - timedelta(days=2)).isoformat())
        await page.get_by_role("button", name="Save").click()
        await self._is_due(ann, todo, A_TUESDAY)
        await page.get_by_role("button", name="Edit: Water").click()
        await page.get_by_role("button", name="Skip to").click()
        await self._is_due(ann, todo, A_TUESDAY + timedelta(days=14))
        await page.get_by_role("button", name="Undo").click()
        await self._is_due(ann, todo, A_TUESDAY)

    async def _is_due(self, ann: Person, todo: dict[str, str], day: date) -> None:
        async def due() -> bool:
            found = (await ann.http.get(f"/api/todos/{todo['id']}")).json()
            rule = {"rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "mode": "schedule"}
            start = (day - timedelta(days=2)).isoformat()
            wanted = (rule, day.isoformat(), start)
            return (found["recurrence"], found["due_date"], found["start_date"]) == wanted

        await wait_until(due)


class TestSubtasks:
    async def test_are_added_shown_and_done_with_their_parent(self, ann: Person, sign_in: SignIn) -> None:
        await ann.create("Move house")
        page = await sign_in(ann)
        await page.get_by_role("button", name="Edit: Move house").click()
        for title in ("Pack", "Find boxes"):
            await page.get_by_label("New subtask").fill(title)
            await page.keyboard.press("Enter")
        await page.get_by_role("group", name="Subtasks").get_by_label("Pack").check()
        await page.keyboard.press("Escape")
        rows = page.get_by_role("list", name="Todos", exact=True).get_by_role("listitem")
        await expect(rows.first).to_contain_text("1/2")
        await expect(rows).to_have_text([re.compile("Move house"), re.compile("Find boxes")])
        await page.get_by_label("Complete: Move house").check()
        await expect(rows).to_have_count(0)
        await page.get_by_role("button", name="Undo").click()
        await expect(rows.first).to_contain_text("1/2")

        async def done() -> bool:
            return [todo["title"] for todo in (await ann.http.get("/api/todos?status_filter=done")).json()] == ["Pack"]

        await wait_until(done)


class TestOrder:
    async def test_by_keys_by_dragging_and_onto_a_project(self, ann: Person, sign_in: SignIn) -> None:
        await ann.http.post("/api/projects", json={"name": "Home"})
        for title in ("one", "two", "three"):
            await ann.create(title)
        page = await sign_in(ann)
        await page.get_by_label("Sort").select_option("position")
        await self._by_keys(page)
        await self._by_dragging(page)
        await self._onto_a_project(page)
        await self._in_the_service(ann, ["one", "two", "three"], "three")

    async def test_by_touch(self, ann: Person, sign_in: SignIn) -> None:
        for title in ("one", "two", "three"):
            await ann.create(title)
        page = await sign_in(ann, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        await page.get_by_label("Sort").select_option("position")
        await drag_by_touch(page, self._grip(page, "three"), self._row(page, "two"), before=True)
        await self._shows(page, ["one", "three", "two"])
        await self._in_the_service(ann, ["one", "three", "two"])

    async def _by_keys(self, page: Page) -> None:
        await page.get_by_label("Complete: three").focus()
        await page.keyboard.press("Alt+ArrowUp")
        await self._shows(page, ["one", "three", "two"])
        await expect(page.get_by_role("status").get_by_text("“three” is now after “one”")).to_be_visible()
        await expect(page.get_by_label("Complete: three")).to_be_focused()
        await page.keyboard.press("Alt+ArrowRight")
        await expect(page.get_by_text("“three” is now below “one”")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await self._shows(page, ["one", "three", "two"])

    async def _by_dragging(self, page: Page) -> None:
        await self._row(page, "two").hover()
        await drag(page, self._grip(page, "two"), self._row(page, "three"), before=True)
        await self._shows(page, ["one", "two", "three"])

    async def _onto_a_project(self, page: Page) -> None:
        link = page.get_by_role("region", name="Projects").get_by_role("link", name="Home")
        await self._row(page, "three").hover()
        await drag(page, self._grip(page, "three"), link)
        await expect(page.get_by_role("region", name="Projects").get_by_role("link", name="Home 1")).to_be_visible()

    def _row(self, page: Page, title: str) -> Locator:
        return page.locator("[data-row]", has_text=title)

    def _grip(self, page: Page, title: str) -> Locator:
        return self._row(page, title).locator("[data-grip]")

    async def _shows(self, page: Page, wanted: list[str]) -> None:
        rows = page.get_by_role("list", name="Todos", exact=True).get_by_role("button", name="Edit: ")
        await expect(rows).to_have_text(wanted)

    async def _in_the_service(self, ann: Person, wanted: list[str], *in_project: str) -> None:
        async def stored() -> bool:
            todos = (await ann.http.get("/api/todos?sort=position")).json()
            moved = [todo["title"] for todo in todos if todo["project_id"]]
            return ([todo["title"] for todo in todos], moved) == (wanted, [*in_project])

        await wait_until(stored)
