"""Saved filters in the web app."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]


async def names(who: Person) -> list[str]:
    return [saved["name"] for saved in (await who.http.get("/api/filters")).json()]


class TestFilters:
    async def test_from_saving_one_to_deleting_it(self, ann: Person, sign_in: SignIn) -> None:
        await ann.create("Buy milk", tags=["errands"], priority="high")
        await ann.create("Call Ann", tags=["home"])
        await ann.http.post("/api/filters", json={"name": "At home", "query": {"tag": ["home"]}})
        page = await sign_in(ann)
        await self._save(page)
        await self._open_and_order(page)
        await wait_until(lambda: self._are(ann, ["Errands", "At home"]))
        await self._rename_and_delete(page)
        await wait_until(lambda: self._are(ann, ["Shopping", "At home"]))

    async def _save(self, page: Page) -> None:
        await page.get_by_role("link", name="errands").first.click()
        await page.get_by_label("Priority").first.select_option("high")
        await page.get_by_role("button", name="Save as a filter").click()
        await expect(page.get_by_label("Name")).to_have_value("#errands !high")
        await page.get_by_label("Name").fill("Errands")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Edit filter: Errands")).to_be_visible()

    async def _open_and_order(self, page: Page) -> None:
        side = page.get_by_role("region", name="Filters")
        await side.get_by_role("link", name="At home").click()
        await expect(page.get_by_role("button", name="Edit: ")).to_have_text(["Call Ann"])
        await side.get_by_role("link", name="Errands").focus()
        await page.keyboard.press("Alt+ArrowUp")
        await expect(side.get_by_role("link")).to_have_text(["Errands", "At home"])
        await expect(page.get_by_text("“Errands” is now before “At home”")).to_be_visible()
        await expect(side.get_by_role("link", name="Errands")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Edit: ")).to_have_text(["Buy milk"])
        await expect(side.get_by_role("link", name="Errands")).to_have_attribute("aria-current", "page")

    async def _rename_and_delete(self, page: Page) -> None:
        await page.get_by_role("button", name="Edit filter: Errands").click()
        await page.get_by_label("Name").fill("Shopping")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Edit filter: Shopping").click()
        await page.get_by_role("button", name="Delete the filter").click()
        await expect(page.get_by_role("button", name="Save as a filter")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("button", name="Edit filter: Shopping")).to_be_visible()

    async def _are(self, ann: Person, wanted: list[str]) -> bool:
        return await names(ann) == wanted
