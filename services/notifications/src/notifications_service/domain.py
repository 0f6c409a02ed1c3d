"""What webhooks want and todos remind of, and when: without any input or output."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Self
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_WEBHOOKS = 20  # of a user
MAX_BROWSERS = 10  # of a user, to which is pushed
MAX_TESTS = 5  # of a user, in an hour
LISTED = 100  # todos that a message of many names
KEPT_DELIVERIES = 200  # of a webhook, the newest
OLD_SECRET_SIGNS = timedelta(hours=24)  # after a rotation
GIVE_UP_AFTER = timedelta(days=3)
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)
)
GONE = 410
SUCCESS = range(200, 300)

DEFAULT_MINUTES_BEFORE = 10
LATE_AFTER = timedelta(hours=24)  # then a reminder is not sent by itself, but in one digest
KEPT_FIRED = timedelta(days=30)  # nothing older is ever scheduled
ARMING = {
    "completed",
    "deleted_at",
    "due_at",
    "due_time",
    "reminders",
}  # changes of a todo that begin its reminders anew

DisabledReason = Literal["user", "gone", "failing"]
Channel = Literal["email", "push"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """The user's changes up to `position` are delivered or not wanted; `head` is the newest that is known.

    `generation` counts the rotations of the secret. `next_attempt_at` says when the next delivery may be tried.
    """

    id: UUID
    user_id: UUID
    url: str
    types: list[str]
    project_id: UUID | None
    generation: int
    rotated_at: datetime | None
    enabled: bool
    disabled_reason: DisabledReason | None
    position: int
    head: int
    failures: int
    failing_since: datetime | None
    next_attempt_at: datetime
    created_at: datetime
    updated_at: datetime

    def generations(self, now: datetime) -> list[int]:
        """The secrets that sign now: the current one, and the one before it for a day."""
        if self.rotated_at and now < self.rotated_at + OLD_SECRET_SIGNS:
            return [self.generation, self.generation - 1]
        return [self.generation]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status of the answer and up to 1 KB of it, or why there is none."""

    status: int | None = None
    response: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def is_success(self) -> bool:
        return self.status is not None and self.status in SUCCESS


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint stands after an attempt."""

    failures: int
    failing_since: datetime | None
    next_attempt_at: datetime
    disabled_reason: DisabledReason | None = None


def standing_after(webhook: Webhook, outcome: Outcome, now: datetime) -> Standing:
    """Failures wait longer each time; three days of them, or a 410, disable the endpoint."""
    if outcome.is_success:
        return Standing(0, None, now)
    since = webhook.failing_since or now
    reason: DisabledReason | None = None
    if outcome.status == GONE:
        reason = "gone"
    elif now - since >= GIVE_UP_AFTER:
        reason = "failing"
    pause = PAUSES[min(webhook.failures, len(PAUSES) - 1)]
    return Standing(webhook.failures + 1, since, now + pause, reason)


def wants(types: Collection[str], project_id: UUID | None, event_type: str, data: Mapping[str, Any]) -> bool:
    """Whether a webhook is about an event; without types it is about all, without a project about every one."""
    if types and event_type not in types:
        return False
    if project_id is None:
        return True
    if event_type.startswith("project."):
        return bool(data.get("project", {}).get("id") == str(project_id))
    return bool(data.get("todo", {}).get("project_id") == str(project_id))


@dataclass(frozen=True, slots=True)
class Remindable:
    """A todo as far as its reminders depend on it; `armed_at` is None where the change left that as it was."""

    user_id: UUID
    todo_id: UUID
    title: str
    due_at: datetime | None
    has_time: bool
    reminders: str
    armed_at: datetime | None
    is_open: bool

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to be reminded of."""
        return self.is_open and (self.due_at is not None or self.reminders != "[]")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds of a todo; `armed_at` is None where no change that is known armed it."""

    title: str
    due_at: datetime | None
    has_time: bool
    reminders: str
    armed_at: datetime | None

    @classmethod
    def of(cls, found: Remindable) -> Self:
        return cls(found.title, found.due_at, found.has_time, found.reminders, found.armed_at)


def remindable(user_id: UUID, change: Mapping[str, Any], before: Remindable | None = None) -> Remindable:
    """What a change of a todo says of its reminders. Raises: KeyError, ValueError, TypeError, AttributeError."""
    todo, event_type = change["todo"], change["type"]
    arms = event_type == "todo.created.v1" or not ARMING.isdisjoint(change["changed"])
    due_at = todo["due_at"] and datetime.fromisoformat(todo["due_at"])
    gone = todo["completed"] or todo["deleted_at"] or event_type == "todo.purged.v1"
    return Remindable(
        user_id=user_id,
        todo_id=UUID(todo["id"]),
        title=str(todo["title"]),
        due_at=due_at or None,
        has_time=bool(todo["due_time"]),
        reminders=json.dumps([_reminder(one) for one in todo.get("reminders") or []]),
        armed_at=datetime.fromisoformat(change["occurred_at"]) if arms else (before.armed_at if before else None),
        is_open=not gone,
    )


def _reminder(given: Mapping[str, Any]) -> dict[str, Any]:
    """Its id, and either the instant or the minutes before the todo is due."""
    if given.get("at"):
        return {"id": str(UUID(given["id"])), "at": datetime.fromisoformat(given["at"]).isoformat()}
    return {"id": str(UUID(given["id"])), "minutes_before_due": int(given["minutes_before_due"])}


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come."""

    user_id: UUID
    todo_id: UUID
    reminder_id: UUID
    fire_at: datetime
    title: str
    due_at: datetime | None
    has_time: bool

    @property
    def event_id(self) -> UUID:
        return uuid5(self.reminder_id, instant(self.fire_at))

    def is_late(self, now: datetime) -> bool:
        return now - self.fire_at > LATE_AFTER


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a user has set; these are the settings of one who has set nothing. Quiet hours have both ends or none."""

    default_minutes_before: int | None = DEFAULT_MINUTES_BEFORE
    by_email: bool = False
    by_push: bool = True
    quiet_start: time | None = None
    quiet_end: time | None = None
    digest_hour: int | None = None


def zone_of(name: str) -> ZoneInfo:
    """UTC, where this machine does not know the zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def quiet_until(now: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime | None:
    """When the quiet hours end that it is in at `now`; None outside them. They may go over midnight."""
    if start is None or end is None:
        return None
    local = now.astimezone(zone)
    wall = local.time()
    is_quiet = start <= wall < end if start < end else wall >= start or wall < end
    return on_the_clock(local.date() + timedelta(days=wall >= end), end, zone) if is_quiet else None


def next_digest(now: datetime, zone: ZoneInfo, hour: int | None) -> datetime | None:
    """The next time after `now` that the user's clock strikes this hour."""
    if hour is None:
        return None
    today = now.astimezone(zone).date()
    at = on_the_clock(today, time(hour), zone)
    return at if at > now else on_the_clock(today + timedelta(days=1), time(hour), zone)


def on_the_clock(day: date, at: time, zone: ZoneInfo) -> datetime:
    """In UTC. A time that the clocks skip is as much later; of one that comes twice it is the first."""
    return datetime.combine(day, at, zone).astimezone(UTC)
