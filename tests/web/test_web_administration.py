"""Administrators: accounts and invitations."""

import secrets
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from service_testing.system import PASSWORD, Person, System, person

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]


async def test_an_account_is_disabled_and_another_invited(
    system: System, ann: Person, sign_in: Browse, browse: Browse
) -> None:
    assert "promoted" in system.command("users", "promote", ann.email).stdout
    page = await sign_in(ann)
    await page.get_by_role("link", name="Settings").first.click()
    await page.get_by_role("link", name="Administration").click()
    async with person(system.url) as ben:
        await page.get_by_label("Search accounts").fill(ben.email)
        await page.keyboard.press("Enter")
        await page.get_by_label(f"Manage {ben.email}").click()
        await page.get_by_role("button", name="Disable").click()
        await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
        await expect(page.get_by_text("Disabled", exact=True)).to_be_visible()
        assert (await ben.http.get("/api/todos")).status_code == 401

    await page.get_by_role("button", name="Invite").click()
    link = await page.locator("code").inner_text()
    guest = await browse("/register#" + link.partition("#")[2])
    await expect(guest.get_by_text("You are invited")).to_be_visible()
    await guest.get_by_label("Email").fill(f"{secrets.token_hex(6)}@example.com")
    await guest.get_by_label("Password").fill(PASSWORD)
    await guest.get_by_role("button", name="Create account").click()
    await expect(guest.get_by_role("heading", name="Todos", exact=True)).to_be_visible()
