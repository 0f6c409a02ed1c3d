"""A webhook from its making to its end, delivering to a receiver that fails at first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from service_testing.servers import serving
from service_testing.system import Person, RunningSystem, System

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]
FAILURE = b"HTTP/1.1 503 X\r\ncontent-length: 9\r\nconnection: close\r\n\r\nbe right "
SUCCESS = b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n"


@pytest_asyncio.fixture(loop_scope="session")
async def receiver(system: System | RunningSystem) -> AsyncIterator[str]:
    """The address of a server inside, where only a system of the tests' own delivers: it fails once."""
    if isinstance(system, RunningSystem):
        pytest.skip("needs a system that may deliver to addresses inside")
    answers = [FAILURE]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop() if answers else SUCCESS)

    async with serving(serve) as port:
        yield f"http://127.0.0.1:{port}/hook"


async def test_a_webhook_is_made_followed_and_ended(ann: Person, sign_in: SignIn, receiver: str) -> None:
    page = await sign_in(ann)
    await page.goto("/settings/webhooks")
    await page.get_by_role("button", name="New webhook").click()
    await page.get_by_label("Address").fill(receiver)
    await page.get_by_role("button", name="Create webhook").click()
    webhook = page.get_by_role("region", name=receiver)
    await expect(webhook.get_by_text("whsec_")).to_be_visible()
    await webhook.get_by_role("button", name="Done").click()

    await webhook.get_by_role("button", name="Send a test").click()
    await expect(webhook.get_by_text("503 after")).to_be_visible()
    await ann.create("Buy milk")
    await webhook.get_by_text("Deliveries").click()
    deliveries = webhook.get_by_role("listitem")
    await expect(deliveries.first).to_contain_text("204todo created · change 1")
    await expect(deliveries.last).to_contain_text("be right")

    await webhook.get_by_role("button", name="Replay from change 1").click()
    await page.get_by_role("button", name="Deliver again").click()
    await expect(deliveries).to_have_count(3)
    await webhook.get_by_role("button", name="Turn off").click()
    await expect(webhook.get_by_text("Off", exact=True)).to_be_visible()
    await webhook.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No webhooks yet")).to_be_visible()
