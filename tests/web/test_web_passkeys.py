"""Passkeys, with devices that Chromium simulates."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import CDPSession, Page, expect

from service_testing.system import PASSWORD, Person, RunningSystem, System

from .conftest import named
from .test_web_second_factor import enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")
Browse = Callable[..., Awaitable[Page]]
KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


OLD_BROWSER = "delete PublicKeyCredential.isConditionalMediationAvailable"


class Device:
    """What makes and keeps the passkeys of one page; what is asked of it while its owner is away is not answered."""

    def __init__(self, session: CDPSession, identity: str) -> None:
        self._session, self._identity = session, identity

    @classmethod
    async def of(cls, page: Page) -> "Device":
        session = await page.context.new_cdp_session(page)
        await session.send("WebAuthn.enable")
        options = KIND | {"automaticPresenceSimulation": False}
        made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(session, made["authenticatorId"])

    async def present(self, *, enabled: bool = True) -> None:
        wanted = {"authenticatorId": self._identity, "enabled": enabled}
        await self._session.send("WebAuthn.setAutomaticPresenceSimulation", wanted)


class Visitor:
    """A page of the log-in, and the device in front of which somebody sits."""

    def __init__(self, page: Page, device: Device, origin: str) -> None:
        self.page, self.device, self.origin = page, device, origin

    async def log_in(self, who: Person) -> None:
        await self.page.get_by_label("Email").fill(who.email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.arrived()

    async def add(self, name: str) -> None:
        await self.open("/settings/security")
        await self.page.get_by_label("Name of a new passkey").fill(name)
        await self.device.present()
        await self.page.get_by_role("button", name="Add a passkey").click()
        await expect(self.page.get_by_role("button", name=f"Remove passkey: {name}")).to_be_visible()
        await self.device.present(enabled=False)

    async def log_out(self) -> None:
        await self.open("/settings")
        await self.page.get_by_role("button", name="Log out", exact=True).click()

    async def open(self, path: str) -> None:
        await self.page.goto(self.origin + path)

    async def use_passkey(self) -> None:
        await self.device.present()
        await self.page.get_by_role("button", name="Use a passkey").click()

    async def arrived(self) -> None:
        await expect(self.page.get_by_role("heading", name="Todos", exact=True)).to_be_visible()


Arrive = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def arrive(browse: Browse, system: System | RunningSystem) -> Arrive:
    """Somebody at the log-in page, with a browser, which may offer passkeys by itself, and a device of their own."""

    async def _arrive(*, filled_in: bool = False) -> Visitor:
        page = await browse("about:blank")
        if not filled_in:
            await page.add_init_script(OLD_BROWSER)
        device = await Device.of(page)
        visitor = Visitor(page, device, named(system.url))
        await visitor.open("/login")
        return visitor

    return _arrive


async def test_one_device_after_the_other(ann: Person, arrive: Arrive) -> None:
    laptop, phone = await arrive(), await arrive()
    for visitor, name in ((laptop, "Laptop"), (phone, "Phone")):
        await visitor.log_in(ann)
        await visitor.add(name)
        await visitor.log_out()
        await visitor.use_passkey()
        await visitor.arrived()
    await phone.open("/settings/security")
    await phone.page.get_by_role("button", name="Remove passkey: Laptop").click()
    await phone.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(phone.page.get_by_role("region", name="Notifications").get_by_text("Passkey removed")).to_be_visible()
    await laptop.device.present(enabled=False)
    await laptop.log_out()
    await laptop.use_passkey()
    await expect(laptop.page.get_by_text("This passkey does not open an account here")).to_be_visible()


async def test_is_picked_where_the_address_is_filled_in(ann: Person, arrive: Arrive) -> None:
    visitor = await arrive(filled_in=True)
    await visitor.log_in(ann)
    await visitor.add("Laptop")
    await visitor.device.present()  # the browser's list is not simulated: its first entry is taken
    await visitor.log_out()
    await visitor.arrived()
    activity = (await ann.http.get("/api/auth/activity")).json()
    assert next(entry["detail"] for entry in activity if entry["event"] == "login") == "by a passkey"


async def test_stands_for_the_code_too(ann: Person, arrive: Arrive) -> None:
    visitor = await arrive()
    await visitor.log_in(ann)
    await visitor.add("Laptop")
    await enrol(ann)
    await visitor.log_out()
    await visitor.page.get_by_label("Email").fill(ann.email)
    await visitor.page.get_by_label("Password").fill(PASSWORD)
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_label("Code")).to_be_visible()
    await visitor.use_passkey()
    await visitor.arrived()


async def test_does_not_work_at_another_address(ann: Person, browse: Browse) -> None:
    """The name that passkeys are bound to is not the number of this machine."""
    page = await browse("/login")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("Passkeys do not work at this address")).to_be_visible()
