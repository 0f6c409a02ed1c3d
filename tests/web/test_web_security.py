"""The page of what secures the account."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, Route, expect

from service_testing.system import PASSWORD, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]
STALE = '{"status": 403, "code": "reauthentication_required"}'


async def refuse(route: Route) -> None:
    """As the API does when the log-in is older than ten minutes."""
    await route.fulfill(status=403, content_type="application/problem+json", body=STALE)


class TestSecurityPage:
    async def test_password_and_sessions(self, ann: Person, sign_in: SignIn) -> None:
        page = await sign_in(ann)
        await page.get_by_role("link", name="Settings").first.click()
        await page.get_by_role("link", name="Security").click()
        await page.get_by_label("Current password").fill("not my password")
        await page.get_by_label("New password").fill("another good password")
        await page.get_by_role("button", name="Change password").click()
        await expect(page.get_by_text("This is not your current password.")).to_be_visible()
        assert (await ann.http.get("/api/todos")).status_code == 200
        await page.get_by_role("button", name="End session").click()
        await expect(page.get_by_role("button", name="End session")).to_have_count(0)
        assert (await ann.http.get("/api/todos")).status_code == 401
        await expect(page.get_by_text("Session ended").first).to_be_visible()

    async def test_an_api_token_is_made_used_and_deleted(self, ann: Person, sign_in: SignIn) -> None:
        page = await sign_in(ann)
        await page.goto("/settings/security")
        await page.get_by_label("Name of a new token").fill("Script")
        await page.get_by_role("button", name="Create token").click()
        headers = {"Authorization": f"Bearer {await page.locator('code').inner_text()}"}

        async def statuses() -> list[int]:
            return [(await ann.http.get(path, headers=headers)).status_code for path in ("/api/todos", "/api/stats")]

        assert await statuses() == [200, 403]
        await page.get_by_role("button", name="Delete token: Script").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(page.get_by_text("Token deleted", exact=True)).to_be_visible()
        assert await statuses() == [401, 401]

    async def test_an_authenticator_after_a_proof(self, ann: Person, sign_in: SignIn, tmp_path: Path) -> None:
        page = await sign_in(ann)
        await page.goto("/settings/security")
        await page.route("**/api/auth/totp", refuse, times=1)
        await page.get_by_role("button", name="Set up").click()
        dialog = page.get_by_role("dialog", name="Is it you?")
        await dialog.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        secret = await page.locator("code").inner_text()
        await page.get_by_label("Code").fill(pyotp.TOTP(secret.replace(" ", "")).now())
        await page.keyboard.press("Enter")
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Download").click()
        await (await download.value).save_as(tmp_path / "codes.txt")
        assert len((tmp_path / "codes.txt").read_text().split()) == 10
        await page.get_by_role("button", name="I have kept them").click()
        await expect(page.get_by_text("10 recovery codes left")).to_be_visible()
        assert (await ann.http.get("/api/auth/security")).json()["totp"] is True
