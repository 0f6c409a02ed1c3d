"""A real Chromium in front of the real system, with the web app served by its gateway."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

from local_cluster.launcher import web_build
from service_testing.system import PASSWORD, Person, RunningSystem, System, person, running_system

UNWANTED = bool(os.environ.get("NO_BROWSER"))
BROWSERS = () if UNWANTED else ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
WITHOUT = "NO_BROWSER is set" if UNWANTED else "needs chromium (apt-get install chromium)"
# What a browser writes for each answer of 400 or more, which may be what the test wants, and where it looks for a newer
# service worker without a network.
NETWORK_NOISE = ("Failed to load resource", "An unknown error occurred when fetching the script")
ROOT_NEEDS = ["--no-sandbox"] if os.geteuid() == 0 else []
PATIENCE = 30.0  # seconds: beside other work a browser can be slow
expect.set_options(timeout=PATIENCE * 1000)

Browse = Callable[..., Awaitable[Page]]
SignIn = Callable[..., Awaitable[Page]]


def named(url: str) -> str:
    """The address by a name, which passkeys need."""
    return url.replace("127.0.0.1", "localhost")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them one after the other: they share a browser and a system."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.web)
            item.add_marker(pytest.mark.xdist_group("web"))
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT))


@pytest.fixture(scope="session")
def shared_web_system(session_folder: Path) -> Iterator[System | RunningSystem]:
    if elsewhere := running_system():
        yield elsewhere
        return
    if web_build.current() is None:
        pytest.skip("the web app is not built as its sources are (make web, which needs Node)")
    allowed = {"TODOBUS_WEBHOOK_ALLOW": "127.0.0.0/8"}
    system = System(session_folder / "web" / "data", "--no-rate-limits", environment=allowed)
    yield system
    assert system.stop() == 0, system.output()


@pytest_asyncio.fixture(loop_scope="session")
async def system(shared_web_system: System | RunningSystem) -> System | RunningSystem:
    if shared_web_system.launcher is None:
        await shared_web_system.start()
    return shared_web_system


@pytest_asyncio.fixture(loop_scope="session")
async def ann(system: System) -> AsyncIterator[Person]:
    async with person(system.url) as user:
        yield user


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ROOT_NEEDS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browse(chromium: Browser, system: System) -> AsyncIterator[Browse]:
    """Opens pages, each in a browser profile of its own unless a context is given.

    A page that logs an error, throws, breaks its security policy or asks another host for anything fails the test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NETWORK_NOISE):
            problems.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((system.url, named(system.url), "blob:", "data:")):
            problems.append(f"asked {request.url}")

    async def open_page(path: str = "/", context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = await chromium.new_context(base_url=system.url, **options)
            contexts.append(context)
        page = await context.new_page()
        page.on("console", said)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", asked)
        await page.goto(path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not problems


async def log_in(page: Page, who: Person) -> None:
    """On the page to log in, as a person would."""
    await page.get_by_label("Email").fill(who.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", name="Todos", exact=True)).to_be_visible()
    await expect(page.locator("[data-live=live]").first).to_be_attached()


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(browse: Browse) -> SignIn:
    """Opens a page and logs in."""

    async def open_and_log_in(who: Person, **options: Any) -> Page:
        page = await browse("/login", **options)
        await log_in(page, who)
        return page

    return open_and_log_in
