"""The list as a board and as a month: by mouse, by touch and by keys."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

from .gestures import drag, drag_by_touch

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]


def day(distance: int) -> str:
    return (datetime.now(UTC) + timedelta(days=distance)).date().isoformat()


def cards(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True).get_by_role("button", name="Edit: ")


async def field(who: Person, todo: dict[str, str], name: str, value: str | None) -> None:
    async def stored() -> bool:
        return bool((await who.http.get(f"/api/todos/{todo['id']}")).json()[name] == value)

    await wait_until(stored)


class TestBoard:
    async def test_cards_change_column_by_mouse_and_keys(self, ann: Person, sign_in: SignIn) -> None:
        home = (await ann.http.post("/api/projects", json={"name": "Home"})).json()
        letter, _ = await ann.create("Letter", priority="high"), await ann.create("Idle")
        page = await sign_in(ann)
        await page.get_by_label("Layout").select_option("priorities")
        await drag(page, page.locator("[data-row]", has_text="Letter"), page.get_by_role("region", name="Low"))
        await expect(cards(page, "Low")).to_have_text(["Letter"])
        await field(ann, letter, "priority", "low")
        await page.get_by_role("button", name="Undo").click()
        await expect(cards(page, "High")).to_have_text(["Letter"])
        await page.get_by_label("Layout").select_option("projects")
        await page.get_by_label("Complete: Letter").focus()
        await page.keyboard.press("Alt+ArrowRight")
        await expect(cards(page, "Home")).to_have_text(["Letter"])
        await expect(page.get_by_role("status").get_by_text("“Letter” is now in “Home”")).to_be_visible()
        await expect(page.get_by_label("Complete: Letter")).to_be_focused()
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_label("Complete: Idle")).to_be_focused()
        await field(ann, letter, "project_id", home["id"])
        await page.get_by_role("button", name="Edit: Letter").click()
        await page.get_by_role("dialog").get_by_label("Title").fill("Letters")
        await page.keyboard.press("Enter")
        await expect(cards(page, "Home")).to_have_text(["Letters"])


class TestMonth:
    async def test_todos_change_their_day(self, ann: Person, sign_in: SignIn) -> None:
        todo = await ann.create("Letter", due_date=day(0), start_date=day(-1))
        page = await sign_in(ann)
        await page.get_by_label("Layout").select_option("month")
        await expect(cards(page, "Today")).to_have_text(["Letter"])
        await page.get_by_label("Complete: Letter").focus()
        await page.keyboard.press("Alt+ArrowRight")
        await expect(cards(page, "Tomorrow")).to_have_text(["Letter"])
        await expect(page.get_by_text(re.compile("“Letter” is now due on"))).to_be_visible()
        await expect(page.get_by_label("Complete: Letter")).to_be_focused()
        await field(ann, todo, "start_date", day(0))
        await drag(page, page.locator(".day-entry", has_text="Letter"), page.locator(f"td[data-day='{day(0)}']"))
        await field(ann, todo, "due_date", day(0))
        await page.get_by_role("button", name="No day").click()
        await expect(page.get_by_text("Every todo has a day.")).to_be_visible()

    async def test_by_touch_on_a_narrow_screen(self, ann: Person, sign_in: SignIn) -> None:
        todo = await ann.create("Letter", due_date=day(0))
        page = await sign_in(ann, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        await page.get_by_label("Layout").select_option("month")
        row = page.get_by_role("region", name="Today").locator("[data-row]")
        await expect(row).to_be_visible()
        other = day(1) if day(1)[:7] == day(0)[:7] else day(-1)
        await drag_by_touch(page, row.locator("[data-grip]"), page.locator(f"td[data-day='{other}']"))
        await field(ann, todo, "due_date", other)


class TestMove:
    async def test_a_place_is_chosen_without_dragging(self, ann: Person, sign_in: SignIn) -> None:
        home = (await ann.http.post("/api/projects", json={"name": "Home"})).json()
        parent = await ann.create("Move house", project_id=home["id"])
        todo = await ann.create("Boxes")
        page = await sign_in(ann, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        await page.get_by_role("button", name="Edit: Boxes").tap()
        await page.get_by_role("button", name="Move…").tap()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Project").select_option("Home")
        await dialog.get_by_label("Subtask of").select_option("Move house")
        await dialog.get_by_role("button", name="Move").tap()
        await field(ann, todo, "parent_id", parent["id"])
