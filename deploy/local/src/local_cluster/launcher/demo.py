"""`todobus up --demo`: an account with ten weeks of history."""

import random
import secrets
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
AHEAD = (
    ("Renew the passport", "home", "urgent", 2),
    ("Book the train to Tampere", "travel", "high", 1),
    ("Finish the slides", "work", "urgent", 0),
    ("Choose a birthday present", "family", "medium", 5),
    ("Repair the bicycle", "home", "low", 9),
    ("Dentist", "health", "medium", 14),
    ("Send back the library books", "reading", "medium", -1),
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
    account.post("/api/import", [*_past(now), *_ahead(now)])
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
    for title, tag, priority, days in AHEAD:
        due = (now + timedelta(days=days)).date().isoformat()
        yield {"title": title, "tags": [tag], "priority": priority, "due_date": due}
