"""What axe finds: nothing, in every view, state and dialog, in both themes, on a wide and on the narrowest screen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from notifications_service.examples import ATTEMPT, WEBHOOK
from service_testing.system import PASSWORD, Person, System

from .axe import assert_sound
from .test_web_security import refuse

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]
SignIn = Callable[..., Awaitable[Page]]


def day(distance: int) -> str:
    return (datetime.now(UTC) + timedelta(days=distance)).date().isoformat()


async def fill(who: Person) -> None:
    """Todos of every kind: late, due, urgent, described, tagged, done and thrown away."""
    await who.create("late", due_date=day(-2), priority="urgent", tags=["home", "errands"])
    await who.create("a title that is far too long for a narrow screen " * 3, description="notes", priority="low")
    await who.create("due today", due_date=day(0), due_time="23:59", priority="high")
    await who.create("due later", due_date=day(3), priority="medium")
    done, gone = await who.create("done", tags=["home"]), await who.create("gone")
    await who.http.post(f"/api/todos/{done['id']}/complete")
    await who.http.delete(f"/api/todos/{gone['id']}")


@asynccontextmanager
async def dialog(page: Page) -> AsyncIterator[None]:
    await expect(page.get_by_role("dialog")).to_be_visible()
    yield
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


class TestAccessibility:
    async def test_signed_out(self, browse: Browse) -> None:
        page = await browse("/register")
        await assert_sound(page, "sign up")
        await page.get_by_role("link", name="Log in").click()
        await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
        await assert_sound(page, "log in")
        await page.get_by_label("Email").fill("nobody@example.com")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("alert").first).to_be_visible()
        await assert_sound(page, "log in, refused")
        await page.goto("/nowhere")
        await assert_sound(page, "not found")

    async def test_signed_in(self, ann: Person, sign_in: SignIn) -> None:
        """One page for all of it: axe is slow where it is new."""
        page = await sign_in(ann)
        await assert_sound(page, "todos, empty")
        await fill(ann)
        await self._todos(page)
        await self._projects(page)
        await self._layouts(page)
        await self._filters(page)
        await self._other_views(page)
        await self._past(page)
        await self._other_pages(page)
        await self._notifications(ann, page)
        await self._security(page)
        await self._failures(page)

    async def test_administration(self, system: System, ann: Person, sign_in: SignIn) -> None:
        system.command("users", "promote", ann.email)
        page = await sign_in(ann)
        await page.goto("/admin")
        await page.get_by_label("Search accounts").fill(ann.email[:4])
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Invite").click()
        await expect(page.get_by_role("button", name="Withdraw").first).to_be_visible()
        await assert_sound(page, "administration")

    async def _todos(self, page: Page) -> None:
        await expect(page.get_by_label("Complete: due later")).to_be_visible()
        await assert_sound(page, "todos")
        await page.get_by_role("button", name="Edit: late").click()
        await page.get_by_text("History").click()
        await expect(page.get_by_text("Created").first).to_be_visible()
        await page.get_by_label("Repeats").select_option("custom")
        await page.get_by_label("Unit").select_option("weeks")
        await page.get_by_role("button", name="The day before, 09:00").click()
        await page.get_by_role("button", name="Other time").click()
        await page.get_by_label("New subtask").fill("part of it")
        await page.keyboard.press("Enter")
        await assert_sound(page, "todos, editing")
        await page.keyboard.press("Escape")
        await page.get_by_label("Sort").select_option("position")
        await page.get_by_role("button", name="Select", exact=True).click()
        await page.get_by_label("Select: late").check()
        await expect(page.get_by_text("1 selected")).to_be_visible()
        await assert_sound(page, "todos, selecting")
        await page.keyboard.press("Escape")
        await page.get_by_label("Complete: due today").check()
        await expect(page.get_by_role("button", name="Undo")).to_be_visible()
        await page.get_by_label("Search").fill("no such thing")
        await expect(page.get_by_text("Nothing found")).to_be_visible()
        await assert_sound(page, "todos, nothing found, with a notice")

    async def _projects(self, page: Page) -> None:
        await page.get_by_role("link", name="Inbox").first.click()
        await page.get_by_role("button", name="New project").first.click()
        async with dialog(page):
            await assert_sound(page, "new project")
            await page.get_by_label("Name").fill("Household")
            await page.get_by_role("radio", name="teal").check(force=True)
            await page.get_by_role("button", name="Create").click()
        await expect(page.get_by_text("Nothing open in here")).to_be_visible()
        await assert_sound(page, "an empty project")
        await page.get_by_label("New todo").fill("Sweep tomorrow 5pm every week !high #floor ~household // all of it")
        await expect(page.get_by_role("button", name="Take back project")).to_be_visible()
        await assert_sound(page, "quick add, with parts")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_label("Complete: Sweep")).to_be_visible()
        await assert_sound(page, "a project")
        await page.get_by_role("button", name="Edit project: Household").click()
        async with dialog(page):
            await assert_sound(page, "editing a project")

    async def _filters(self, page: Page) -> None:
        await page.get_by_role("link", name="Todos").first.click()
        await page.get_by_label("Priority", exact=True).select_option("urgent")
        await page.get_by_role("button", name="Save as a filter").click()
        async with dialog(page):
            await assert_sound(page, "saving a filter")
            await page.get_by_role("button", name="Save", exact=True).click()
        await page.get_by_role("button", name="Edit filter: !urgent").click()
        async with dialog(page):
            await assert_sound(page, "editing a filter")
        await assert_sound(page, "a saved filter")

    async def _layouts(self, page: Page) -> None:
        await page.get_by_role("link", name="Todos").first.click()
        for layout, part in (("projects", ".board-card"), ("priorities", ".board-card"), ("month", ".month")):
            await page.get_by_label("Layout").select_option(layout)
            await expect(page.locator(part).first).to_be_visible()
            await assert_sound(page, f"todos, {layout}")
        await page.get_by_label("Layout").select_option("priorities")
        await page.get_by_role("button", name="Edit: late").click()
        async with dialog(page):
            await assert_sound(page, "editing a card")
        await page.get_by_label("Layout").select_option("list")
        await page.get_by_label("Complete: late").hover()
        await page.get_by_role("button", name="Move: late").click()
        async with dialog(page):
            await assert_sound(page, "moving a todo")

    async def _other_views(self, page: Page) -> None:
        for view in ("Today", "Upcoming", "Completed", "Trash"):
            await page.get_by_role("link", name=view).first.click()
            await expect(page.get_by_role("list", name=view, exact=True)).to_be_visible()
            await assert_sound(page, view)
        await page.locator("[data-row]", has_text="gone").hover()
        await page.get_by_role("button", name="Delete for good: gone").click()
        async with dialog(page):
            await assert_sound(page, "asking before deleting")
        await page.keyboard.press("?")
        async with dialog(page):
            await assert_sound(page, "shortcuts")

    async def _past(self, page: Page) -> None:
        await page.get_by_role("link", name="Journal").first.click()
        await expect(page.get_by_role("button", name="Undo: Created project “Household”")).to_be_visible()
        await page.get_by_role("button", name="You, here").click()
        await assert_sound(page, "the journal, of one")
        await page.get_by_role("button", name="Undo all since: ").first.click()
        async with dialog(page):
            await assert_sound(page, "asking before undoing everything")
        await page.get_by_role("link", name="as it was before this").last.click()
        await expect(page.get_by_role("button", name="Bring this back")).to_be_enabled()
        await assert_sound(page, "any day")
        await page.get_by_role("button", name="Bring this back").click()
        async with dialog(page):
            await expect(page.get_by_role("list", name="What changes")).to_be_visible()
            await assert_sound(page, "asking before bringing a day back")
        await page.evaluate("localStorage.setItem('todobus.seen', Date.now() - 2 * 86_400_000)")
        await page.goto("/")
        await expect(page.get_by_role("complementary", name="While you were away")).to_be_visible()
        await assert_sound(page, "todos, after a day")

    async def _other_pages(self, page: Page) -> None:
        await page.get_by_role("link", name="Stats").first.click()
        await expect(page.locator("[data-stat=rate]")).to_be_visible()
        await assert_sound(page, "stats")
        await page.get_by_role("link", name="Settings").first.click()
        await expect(page.get_by_label("Daily goal")).to_be_visible()
        await assert_sound(page, "settings")
        await page.get_by_role("button", name="Delete account").click()
        async with dialog(page):
            await assert_sound(page, "deleting the account")
        await page.get_by_role("link", name="Notifications", exact=True).last.click()
        await page.get_by_label("Do not disturb").check()
        await page.get_by_role("button", name="Send a test").click()
        await expect(page.get_by_text("nowhere to send it to")).to_be_visible()
        await assert_sound(page, "settings of notifications")
        await page.get_by_role("link", name="Webhooks").click()
        await expect(page.get_by_text("No webhooks yet")).to_be_visible()
        await assert_sound(page, "webhooks, none")
        await page.get_by_role("button", name="New webhook").click()
        await page.get_by_label("About").select_option("some")
        await assert_sound(page, "a new webhook")
        await page.route("**/api/webhooks", lambda route: route.fulfill(json=[WEBHOOK]))
        await page.route("**/api/webhooks/*/deliveries", lambda route: route.fulfill(json=[ATTEMPT]))
        await page.reload()
        await page.get_by_text("Deliveries").click()
        await page.get_by_role("button", name="Replay from change 17").click()
        async with dialog(page):
            await assert_sound(page, "webhooks, delivering again")
        await assert_sound(page, "webhooks")

    async def _notifications(self, ann: Person, page: Page) -> None:
        bell = page.get_by_role("link", name="Notifications").first
        await bell.click()
        await expect(page.get_by_text("Nothing has fired yet")).to_be_visible()
        await assert_sound(page, "notifications, empty")
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        await ann.create("due now", due_date=day(0), reminders=[{"at": soon}])
        await expect(page.get_by_role("main").get_by_role("link", name="due now")).to_be_visible()
        await assert_sound(page, "notifications, with a notice")

    async def _security(self, page: Page) -> None:
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("link", name="Security").click()
        await page.get_by_role("button", name="Set up").click()
        await expect(page.get_by_role("img", name="QR code")).to_be_visible()
        await assert_sound(page, "security")
        await page.route("**/api/tokens", refuse)
        await page.get_by_label("Name of a new token").fill("Script")
        await page.get_by_role("button", name="Create token").click()
        async with dialog(page):
            await assert_sound(page, "asking who it is")

    async def _failures(self, page: Page) -> None:
        await forget_copy(page)
        await page.route("**/api/todos?*", fail)
        await page.route("**/api/stats**", fail)
        await page.goto("/")
        await expect(page.get_by_text("Your todos did not load")).to_be_visible()
        await assert_sound(page, "todos, failing")
        await page.get_by_role("link", name="Stats").first.click()
        await expect(page.get_by_text("Statistics are paused")).to_be_visible()
        await assert_sound(page, "stats, failing")


async def forget_copy(page: Page) -> None:
    """Without the browser's copy of the todos, they have to be loaded."""
    origin = await page.evaluate("() => location.origin")
    await page.goto("about:blank")
    inspector = await page.context.new_cdp_session(page)
    await inspector.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})
    await inspector.detach()


async def fail(route: Route) -> None:
    await route.fulfill(status=500, content_type="application/problem+json", body='{"status": 500}')
