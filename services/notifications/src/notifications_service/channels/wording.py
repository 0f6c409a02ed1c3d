"""What a message says, on whichever channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from notifications_service.domain import LISTED
from notifications_service.notices import FIRED, MISSED, TEST, TODAY, WEBHOOK
from notifications_service.repository import preferences, schedule
from notifications_service.repository.notices import Notice

NAMES = {FIRED: "reminder", MISSED: "missed", TODAY: "today", WEBHOOK: "webhook", TEST: "test"}
Todo = dict[str, Any]


async def of(pool: asyncpg.Pool, user_id: UUID, found: Sequence[Notice]) -> dict[str, Any] | None:
    """The values of the template for notices of one kind; None when none of their todos is open any more."""
    contents = [orjson.loads(notice.content) for notice in found]
    if found[0].kind == WEBHOOK:
        return {"webhooks": contents}
    if found[0].kind == TEST:
        return {"count": len(found)}
    zone = await preferences.zone(pool, user_id)
    listed = [todo for content in contents for todo in _listed(content)]
    is_open = await schedule.still_open(pool, user_id, [UUID(todo["todo_id"]) for todo in listed])
    todos = [_shown(todo, zone) for todo in listed if UUID(todo["todo_id"]) in is_open]
    unlisted = sum(content.get("count", 1) for content in contents) - len(listed)
    return {"todos": todos[:LISTED], "count": len(todos) + unlisted} if todos else None


def in_short(kind: str, told: Mapping[str, Any]) -> tuple[str, list[str]]:
    """A title and some lines."""
    if kind == WEBHOOK:
        return "A webhook is disabled", [webhook["url"] for webhook in told["webhooks"]]
    if kind == TEST:
        return "A test from Todobus", ["Reminders reach you here."]
    todos, count = told["todos"], told["count"]
    if kind == FIRED and count == 1:
        return todos[0]["title"], [f"due {todos[0]['due']}"] if todos[0]["due"] else []
    titles = {
        FIRED: f"{count} reminders",
        MISSED: f"{count} reminders that could not be sent in time",
        TODAY: f"{count} for today",
    }
    return titles[kind], [todo["title"] for todo in todos]


def _listed(content: Mapping[str, Any]) -> list[Todo]:
    return [content["reminder"]] if "reminder" in content else content["reminders"]


def _shown(todo: Todo, zone: ZoneInfo) -> Todo:
    due = todo["due_at"] and _due(datetime.fromisoformat(todo["due_at"]).astimezone(zone), has_time=todo["has_time"])
    return {"id": todo["todo_id"], "title": " ".join(todo["title"].split()), "due": due}


def _due(at: datetime, *, has_time: bool) -> str:
    """A day without a time is due when it ends."""
    day = at if has_time else at - timedelta(seconds=1)
    return f"{day:%A} {day.day} {day:%B}" + (f", {at:%H:%M}" if has_time else "")
