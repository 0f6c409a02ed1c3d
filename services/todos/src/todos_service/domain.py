"""What a todo is: the fields its owner writes, when it is due, and what a change has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from service_common.errors import FieldError
from todos_service.errors import DailyQuotaExceeded, InvalidFields, QuotaExceeded

MAX_DEPTH = 5  # of a tree of todos
AT_END = ""
"""The position of what is not placed yet: its statement puts it at the end."""
PRIORITIES = ("none", "low", "medium", "high", "urgent")
CREATED, UPDATED, COMPLETED, REOPENED, DELETED, RESTORED, PURGED = (
    f"todo.{verb}.v1" for verb in ("created", "updated", "completed", "reopened", "deleted", "restored", "purged")
)


@dataclass(frozen=True, slots=True)
class Content:
    """The fields of a todo that its owner writes."""

    title: str
    description: str = ""
    completed: bool = False
    priority: str = "none"
    tags: tuple[str, ...] = ()
    due_date: date | None = None
    due_time: time | None = None
    due_time_zone: str | None = None
    project_id: str | None = None
    parent_id: str | None = None
    position: str = AT_END
    start_date: date | None = None
    recurrence: Mapping[str, Any] | None = None
    series_id: str | None = None
    occurrence_date: date | None = None
    reminders: tuple[Mapping[str, Any], ...] = ()

    @property
    def size(self) -> int:
        """The bytes that count for the quota."""
        return len(self.title.encode()) + len(self.description.encode()) + len("".join(self.tags).encode())

    @property
    def due_at(self) -> datetime | None:
        """The instant it is due: at its time of day, or when its day ends where it is due.

        A time that the clocks skip is as long after midnight as it says; of one that comes twice, the first counts.
        """
        if self.due_date is None or self.due_time_zone is None:
            return None
        day, clock = self.due_date, self.due_time
        if clock is None:
            day, clock = day + timedelta(days=1), time()
        return datetime.combine(day, clock, ZoneInfo(self.due_time_zone)).astimezone(UTC)

    def merge(self, given: Mapping[str, Any], time_zone: str) -> "Content":
        """With the given fields changed; a due date without a zone is one of `time_zone`. Raises: InvalidFields."""
        changes = dict(given)
        if "due_date" in given and given["due_date"] is None:
            changes = {"due_time": None, "due_time_zone": None, "recurrence": None} | changes
        merged = replace(self, **changes)
        if merged.due_date is None and merged.due_time is not None:
            raise InvalidFields([FieldError("/due_time", "a due_time needs a due_date")])
        if merged.due_date is None and merged.recurrence is not None:
            raise InvalidFields([FieldError("/recurrence", "a recurrence needs a due_date")])
        if merged.start_date and merged.due_date and merged.start_date > merged.due_date:
            raise InvalidFields([FieldError("/start_date", "a start_date is not after the due_date")])
        zone = (merged.due_time_zone or time_zone) if merged.due_date else None
        return merged if merged.due_time_zone == zone else replace(merged, due_time_zone=zone)

    def as_json(self) -> dict[str, Any]:
        """Its fields as they stand in a todo's JSON."""
        due_at = self.due_at
        return {
            "title": self.title,
            "description": self.description,
            "completed": self.completed,
            "priority": self.priority,
            "tags": list(self.tags),
            "due_date": self.due_date.isoformat() if self.due_date else None,
            "due_time": self.due_time.strftime("%H:%M") if self.due_time else None,
            "due_time_zone": self.due_time_zone,
            "due_at": due_at.strftime("%Y-%m-%dT%H:%M:%SZ") if due_at else None,
            "project_id": self.project_id,
            "parent_id": self.parent_id,
            "position": self.position,
            "start_date": self.start_date.isoformat() if self.start_date else None,
            "recurrence": self.recurrence,
            "series_id": self.series_id,
            "occurrence_date": self.occurrence_date.isoformat() if self.occurrence_date else None,
            "reminders": list(self.reminders),
        }


UNCHANGED = Content(title="")
"""Stands for the content that a todo has, where a write leaves it as it is."""


class Actor(NamedTuple):
    """Who acts: a log-in, by the name of its client; an API token, by its name; or a job of the service."""

    type: Literal["session", "token", "system"]
    id: str | None
    name: str


class Command(NamedTuple):
    """One request to change something; every change that it makes carries its id (a UUID) and its actor."""

    id: str
    actor: Actor


FIELDS = tuple(field.name for field in fields(Content))
WRITABLE = frozenset(FIELDS) - {"position", "series_id", "occurrence_date"}
"""Those that a request gives."""
DAYS = ("due_date", "start_date", "occurrence_date")
DATES = ("due_date", "due_time", "due_time_zone", "start_date")
"""Right or wrong together."""


class Quotas(NamedTuple):
    """How much a user may have and do; also how much a user has and has done, and what a write would add to that."""

    todos: int = 0
    bytes: int = 0
    writes_a_day: int = 0
    idempotency_bytes_a_day: int = 0
    projects: int = 0
    filters: int = 0

    def check(self, used: "Quotas", more: "Quotas") -> None:
        """Raises: QuotaExceeded, DailyQuotaExceeded, for the first of them that `more` would pass."""
        for name, limit, before, added in zip(self._fields, self, used, more, strict=True):
            if added > 0 and before + added > limit:
                raise (DailyQuotaExceeded if name.endswith("_a_day") else QuotaExceeded)(name, limit)


UNLIMITED = Quotas(*[2**62] * len(Quotas._fields))


def content_of(document: Mapping[str, Any]) -> Content:
    """The content of a todo's JSON."""
    values = {name: document[name] for name in FIELDS if name in document}  # version 1.0 wrote fewer
    values |= {"tags": tuple(values["tags"]), "reminders": tuple(values.get("reminders", ()))}
    for name in DAYS:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    if values["due_time"]:
        values["due_time"] = time.fromisoformat(values["due_time"])
    return Content(**values)


def update_type(before: Content, after: Content) -> str:
    """The type of the event: completing or reopening outweighs whatever else changed with it."""
    if before.completed == after.completed:
        return UPDATED
    return COMPLETED if after.completed else REOPENED


def concerns_others(before: Content, after: Content, *, is_parent: bool) -> bool:
    """Whether changing a todo so may change others too: those below it, above it, or of its series."""
    if (before.project_id, before.parent_id) != (after.project_id, after.parent_id):
        return True
    if before.completed == after.completed:
        return False
    return is_parent or after.series_id is not None or (before.completed and before.parent_id is not None)


def instant(moment: datetime) -> str:
    """An instant as it stands in JSON."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def previous_values(document: Mapping[str, Any], after: Content) -> dict[str, Any]:
    """The fields that `after` changes, with the values they have in the document."""
    new = after.as_json()
    changed = {name: document[name] for name in new if document.get(name, new[name]) != new[name]}
    if "completed" in changed:
        changed["completed_at"] = document["completed_at"]
    return changed


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends; it may last 23 or 25 hours."""
    zone = ZoneInfo(time_zone)
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)
