"""What was written without a network outlives a crashed tab, the browser and the release of the app."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from local_cluster.launcher import web_build
from service_testing.system import Person, System, person
from service_testing.waiting import wait_until

from .conftest import CHROMIUM, PATIENCE, ROOT_NEEDS, log_in
from .test_web_offline import add, keeps, rename

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]
# All rows of the list are on the screen.
LARGE = {"width": 1280, "height": 16_000}
TASKS, ADDED, NEW_ELSEWHERE, CONFLICTS = 80, 60, 140, 10
NEXT = "todobus-next"
CACHES = "async () => caches.keys()"


@asynccontextmanager
async def browser_with(profile: Path, chromium: Browser, url: str, **options: Any) -> AsyncIterator[BrowserContext]:
    """A browser that keeps what it has in a folder."""
    context = await chromium.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ROOT_NEEDS, base_url=url, viewport=LARGE, **options
    )
    yield context
    await context.close()


async def crash(page: Page) -> None:
    inspector = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        gone = asyncio.create_task(inspector.send("Page.crash"))
    gone.cancel()
    await page.close()


class TestManyWrites:
    async def test_outlive_tab_and_browser_and_meet_changes_made_elsewhere(
        self, system: System, ann: Person, chromium: Browser, tmp_path: Path
    ) -> None:
        ids = await self._tasks(ann)
        async with browser_with(tmp_path, chromium, system.url) as context:
            page = await context.new_page()
            await page.goto("/login")
            await log_in(page, ann)
            await wait_until(lambda: keeps(page, todos=TASKS), PATIENCE)
            await context.set_offline(offline=True)
            second = await context.new_page()
            await second.goto("/")
            await self._write(page, "first", completed=range(25), renamed=range(50, 65))
            await expect(second.get_by_text("· 100 to send").first).to_be_visible()
            await crash(page)
            await self._write(second, "second", completed=range(25, 50), renamed=range(65, TASKS))
            await wait_until(lambda: keeps(second, writes=200), PATIENCE)

        await self._elsewhere(ann, ids)
        async with browser_with(tmp_path, chromium, system.url, offline=True) as context:
            page = await context.new_page()
            await page.goto("/")
            await expect(page.get_by_text("· 200 to send").first).to_be_visible()
            await expect(page.get_by_label("Complete: second 59")).to_be_visible()
            await context.set_offline(offline=False)
            await expect(page.get_by_text(f"{CONFLICTS} changes of yours met")).to_be_visible()
            await expect(page.locator("[data-live=live]").first).to_be_attached()
            await expect(page.get_by_label("Complete: elsewhere 139")).to_be_visible()
        await self._check(ann, ids)

    async def _tasks(self, who: Person) -> list[str]:
        answer = await who.http.post("/api/import", json=[{"title": f"task {number}"} for number in range(TASKS)])
        assert answer.json()["created"] == TASKS, answer.text
        by_title = {todo["title"]: todo["id"] for todo in await who.todos()}
        return [by_title[f"task {number}"] for number in range(TASKS)]

    async def _write(self, page: Page, tab: str, completed: range, renamed: range) -> None:
        for number in completed:
            await page.get_by_label(f"Complete: task {number}", exact=True).click()
        for number in renamed:
            await rename(page, f"task {number}", f"renamed {number}")
        for number in range(ADDED):
            await add(page, f"{tab} {number}")

    async def _elsewhere(self, who: Person, ids: list[str]) -> None:
        """300 changes, ten of them of a title that was changed here too."""
        for number in range(NEW_ELSEWHERE):
            await who.create(f"elsewhere {number}")
        changes = [({"priority": "high"}, ids), ({"description": "Seen"}, ids[:70])]
        changes += [({"title": f"theirs {50 + number}"}, [ids[50 + number]]) for number in range(CONFLICTS)]
        for fields, changed in changes:
            for todo_id in changed:
                assert (await who.http.patch(f"/api/todos/{todo_id}", json=fields)).is_success

    async def _check(self, who: Person, ids: list[str]) -> None:
        todos = {todo["id"]: todo for todo in await who.todos()}
        tasks = [todos.pop(todo_id) for todo_id in ids]
        assert all(task["completed"] for task in tasks[:50])
        assert not any(task["completed"] for task in tasks[50:])
        assert {task["priority"] for task in tasks} == {"high"}
        assert {task["description"] for task in tasks[:70]} == {"Seen"}
        titles = [f"task {number}" for number in range(50)]
        titles += [f"theirs {number}" for number in range(50, 50 + CONFLICTS)]
        titles += [f"renamed {number}" for number in range(50 + CONFLICTS, TASKS)]
        assert [task["title"] for task in tasks] == titles
        made = [change["todo"]["title"] for change in await who.changes() if change["type"] == "todo.created.v1"]
        for name, count in (("first", ADDED), ("second", ADDED), ("elsewhere", NEW_ELSEWHERE)):
            assert [title for title in made if title.startswith(name)] == [f"{name} {n}" for n in range(count)]
        assert len(todos) == 2 * ADDED + NEW_ELSEWHERE


class TestNewRelease:
    @pytest.fixture
    def release(self, tmp_path: Path) -> Path:
        """A copy of the app that a test may change."""
        built = web_build.current()
        assert built
        return Path(shutil.copytree(built, tmp_path / "web"))

    @pytest.fixture
    def own_system(self, tmp_path: Path, release: Path) -> Iterator[System]:
        environment = {"TODOBUS_WEB_ROOT": str(release)}
        system = System(tmp_path / "data", "--no-web", "--no-rate-limits", environment=environment)
        yield system
        assert system.stop() == 0, system.output()

    async def test_loses_none_of_what_waits(
        self, own_system: System, release: Path, chromium: Browser, tmp_path: Path
    ) -> None:
        await own_system.start()
        async with (
            person(own_system.url) as ann,
            browser_with(tmp_path / "profile", chromium, own_system.url) as context,
        ):
            old = await context.new_page()
            await old.goto("/login")
            await log_in(old, ann)
            await wait_until(lambda: keeps(old, todos=0), PATIENCE)
            await context.set_offline(offline=True)
            await add(old, "before the release")
            await self._publish(own_system, release)
            await context.route("**/api/todos**", lambda route: route.abort())
            await context.route("**/api/sync", lambda route: route.abort())
            await context.set_offline(offline=False)
            await old.reload()
            await add(old, "between the releases")
            await wait_until(lambda: self._worker_waits(old), PATIENCE)
            await old.goto("about:blank")
            await wait_until(lambda: self._worker_is_active(context), PATIENCE)  # no page of the app keeps the old one
            new = await context.new_page()
            await new.goto("/")
            await wait_until(lambda: self._is_kept(new), PATIENCE)
            await add(new, "after the release")
            await context.unroute_all()
            titles = ["before the release", "between the releases", "after the release"]

            async def sent() -> bool:
                return [change["todo"]["title"] for change in await ann.changes()] == titles

            await wait_until(sent, PATIENCE)

    async def _publish(self, system: System, release: Path) -> None:
        """Another release, in whose name a file has changed, is served by a gateway that starts with it."""
        script = release / "release.js"
        script.write_text(re.sub(r'"name":"[^"]+"', f'"name":"{NEXT}"', script.read_text(), count=1))
        await system.back("gateway", instead_of=system.kill("gateway"))

    async def _worker_waits(self, page: Page) -> bool:
        return bool(await page.evaluate("async () => !!(await navigator.serviceWorker.getRegistration()).waiting"))

    async def _worker_is_active(self, context: BrowserContext) -> bool:
        newest = context.service_workers[-1]
        return bool(await newest.evaluate("[RELEASE.name, self.serviceWorker.state].join()") == f"{NEXT},activated")

    async def _is_kept(self, page: Page) -> bool:
        return bool(await page.evaluate(CACHES) == [NEXT])
