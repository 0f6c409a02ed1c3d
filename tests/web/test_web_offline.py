"""The web app without a network: it starts, shows what it had, takes writes in every tab, and merges them."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

from .axe import assert_sound
from .conftest import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]
SignIn = Callable[..., Awaitable[Page]]
KEPT = """async () => {
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker?.active?.state !== 'activated') return null;
  const [found] = (await indexedDB.databases()).filter(({ name }) => name.startsWith('todobus-'));
  if (!found) return null;
  const open = indexedDB.open(found.name);
  await new Promise(resolve => { open.onsuccess = resolve; });
  const from = open.result.transaction(['todos', 'writes', 'facts']);
  const count = name => from.objectStore(name).count();
  const asked = [count('todos'), count('writes'), from.objectStore('facts').get('answers')];
  await new Promise(resolve => { from.oncomplete = resolve; });
  open.result.close();
  const [todos, writes, answers] = asked.map(({ result }) => result);
  const stats = answers?.find(({ queryKey: [name] }) => name === 'stats');
  return { todos, writes, counted: stats?.state.data.total };
}"""


async def keeps(page: Page, **counts: int) -> bool:
    """Whether the app starts without a network, with so many todos, unsent writes and todos that the figures count."""
    found = await page.evaluate(KEPT)
    return bool(found and counts.items() <= found.items())


async def titles(who: Person) -> list[str]:
    return sorted(todo["title"] for todo in (await who.http.get("/api/todos")).json())


async def add(page: Page, title: str) -> None:
    await page.get_by_label("New todo").fill(title)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label(f"Complete: {title}")).to_be_visible()


async def rename(page: Page, old: str, new: str) -> None:
    await page.get_by_role("button", name=f"Edit: {old}").click()
    await page.get_by_label("Title").fill(new)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label(f"Complete: {new}")).to_be_visible()


class TestOffline:
    async def test_starts_takes_writes_in_two_tabs_and_merges_them(
        self, ann: Person, browse: Browse, sign_in: SignIn
    ) -> None:
        milk, call = await ann.create("Buy milk"), await ann.create("Call home")
        await ann.http.post("/api/filters", json={"name": "Errands", "query": {"tag": ["errand"]}})
        page = await sign_in(ann)
        await expect(page.get_by_role("link", name="Errands")).to_be_visible()
        await wait_until(lambda: keeps(page, todos=2, counted=2), PATIENCE)
        await page.context.set_offline(offline=True)
        first, second = [await browse("/", context=page.context) for _ in range(2)]
        await page.close()
        await expect(first.locator("[data-stat=totals]")).to_have_text("0 of 2")
        await expect(first.get_by_role("link", name="Errands")).to_be_visible()
        await rename(first, "Buy milk", "Buy oat milk")
        await add(first, "from the first tab")
        await expect(second.get_by_label("Complete: from the first tab")).to_be_visible()
        await first.close()
        await second.get_by_label("Complete: Call home").check()
        await add(second, "from the second tab")
        await expect(second.get_by_text("· 4 to send").first).to_be_visible()

        await ann.http.patch(f"/api/todos/{milk['id']}", json={"title": "Buy soy milk"})
        await ann.http.patch(f"/api/todos/{call['id']}", json={"priority": "high"})
        await ann.create("from elsewhere")
        await second.context.set_offline(offline=False)

        async def merged() -> bool:
            found = (await ann.http.get(f"/api/todos/{call['id']}")).json()
            return bool(found["completed"] and found["priority"] == "high")

        await wait_until(merged, PATIENCE)
        await expect(second.get_by_label("Complete: from elsewhere")).to_be_visible()
        ours = ["from elsewhere", "from the first tab", "from the second tab"]
        assert await titles(ann) == sorted(["Buy soy milk", "Call home", *ours])
        await self._choose(second)
        await wait_until(lambda: self._has(ann, "Buy oat milk"), PATIENCE)
        assert len(await titles(ann)) == 5

    async def _choose(self, page: Page) -> None:
        """The newer title was kept; the one of here is taken."""
        await assert_sound(page, "changed in two places")
        await page.get_by_role("button", name="Look").click()
        await expect(page.get_by_role("button", name="Elsewhere · kept Buy soy milk")).to_be_visible()
        await assert_sound(page, "choosing a value")
        await page.get_by_role("button", name="Here Buy oat milk").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)

    async def _has(self, who: Person, title: str) -> bool:
        return title in await titles(who)

    async def test_is_forgotten_at_log_out(self, ann: Person, sign_in: SignIn) -> None:
        await ann.create("Secret")
        page = await sign_in(ann)
        await wait_until(lambda: keeps(page, todos=1, counted=1), PATIENCE)
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("button", name="Log out", exact=True).click()
        await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
        await wait_until(lambda: page.evaluate("async () => (await indexedDB.databases()).length === 0"), PATIENCE)
