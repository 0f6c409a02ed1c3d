"""Projects in the web app, and the line that makes todos in them."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from service_testing.system import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]


def titles(page: Page, name: str = "Todos") -> Locator:
    return page.get_by_role("list", name=name, exact=True).get_by_role("button", name="Edit: ")


async def add(page: Page, line: str) -> None:
    await page.get_by_label("New todo").fill(line)
    await page.get_by_role("button", name="Add", exact=True).click()


async def make_project(page: Page, name: str, color: str) -> None:
    await page.get_by_role("button", name="New project").first.click()
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("radio", name=color).check(force=True)
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


class TestProjects:
    async def test_from_making_one_to_bringing_it_back(self, ann: Person, sign_in: Browse) -> None:
        page = await sign_in(ann)
        await make_project(page, "Household", "teal")
        await expect(page.get_by_text("Nothing open in here")).to_be_visible()
        await self._add(page)
        await self._change(page)
        await self._delete_and_restore(page)
        [project] = (await ann.http.get("/api/projects")).json()
        assert (project["name"], project["color"], project["archived"]) == ("Home", "teal", True)

    async def _add(self, page: Page) -> None:
        side = page.get_by_role("region", name="Projects")
        await add(page, "Sweep the floor")
        await expect(titles(page, "Household")).to_have_text(["Sweep the floor"])
        await page.get_by_role("link", name="Inbox").first.click()
        await add(page, "Call Ann")
        await add(page, "Buy milk ~household")
        await expect(titles(page, "Inbox")).to_have_text(["Call Ann"])
        await expect(side.get_by_role("link", name="Household 2")).to_be_visible()
        await page.get_by_role("button", name="Edit: Call Ann").click()
        await page.get_by_role("combobox", name="Project").select_option("Household")
        await page.get_by_role("button", name="Save").click()
        await side.get_by_role("link", name="Household 3").click()
        await expect(titles(page, "Household")).to_have_count(3)

    async def _change(self, page: Page) -> None:
        await page.get_by_role("button", name="Edit project: Household").click()
        await page.get_by_label("Name").fill("Home")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Edit project: Home").click()
        await page.get_by_role("button", name="Archive").click()
        side = page.get_by_role("region", name="Projects")
        await expect(side.get_by_role("link", name="Home")).to_be_hidden()
        await side.get_by_text("1 archived").click()
        await expect(side.get_by_role("link", name="Home 3")).to_be_visible()

    async def _delete_and_restore(self, page: Page) -> None:
        await page.get_by_role("button", name="Edit project: Home").click()
        await page.get_by_role("button", name="Delete with its todos").click()
        await expect(page.get_by_text("Your list is empty").or_(page.get_by_text("All done"))).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(titles(page)).to_have_count(3)

    async def test_another_browser_sees_it_at_once(self, ann: Person, sign_in: Browse) -> None:
        page = await sign_in(ann)
        made = await ann.http.post("/api/projects", json={"name": "From elsewhere"})
        link = page.get_by_role("region", name="Projects").get_by_role("link", name="From elsewhere")
        await link.click()
        await expect(page.get_by_role("heading", name="From elsewhere")).to_be_visible()
        await ann.http.delete(f"/api/projects/{made.json()['id']}")
        await expect(link).to_have_count(0)


class TestQuickAdd:
    async def test_what_was_read_is_taken_back_by_keyboard(self, ann: Person, sign_in: Browse) -> None:
        page = await sign_in(ann)
        keys = page.keyboard
        await keys.press("n")
        await keys.type("Watch Friday tomorrow 5pm every week !high #film")
        parts = page.get_by_role("list", name="Read from the line").get_by_role("button")
        await expect(parts).to_have_count(5)
        await keys.press("Tab")
        await keys.press("Tab")
        await expect(page.get_by_role("button", name="Take back day")).to_be_focused()
        await keys.press("Enter")
        await expect(page.get_by_label("New todo")).to_be_focused()
        await expect(page.get_by_label("New todo")).to_have_value(re.compile('"Friday" tomorrow'))
        async with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            await keys.press("Enter")
            await expect(titles(page)).to_have_text(["Watch Friday"])
        todo = await (await answered.value).json()
        assert (todo["due_time"], todo["priority"], todo["tags"]) == ("17:00", "high", ["film"])
        assert todo["recurrence"] == {"rule": "FREQ=WEEKLY", "mode": "schedule"}
