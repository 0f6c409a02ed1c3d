"""Recurring todos and subtasks in the web app."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from playwright.async_api import Page, expect

from service_testing.waiting import wait_until
from service_testing.system import Person

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
        await page.get_by_role("button", name="Tuesday").click()
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
        done = (await ann.http.get("/api/todos?status_filter=done")).json()
        assert [todo["title"] for todo in done] == ["Pack"]
