"""Dragging, as a mouse and as a finger do it."""

from playwright.async_api import Locator, Page, expect

STEPS = 6
GHOST = ".drag-ghost"


async def point(item: Locator, *, before: bool = False) -> tuple[float, float]:
    """The middle of an item, or where something that is dropped goes before it."""
    box = await item.bounding_box()
    assert box
    if before:
        return box["x"] + 40, box["y"] + 4
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(page: Page, item: Locator, onto: Locator, *, before: bool = False) -> None:
    await item.scroll_into_view_if_needed()
    await page.mouse.move(*await point(item))
    await page.mouse.down()
    await page.mouse.move(*await point(onto, before=before), steps=STEPS)
    await expect(page.locator(GHOST)).to_be_visible()
    await page.mouse.up()


async def drag_by_touch(page: Page, grip: Locator, onto: Locator, *, before: bool = False) -> None:
    await page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")  # above the bar of tabs
    client = await page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = await point(grip), await point(onto, before=before)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": at_x, "y": at_y} for at_x, at_y in points]
        await client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    await touch("touchStart", (x, y))
    for step in range(1, STEPS + 1):
        await touch("touchMove", (x + (to_x - x) * step / STEPS, y + (to_y - y) * step / STEPS))
    await expect(page.locator(GHOST)).to_be_visible()
    await touch("touchEnd")
