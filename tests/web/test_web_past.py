"""Undo, the journal, versions and any day in the web app."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]


async def title_is(who: Person, todo: dict[str, str], title: str) -> None:
    async def is_so() -> bool:
        return bool((await who.http.get(f"/api/todos/{todo['id']}")).json()["title"] == title)

    await wait_until(is_so)


class TestUndo:
    async def test_by_keys_in_the_journal_and_by_versions(self, ann: Person, sign_in: SignIn) -> None:
        todo = await ann.create("Buy milk")
        page = await sign_in(ann)
        await self._rename(page, "Buy milk", "Buy oat milk")
        await title_is(ann, todo, "Buy oat milk")
        await page.keyboard.press("Control+z")
        await expect(page.get_by_role("button", name="Edit: Buy milk")).to_be_visible()
        await title_is(ann, todo, "Buy milk")
        await page.keyboard.press("Control+Shift+z")
        await expect(page.get_by_role("button", name="Edit: Buy oat milk")).to_be_visible()
        await title_is(ann, todo, "Buy oat milk")
        await self._in_the_journal(page)
        await title_is(ann, todo, "Buy milk")
        await page.keyboard.press("g")
        await page.keyboard.press("l")
        await self._back_to(page, "Buy milk", "Renamed “Buy milk” to “Buy oat milk”")
        await title_is(ann, todo, "Buy oat milk")

    async def _rename(self, page: Page, old: str, new: str) -> None:
        await page.get_by_role("button", name=f"Edit: {old}").click()
        await page.get_by_label("Title").fill(new)
        await page.keyboard.press("Enter")
        await expect(page.get_by_label(f"Complete: {new}")).to_be_focused()

    async def _in_the_journal(self, page: Page) -> None:
        await page.keyboard.press("g")
        await page.keyboard.press("j")
        await expect(page.get_by_text("Created todo “Buy milk”")).to_be_visible()
        await page.get_by_role("button", name="Undo: Updated todo “Buy oat milk”").click()
        await expect(page.get_by_role("button", name="Redo: Updated todo “Buy oat milk”")).to_be_visible()

    async def _back_to(self, page: Page, title: str, version: str) -> None:
        await page.get_by_role("button", name=f"Edit: {title}").click()
        await page.get_by_text("History").click()
        await page.get_by_role("button", name=f"Back to this: {version}").first.click()


class TestAnyDay:
    async def test_shows_how_it_was_and_brings_it_back(self, ann: Person, sign_in: SignIn) -> None:
        gone = await ann.create("one", tags=["home"])
        await ann.create("two")
        await ann.http.delete(f"/api/todos/{gone['id']}")
        page = await sign_in(ann)
        await page.get_by_role("link", name="Journal").first.click()
        await page.locator("li", has_text="Deleted todo “one”").get_by_role("link").click()
        await expect(page.get_by_role("list", name="As it was").get_by_role("listitem")).to_have_count(2)
        await expect(page.locator("[data-stat=past-open]")).to_have_text("2")
        await page.get_by_role("button", name="Bring this back").click()
        await expect(page.get_by_role("list", name="What changes")).to_have_text("1 come back from the trash")
        await page.get_by_role("button", name="Bring back", exact=True).click()
        await expect(page.get_by_label("Complete: one")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_label("Complete: one")).to_have_count(0)
