"""Logging in with a second factor: the code that follows the password."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.async_api import Page, expect

from service_testing.system import PASSWORD, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]


async def enrol(who: Person) -> tuple[pyotp.TOTP, list[str]]:
    """The authenticator of an account, and its recovery codes."""
    totp = pyotp.TOTP((await who.http.post("/api/auth/totp")).raise_for_status().json()["secret"])
    confirmed = await who.http.post("/api/auth/totp/confirm", json={"code": totp.now()})
    return totp, confirmed.raise_for_status().json()["recovery_codes"]


async def test_a_code_follows_the_password(ann: Person, browse: Browse) -> None:
    totp, recovery_codes = await enrol(ann)
    next_step = totp.at(datetime.now(UTC) + timedelta(seconds=30))  # the one of now has been used
    for code in (next_step, recovery_codes[0]):
        page = await browse("/login")
        await page.get_by_label("Email").fill(ann.email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_label("Code").fill("000000x")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("The code is wrong.")).to_be_visible()
        await page.get_by_label("Code").fill(code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Todos", exact=True)).to_be_visible()
