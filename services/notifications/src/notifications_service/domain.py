"""What a webhook wants, and when it is tried again: without any input or output."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

MAX_WEBHOOKS = 20  # of a user
KEPT_DELIVERIES = 200  # of a webhook, the newest
OLD_SECRET_SIGNS = timedelta(hours=24)  # after a rotation
GIVE_UP_AFTER = timedelta(days=3)
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)
)
GONE = 410
SUCCESS = range(200, 300)

DisabledReason = Literal["user", "gone", "failing"]


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
