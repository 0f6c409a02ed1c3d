"""The way of one person through the whole app: by mouse, and by keyboard alone."""

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from service_testing.system import PASSWORD, Person, System
from service_testing.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]
MOST_TABS = 60


def titles(page: Page, name: str = "Todos") -> object:
    return page.get_by_role("list", name=name, exact=True).get_by_role("button", name="Edit: ")


async def add(page: Page, line: str) -> None:
    await page.get_by_label("New todo").fill(line)
    await page.get_by_role("button", name="Add", exact=True).click()


async def slow_down(page: Page, latency: int) -> None:
    """Each answer comes that many milliseconds later."""
    network = await page.context.new_cdp_session(page)
    await network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1},
    )


class TestByMouse:
    async def test_from_sign_up_to_log_out(self, browse: Browse) -> None:
        page = await browse("/")
        await page.wait_for_url("**/login")
        await page.get_by_role("link", name="Create an account").click()
        await self._sign_up(page)
        await self._write_down(page)
        await self._edit(page)
        await self._complete_and_undo(page)
        await self._throw_away_and_restore(page)
        await self._look_at_the_numbers(page)
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("button", name="Log out", exact=True).click()
        await page.wait_for_url("**/login")
        await page.goto("/")
        await page.wait_for_url("**/login")

    async def _sign_up(self, page: Page) -> None:
        await page.get_by_label("Name").fill("Mia")
        await page.get_by_label("Email").fill(f"{secrets.token_hex(6)}@example.com")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_text("Your list is empty")).to_be_visible()

    async def _write_down(self, page: Page) -> None:
        for line in ("Buy milk #home", "Call Ann !high @tomorrow", "Water the plants @today"):
            await add(page, line)
        await expect(titles(page)).to_have_text(["Water the plants", "Call Ann", "Buy milk"])
        await page.get_by_label("Search").fill("ann")
        await expect(titles(page)).to_have_text(["Call Ann"])
        await page.get_by_label("Search").fill("")
        await page.get_by_role("link", name="Today").first.click()
        await expect(titles(page, "Today")).to_have_text(["Water the plants"])
        await page.get_by_role("region", name="Tags").get_by_role("link", name="home").click()
        await expect(titles(page, "#home")).to_have_text(["Buy milk"])
        await page.go_back()
        await expect(titles(page, "Today")).to_have_text(["Water the plants"])
        await page.get_by_role("link", name="Todobus, home").click()

    async def _edit(self, page: Page) -> None:
        await page.get_by_role("button", name="Edit: Buy milk").click()
        await page.get_by_label("Title").fill("Buy oat milk")
        await page.get_by_label("Notes").fill("Two litres")
        form = page.get_by_role("form", name="Edit Buy milk")
        await form.get_by_label("Priority").select_option("urgent")
        await page.get_by_role("button", name="Save").click()
        await expect(titles(page).first).to_have_text("Water the plants")
        await page.get_by_role("button", name="Edit: Buy oat milk").click()
        await page.get_by_text("History").click()
        await expect(page.get_by_text("Renamed “Buy milk” to “Buy oat milk”")).to_be_visible()
        await page.get_by_role("button", name="Cancel").click()

    async def _complete_and_undo(self, page: Page) -> None:
        box = page.get_by_label("Complete: Water the plants")
        await box.click()
        await page.get_by_role("button", name="Undo").click()
        await expect(box).not_to_be_checked()
        await box.click()
        await expect(titles(page)).to_have_count(2)
        await page.get_by_role("link", name="Completed").first.click()
        await expect(titles(page, "Completed")).to_have_text(["Water the plants"])

    async def _throw_away_and_restore(self, page: Page) -> None:
        await page.get_by_role("link", name="Todos").first.click()
        await page.get_by_text("Call Ann").hover()
        await page.get_by_role("button", name="Delete: Call Ann").click()
        await expect(titles(page)).to_have_text(["Buy oat milk"])
        await page.get_by_role("link", name="Trash").first.click()
        await titles(page, "Trash").hover()  # not the notice of the deletion, which names it too
        await page.get_by_role("button", name="Restore: Call Ann").click()
        await expect(page.get_by_text("The trash is empty")).to_be_visible()

    async def _look_at_the_numbers(self, page: Page) -> None:
        await page.get_by_role("link", name="Upcoming").first.click()
        await expect(titles(page, "Upcoming")).to_have_text(["Call Ann"])
        await page.get_by_role("link", name="Stats").first.click()
        await expect(page.locator("[data-stat=rate]")).to_have_text("33%")
        await expect(page.locator("[data-stat=today]")).to_have_text("1")
        await expect(page.locator("[data-stat=streak]")).to_have_text("1")
        await page.go_back()
        await expect(titles(page, "Upcoming")).to_have_text(["Call Ann"])


