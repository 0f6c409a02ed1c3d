"""Recurring todos: what completing one makes, what reopening one takes away, and where skipping moves one.

The todos of a series have its id, and each the day for which it was made: its own id is computed from both, so that a
day has one however often it is asked for.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import asyncpg

from service_common.database import Connection
from service_common.errors import FieldError
from service_common.telemetry import context
from todos_service import recurrence
from todos_service.domain import Content
from todos_service.errors import InvalidFields
from todos_service.repository import reads, trees
from todos_service.service.calls import Owner


def kept(content: Content) -> Content:
    """With a series where it recurs, and without one where it does not."""
    if content.recurrence is None:
        return replace(content, series_id=None, occurrence_date=None) if content.series_id else content
    if content.series_id:
        return content
    return replace(content, series_id=context.new_id(), occurrence_date=content.due_date)


async def successor(db: Connection, owner: Owner, content: Content) -> tuple[str, Content] | None:
    """The id and the content of the todo that comes after this one; None if there is none, or if it is there."""
    after = _next(owner, content)
    if after is None or await _is_there(db, owner, after):
        return None
    successor_id = str(uuid5(UUID(after.series_id or ""), str(after.occurrence_date)))
    if await reads.todo(db, owner.user_id, successor_id):
        return None
    reminders = tuple({**one, "id": str(uuid5(UUID(successor_id), one["id"]))} for one in after.reminders)
    return successor_id, replace(after, completed=False, reminders=reminders)


async def skipped(db: Connection, owner: Owner, content: Content) -> Content:
    """What it is on its next day. Raises: InvalidFields."""
    after = _next(owner, content)
    if after is None:
        raise InvalidFields([FieldError("/recurrence", "there is no next occurrence")])
    if await _is_there(db, owner, after):
        raise InvalidFields([FieldError("/recurrence", "the next occurrence is there already")])
    return after


async def _is_there(db: Connection, owner: Owner, content: Content) -> bool:
    """Whether the series has a todo for this day or a later one."""
    last = await trees.last_day_of_series(db, owner.user_id, content.series_id or "")
    return last is not None and content.occurrence_date is not None and last >= content.occurrence_date


async def untouched_successor(db: Connection, owner: Owner, content: Content) -> asyncpg.Record | None:
    """The todo that completing this one made, if nothing has happened to it since."""
    if content.series_id is None or content.occurrence_date is None:
        return None
    later = await trees.of_series(db, owner.user_id, content.series_id, content.occurrence_date)
    return later[0] if later and later[0]["is_untouched"] else None


def _next(owner: Owner, content: Content) -> Content | None:
    if content.recurrence is None or content.due_date is None or content.series_id is None:
        return None
    rule, mode = recurrence.parse(content.recurrence["rule"]), content.recurrence["mode"]
    due = max(content.due_date, content.occurrence_date or content.due_date)
    found = recurrence.next_occurrence(rule, mode, due, today(owner))
    if found is None:
        return None
    later = found.day - content.due_date
    return replace(
        content,
        due_date=found.day,
        occurrence_date=found.day,
        start_date=content.start_date + later if content.start_date else None,
        recurrence={**content.recurrence, "rule": found.rule},
        reminders=tuple(_moved(one, later) for one in content.reminders),
    )


def _moved(reminder: Mapping[str, Any], later: timedelta) -> Mapping[str, Any]:
    if "at" not in reminder:
        return reminder
    return {**reminder, "at": (datetime.fromisoformat(reminder["at"]) + later).strftime("%Y-%m-%dT%H:%M:%SZ")}


def today(owner: Owner) -> date:
    """The user's local day."""
    return datetime.now(UTC).astimezone(ZoneInfo(owner.time_zone)).date()
