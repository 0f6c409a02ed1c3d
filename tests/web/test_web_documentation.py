"""The page of the API's documentation, in a browser that lets it load nothing from elsewhere."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import PASSWORD, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]


class TestDocumentation:
    async def test_authorize_logs_in_and_calls_work(self, ann: Person, browse: Browse) -> None:
        page = await browse("/docs")
        await page.get_by_role("button", name="Authorize").first.click()
        await page.locator("#oauth_username").fill(ann.email)
        await page.locator("#oauth_password").fill(PASSWORD)
        await page.locator("button[aria-label='Apply given OAuth2 credentials']").click()
        await expect(page.locator(".auth-btn-wrapper button", has_text="Logout")).to_be_visible()
        await page.locator("button.btn-done").first.click()
        await page.locator("#operations-tag-todos").click()
        await page.locator("#operations-todos-list_todos").click()
        await page.locator("button.execute").click()

        await expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")

    async def test_the_bus_has_its_page(self, browse: Browse) -> None:
        page = await browse("/events/docs")

        await expect(page.get_by_role("heading", name="Channels")).to_be_visible()
