"""A todo from one line of text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service_common.database import Executor
from service_common.errors import FieldError
from todos_service import quick_add
from todos_service.errors import InvalidFields
from todos_service.quick_add import Part
from todos_service.repository import entities
from todos_service.service.calls import Owner

MAX_TITLE, MAX_DESCRIPTION = 500, 10_000


class Line(NamedTuple):
    """The fields of a todo that a line says, and the parts of the line that say them."""

    given: Mapping[str, Any]
    parts: list[Part]


async def read(db: Executor, owner: Owner, text: str) -> Line:
    """What the line says now, on the user's clock, among the user's projects. Raises: InvalidFields."""
    _, found = await entities.every(db, owner.user_id, "project")
    ids = {row["name"]: str(row["id"]) for row in reversed(found) if not row["deleted_at"]}
    now = datetime.now(UTC).astimezone(ZoneInfo(owner.time_zone)).replace(tzinfo=None)
    parsed = quick_add.parse(text, now, list(ids))
    if not parsed.title:
        raise InvalidFields([FieldError("/text", "nothing of it is the title")])
    if len(parsed.title) > MAX_TITLE or len(parsed.description) > MAX_DESCRIPTION:
        raise InvalidFields([FieldError("/text", "the title or the description is too long")])
    given = {
        "title": parsed.title,
        "description": parsed.description,
        "priority": parsed.priority,
        "tags": tuple(parsed.tags),
        "project_id": ids[parsed.project] if parsed.project else None,
        "due_date": parsed.due_date,
        "due_time": parsed.due_time,
        "recurrence": parsed.recurrence._asdict() if parsed.recurrence else None,
    }
    return Line(given, parsed.parts)