class TestByKeyboard:
    @pytest.mark.parametrize("latency", [0, 400])
    async def test_everything_without_a_mouse(self, browse: Browse, latency: int) -> None:
        page = await browse("/register")
        await slow_down(page, latency)
        keys = page.keyboard
        await expect(page.get_by_label("Name")).to_be_focused()
        for text in ("Mia", f"{secrets.token_hex(6)}@example.com", PASSWORD):
            await keys.type(text)
            await keys.press("Tab")
        await keys.press("Enter")
        await expect(page.get_by_text("Your list is empty")).to_be_visible()
        await keys.press("n")
        for line in ("first", "second !high #work", "third"):
            await keys.type(line)
            await keys.press("Enter")
        await expect(titles(page)).to_have_text(["third", "second", "first"])
        await keys.press("Escape")
        await self._walk_and_change(page)
        await self._find_and_go(page)

    async def _walk_and_change(self, page: Page) -> None:
        keys = page.keyboard
        await keys.press("j")
        await expect(page.get_by_label("Complete: third")).to_be_focused()
        await keys.press("j")
        await keys.press("e")
        await expect(page.get_by_label("Title")).to_be_focused()
        await keys.press("End")
        await keys.type(" one")
        await keys.press("Enter")
        await expect(page.get_by_label("Complete: second one")).to_be_focused()
        await keys.press("x")
        await expect(titles(page)).to_have_text(["third", "first"])
        await expect(page.get_by_label("Complete: first")).to_be_focused()
        await keys.press("#")
        await expect(titles(page)).to_have_text(["third"])
        await expect(page.get_by_label("Complete: third")).to_be_focused()
        await keys.press("u")
        await keys.press("u")
        await expect(titles(page)).to_have_text(["third", "second one", "first"])

    async def _find_and_go(self, page: Page) -> None:
        keys = page.keyboard
        await keys.press("/")
        await keys.type("one")
        await expect(titles(page)).to_have_text(["second one"])
        await keys.press("Escape")
        await keys.press("Escape")
        await keys.press("?")
        await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        await keys.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await keys.press("g")
        await keys.press("s")
        await expect(page.get_by_role("heading", name="Stats")).to_be_visible()
        await keys.press("g")
        await keys.press(",")
        await expect(page.get_by_role("heading", name="Settings")).to_be_visible()
        for _ in range(MOST_TABS):
            await keys.press("Tab")
            if await page.evaluate("() => document.activeElement.textContent") == "Log out":
                break
        await expect(page.get_by_role("button", name="Log out", exact=True)).to_be_focused()
        await keys.press("Enter")
        await page.wait_for_url("**/login")


class TestRecovery:
    async def test_a_forgotten_password_is_set_anew(self, ann: Person, browse: Browse, system: System) -> None:
        page = await browse("/login")
        await page.get_by_role("link", name="Forgot your password?").click()
        await page.get_by_label("Email").fill(ann.email)
        await page.get_by_role("button", name="Send the link").click()
        await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
        link = await wait_until(lambda: _link_of(system.data_dir / "mail", ann.email, "/reset-password"))

        page = await browse(link)
        await page.get_by_label("New password").fill("a new and private sentence")
        await page.get_by_role("button", name="Set the password").click()
        await expect(page.get_by_role("heading", name="Your password is set")).to_be_visible()
        await page.get_by_role("link", name="Log in").click()
        await page.get_by_label("Email").fill(ann.email)
        await page.get_by_label("Password").fill("a new and private sentence")
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Todos", exact=True)).to_be_visible()

        page = await browse(link)
        await page.get_by_label("New password").fill("yet another private sentence")
        await page.get_by_role("button", name="Set the password").click()
        await expect(page.get_by_role("heading", name="This link is dead")).to_be_visible()


def _link_of(folder: Path, address: str, path: str) -> str | None:
    """The path of a mail's link, with its token."""
    for file in folder.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        if address in message["to"] and (found := re.search(rf"{path}#token=\S+", text)):
            return found[0]
    return None


class TestSettings:
    async def test_the_profile_is_kept(self, ann: Person, sign_in: Browse) -> None:
        page = await sign_in(ann)
        await page.goto("/settings")
        await page.get_by_label("Name", exact=True).fill("Annika")
        await page.get_by_label("Time zone").select_option("Asia/Tokyo")
        await page.get_by_label("Daily goal").fill("3")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved")).to_be_visible()
        user = (await ann.http.get("/api/users/me")).json()
        assert (user["display_name"], user["time_zone"], user["daily_goal"]) == ("Annika", "Asia/Tokyo", 3)

    async def test_what_export_writes_import_takes(self, ann: Person, sign_in: Browse, tmp_path: Path) -> None:
        await ann.create("kept", tags=["home"])
        page = await sign_in(ann)
        await page.goto("/settings")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Export JSON").click()
        file = tmp_path / "todos.json"
        await (await download.value).save_as(file)
        assert [row["title"] for row in json.loads(file.read_text())] == ["kept"]
        file.write_text(json.dumps([{"title": "brought along"}]))
        await page.get_by_label("Import a JSON or CSV file").set_input_files(file)
        await expect(page.get_by_text("1 created")).to_be_visible()
        assert len(await ann.todos()) == 1
        await page.get_by_role("button", name="Import", exact=True).click()
        await expect(page.get_by_text("Imported: 1 created")).to_be_visible()
        await page.goto("/")
        await expect(titles(page)).to_have_text(["brought along", "kept"])

    async def test_the_account_is_deleted(self, ann: Person, sign_in: Browse) -> None:
        page = await sign_in(ann)
        await page.goto("/settings")
        await page.get_by_role("button", name="Delete account").click()
        dialog = page.get_by_role("dialog", name="Delete your account?")
        await dialog.get_by_label("Password").fill("wrong password here")
        await dialog.get_by_role("button", name="Delete everything").click()
        await expect(dialog.get_by_text("This is not your password.")).to_be_visible()
        await dialog.get_by_label("Password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Delete everything").click()
        await page.wait_for_url("**/login")
        answer = await ann.http.post("/api/auth/login", json={"email": ann.email, "password": PASSWORD})
        assert answer.status_code == 401
