"""What a reminder does to a browser: a toast, the bell, a push that opens its todo."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, Worker, expect

from service_testing.system import Person
from service_testing.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Page]]
SHOWN = """async () => {
  const found = await self.registration.getNotifications();
  return found.map(({ title, body, tag, data }) => ({ title, body, tag, ...data }));
}"""


async def test_a_reminder_that_fires_is_told_and_leads_to_its_todo(ann: Person, sign_in: SignIn) -> None:
    page = await sign_in(ann)
    bell = page.get_by_role("complementary").get_by_role("link", name="Notifications")
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    await ann.create("Water the plants", reminders=[{"at": soon}])
    toast = page.get_by_role("status").filter(has_text="Reminder: Water the plants")
    await expect(toast).to_be_visible()
    await expect(bell).to_have_accessible_name("Notifications 1 new")
    await toast.get_by_role("button", name="Open").click()
    await expect(page.get_by_label("Edit Water the plants")).to_be_visible()
    await bell.click()
    await page.get_by_role("main").get_by_role("link", name="Water the plants").click()
    await expect(page.get_by_label("Edit Water the plants")).to_be_visible()
    await expect(bell).to_have_accessible_name("Notifications")


async def test_a_push_is_shown_and_leads_to_its_todo(ann: Person, sign_in: SignIn) -> None:
    todo = await ann.create("Call Ben")
    page = await sign_in(ann, permissions=["notifications"])
    await page.get_by_role("link", name="Stats").first.click()
    async with page.context.expect_event("serviceworker") as started:
        await page.evaluate("() => navigator.serviceWorker.register('/service-worker.js').then(() => {})")
    worker = await started.value
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")  # a push before is lost
    about = {"id": str(uuid4()), "kind": "reminder", "title": "Call Ben", "body": "due today", "todo_id": todo["id"]}
    await push(page, about)
    await push(page, about)  # again, as a push service may: it takes the place of the first
    path = f"/?todo={todo['id']}"
    shown = {"title": "Call Ben", "body": "due today", "tag": about["id"], "path": path}

    async def is_shown() -> bool:
        return bool(await worker.evaluate(SHOWN) == [shown])

    await wait_until(is_shown)
    await click(worker, path)
    await expect(page.get_by_label("Edit Call Ben")).to_be_visible()


async def push(page: Page, content: dict[str, Any]) -> None:
    """Delivers a message as the browser's push service does."""
    inspector = await page.context.new_cdp_session(page)
    registrations: list[str] = []
    inspector.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    await inspector.send("ServiceWorker.enable")
    origin = await page.evaluate("() => location.origin")
    message = {"origin": origin, "registrationId": registrations[0], "data": json.dumps(content)}
    await inspector.send("ServiceWorker.deliverPushMessage", message)
    await inspector.detach()


async def click(worker: Worker, path: str) -> None:
    """What a click on the notification does; a script's event is none of a person, which may not focus the page."""
    await worker.evaluate("path => goTo(path).catch(error => error.name)", path)
