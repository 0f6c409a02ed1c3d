"""Take the pictures in docs/screenshots: a lifelike account on a system of its own, each view in both themes."""

import asyncio
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright

from service_testing.system import PASSWORD, Person, System, person

FOLDER = Path(__file__).parents[2] / "docs/screenshots"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LIST_VIEWS = ("today", "upcoming", "completed", "trash")
SETTINGS = ("security", "notifications", "webhooks")
VIEWS = (
    {"todos": "/", "stats": "/stats", "journal": "/journal", "past": "/past", "settings": "/settings"}
    | {page: f"/settings/{page}" for page in SETTINGS}
    | {view: f"/?view={view}" for view in LIST_VIEWS}
)
LAYOUTS = {"board": "projects", "month": "month"}
PROJECTS = {"home": ("Household", "teal"), "work": ("Work", "blue"), "travel": ("Travel", "orange")}
LAST_DAYS = 364
OPEN: list[dict[str, Any]] = [
    {"title": "Fix the squeaky door", "tags": ["home"]},
    {"title": "Read “A Philosophy of Software Design”", "tags": ["reading"]},
    {"title": "Plan the winter holidays", "priority": "low", "tags": ["travel"], "due": 12},
    {"title": "Call grandma", "due": 2, "due_time": "18:00"},
    {"title": "Review the pull request on retries", "priority": "medium", "tags": ["work"]},
    {"title": "Buy rye bread, oat milk and coffee", "tags": ["errands"]},
    {"title": "Renew the passport", "priority": "high", "tags": ["travel", "errands"], "due": 4},
    {
        "title": "Draft the outline of the talk",
        "priority": "medium",
        "tags": ["work"],
        "due": 1,
        "description": "Three parts: why, how, what it costs.",
    },
    {"title": "Water the plants", "tags": ["home"], "due": 0},
    {
        "title": "Ship the release notes",
        "priority": "urgent",
        "tags": ["work"],
        "due": 0,
        "description": "Three parts: why, how, what it costs.",
    },
    {"title": "Reply to Aino about the lease", "priority": "high", "tags": ["home"], "due": -1},
]

DONE = (
    "Answer the letter from the bank",
    "Book the dentist",
    "Run five kilometres",
    "Send the invoice",
    "Clean the bicycle",
    "Pay the electricity bill",
    "Prepare the meeting on Thursday",
    "Return the library books",
    "Cook for the week",
    "Read two chapters",
    "Fix the failing build",
)


def day(distance: int) -> str:
    return (datetime.now(UTC) + timedelta(days=distance)).date().isoformat()


def history() -> list[dict[str, Any]]:
    """Completed todos of a year: some each working day, few at the weekend."""
    rows = []
    for ago in range(LAST_DAYS, -1, -1):
        moment = datetime.now(UTC) - timedelta(days=ago, minutes=5)
        count = (ago * 7919 % 13) % 7 if moment.weekday() < 5 else ago % 3
        count = max(count, 1) if ago < 9 else count
        rows += [finished(moment, ago * 10 + number) for number in range(count)]
    return rows


def finished(moment: datetime, number: int) -> dict[str, Any]:
    instant = moment.isoformat().replace("+00:00", "Z")
    tag = ("work", "home", "errands", "reading")[number % 4]
    priority = ("none", "low", "none", "medium", "high", "none", "urgent")[number % 7]
    return {
        "title": DONE[number % len(DONE)],
        "tags": [tag],
        "priority": priority,
        "completed": True,
        "created_at": instant,
        "completed_at": instant,
    }


async def fill(who: Person) -> None:
    await who.http.patch("/api/users/me", json={"display_name": "Mia", "daily_goal": 4})
    answer = await who.http.post("/api/import", json=history())
    answer.raise_for_status()
    projects = {}
    for tag, (name, color) in PROJECTS.items():
        projects[tag] = (await who.http.post("/api/projects", json={"name": name, "color": color})).json()["id"]
    await who.http.post("/api/filters", json={"name": "Urgent at work", "query": {"tag": "work", "priority": "urgent"}})
    for fields in OPEN:
        due = {"due_date": day(fields["due"])} if "due" in fields else {}
        place = {"project_id": next((projects[tag] for tag in fields.get("tags", []) if tag in projects), None)}
        given = {name: value for name, value in fields.items() if name != "due"}
        await who.create(given.pop("title"), **given, **due, **place)
    unwanted = await who.create("Learn to juggle", tags=["home"])
    await who.http.delete(f"/api/todos/{unwanted['id']}")
    head = (await who.http.get("/api/todos?limit=1")).headers["todo-sequence"]
    await who.stats(min_sequence=head)


async def take(browser: Browser, url: str, who: Person, theme: str, size: dict[str, int], name: str) -> None:
    looks = {"viewport": size, "color_scheme": theme, "reduced_motion": "reduce", "is_mobile": size is NARROW}
    context = await browser.new_context(base_url=url, **looks)
    page = await context.new_page()
    await page.goto("/register")
    await shoot(page, f"register-{name}")
    await page.goto("/login")
    await shoot(page, f"login-{name}")
    await page.get_by_label("Email").fill(who.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.locator("[data-row]").first.wait_for()
    for view, path in VIEWS.items():
        await page.goto(path)
        await page.get_by_role("heading").first.wait_for()
        await page.locator("[data-live=live]").first.wait_for(state="attached")
        await page.wait_for_function("() => !document.querySelector('.skeleton')")
        await shoot(page, f"{view}-{name}")
    await page.goto("/")
    for picture, layout in LAYOUTS.items():
        await page.get_by_label("Layout").select_option(layout)
        await page.locator(".board-card, .day-entry").first.wait_for(state="attached")
        await shoot(page, f"{picture}-{name}")
    await page.get_by_label("Layout").select_option("list")
    await page.get_by_role("button", name="Edit: Renew the passport").click()
    await page.get_by_label("Title").wait_for()
    await shoot(page, f"edit-{name}")
    await context.close()


async def shoot(page: Page, name: str) -> None:
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    sys.stdout.write(f"docs/screenshots/{name}.png\n")


async def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("needs chromium (make chromium)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder) / "data", "--no-rate-limits")
        await system.start()
        try:
            async with person(system.url) as who, async_playwright() as playwright:
                await fill(who)
                browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                for theme in ("light", "dark"):
                    await take(browser, system.url, who, theme, WIDE, theme)
                await take(browser, system.url, who, "light", NARROW, "narrow")
                await browser.close()
        except httpx.HTTPStatusError as error:
            sys.exit(error.response.text)
        finally:
            system.stop()


if __name__ == "__main__":
    asyncio.run(main())
