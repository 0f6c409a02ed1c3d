"""`todobus up --demo`: an account with ten weeks of history, projects and plans."""

import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local_cluster.account import Account
from local_cluster.data_folder import DataFolder, write_private

EMAIL = "demo@example.com"
DAYS = 70
SEED = 7
ROUTINE = (
    ("Water the plants", "home", "low"),
    ("Go for a run", "health", "medium"),
    ("Read a chapter", "reading", "none"),
    ("Answer letters", "work", "medium"),
    ("Cook something new", "home", "low"),
    ("Practise the piano", "music", "medium"),
    ("Plan tomorrow", "work", "high"),
    ("Call grandmother", "family", "high"),
)
PROJECTS = (("Home", "green"), ("Work", "blue"), ("Journeys", "orange"))
AHEAD: tuple[dict[str, Any], ...] = (
    {"title": "Renew the passport", "project": "Journeys", "priority": "urgent", "due_in": 2},
    {
        "title": "Book the train to Tampere",
        "project": "Journeys",
        "priority": "high",
        "due_in": 1,
        "below": ("Compare the prices", "Ask Ann which day suits her", "Reserve a seat by the window"),
    },
    {
        "title": "Finish the slides",
        "project": "Work",
        "priority": "urgent",
        "due_in": 0,
        "below": ("Collect the figures", "Draw the diagram", "Practise the talk"),
    },
    {"title": "Choose a birthday present", "tags": ["family"], "priority": "medium", "due_in": 5},
    {"title": "Repair the bicycle", "project": "Home", "priority": "low", "due_in": 9, "start_in": 6},
    {"title": "Take out the paper", "project": "Home", "due_in": 3, "recurrence": {"rule": "FREQ=WEEKLY;INTERVAL=2"}},
    {
        "title": "Pay the rent",
        "project": "Home",
        "priority": "high",
        "due_in": 8,
        "recurrence": {"rule": "FREQ=MONTHLY"},
    },
    {"title": "Dentist", "tags": ["health"], "priority": "medium", "due_in": 14},
    {"title": "Send back the library books", "tags": ["reading"], "priority": "medium", "due_in": -1},
)
FILTERS: tuple[dict[str, Any], ...] = (
    {"name": "Urgent", "query": {"status_filter": "active", "priority": ["urgent", "high"], "sort": "due_at"}},
)


def password(folder: DataFolder) -> str:
    """Generated once for a data folder."""
    if not folder.demo_password.exists():
        write_private(folder.demo_password, secrets.token_urlsafe(12))
    return folder.demo_password.read_text()


def fill(folder: DataFolder, port: int) -> bool:
    """Make the account and its todos; False when a start before has made them."""
    account = Account(port)
    if not account.register(EMAIL, password(folder), display_name="Demo", time_zone="UTC"):
        return False
    account.log_in(EMAIL, password(folder))
    now = datetime.now(UTC)
    account.post("/api/import", [*_past(now), *_ahead(now), *({"filter": saved} for saved in FILTERS)])
    return True


def _past(now: datetime) -> Iterator[dict[str, Any]]:
    """A few completed todos on most days, fewer at weekends, and some that stay open."""
    chance = random.Random(SEED)  # noqa: S311 - the same todos in every cluster
    for days_ago in range(DAYS, 0, -1):
        day = now - timedelta(days=days_ago)
        weekend = day.weekday() >= 5  # noqa: PLR2004 - Saturday
        for title, tag, priority in chance.sample(ROUTINE, k=chance.randint(0 if weekend else 2, 4)):
            created = day.replace(hour=chance.randint(6, 11), minute=chance.randrange(60))
            done = created + timedelta(minutes=chance.randint(20, 600))
            todo: dict[str, Any] = {
                "title": title,
                "tags": [tag],
                "priority": priority,
                "created_at": created.isoformat(),
            }
            if chance.random() < 0.9:  # noqa: PLR2004 - nine in ten
                todo |= {"completed": True, "completed_at": done.isoformat()}
            yield todo


def _ahead(now: datetime) -> Iterator[dict[str, Any]]:
    """Projects, then what is to be done: with subtasks of which the first is done, and some that come again."""
    projects = {name: str(uuid.uuid4()) for name, _ in PROJECTS}
    for name, color in PROJECTS:
        yield {"project": {"id": projects[name], "name": name, "color": color}}
    for number, plan in enumerate(AHEAD):
        todo: dict[str, Any] = {
            name: plan[name] for name in ("title", "tags", "priority", "recurrence") if name in plan
        }
        todo |= {"id": str(uuid.uuid4()), "created_at": (now - timedelta(hours=len(AHEAD) - number)).isoformat()}
        todo["project_id"] = projects.get(plan.get("project", ""))
        for name, key in (("due_date", "due_in"), ("start_date", "start_in")):
            if key in plan:
                todo[name] = (now + timedelta(days=plan[key])).date().isoformat()
        yield todo
        for place, title in enumerate(plan.get("below", ())):
            yield {
                "title": title,
                "parent_id": todo["id"],
                "project_id": todo["project_id"],
                "created_at": todo["created_at"],
                "completed": place == 0,
            }
