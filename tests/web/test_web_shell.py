"""What the app is to a device: something to install, and something that does not move when asked not to."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import Person

from .conftest import log_in

pytestmark = pytest.mark.asyncio(loop_scope="session")
Open = Callable[..., Awaitable[Page]]

# Of every animation and transition that runs from now on, the longest: milliseconds.
WATCH_MOTION = """() => {
  window.longest = 0;
  const look = () => {
    for (const { effect } of document.getAnimations()) {
      const { duration, delay } = effect.getComputedTiming();
      window.longest = Math.max(window.longest, duration + delay);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


async def test_it_can_be_installed(browse: Open) -> None:
    page = await browse("/login")
    inspector = await page.context.new_cdp_session(page)
    found = await inspector.send("Page.getInstallabilityErrors")
    errors = {error["errorId"] for error in found["installabilityErrors"]}
    assert errors <= {"in-incognito"}  # which every profile of a test is
    manifest = await inspector.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"display":"standalone"' in manifest["data"].replace(" ", "")


async def test_a_link_is_followed_after_the_log_in(ann: Person, browse: Open) -> None:
    todo = await ann.create("Water the plants")
    page = await browse(f"/?todo={todo['id']}")
    await expect(page).to_have_url(re.compile("/login$"))
    await log_in(page, ann)
    await expect(page.get_by_label("Title")).to_have_value("Water the plants")


@pytest.mark.parametrize(("wish", "longest_ms"), [("no-preference", None), ("reduce", 1)])
async def test_motion_is_as_reduced_as_asked_for(
    ann: Person, sign_in: Open, wish: str, longest_ms: float | None
) -> None:
    await ann.create("Water the plants")
    page = await sign_in(ann, reduced_motion=wish)
    await page.evaluate(WATCH_MOTION)
    await page.get_by_label("Complete: Water the plants").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    longest = await page.evaluate("() => window.longest")
    assert longest <= longest_ms if longest_ms else longest > 100
