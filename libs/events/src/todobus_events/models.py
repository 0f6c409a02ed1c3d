"""What the events say, version 1: fields are only ever added, so readers ignore those they do not know.

A new meaning is a new version. The files in `contracts/events` are made from these models.
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NIL_UUID = UUID(int=0)
"""Sorts before every id: where reading in pages, in the order of ids, begins."""

Instant = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"),
    Field(description="RFC 3339 in UTC", examples=["2026-11-22T21:20:00.123456Z"]),
]
Sequence = Annotated[int, Field(ge=1, description="Position in the user's gapless sequence")]
Priority = Literal["none", "low", "medium", "high", "urgent"]


class EventModel(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Recurrence(EventModel):
    """When a todo comes again: an RFC 5545 rule, counted from its schedule or from the day of its completion."""

    rule: str
    mode: Literal["schedule", "completion"]


class Reminder(EventModel):
    """When to remind of a todo: at an instant, or so long before it is due; one of the two is there."""

    id: UUID
    at: Instant | None = None
    minutes_before_due: Annotated[int, Field(ge=0)] | None = None


class Todo(EventModel):
    """A todo, whole, as it is after the change. Events of version 1.0 end with `version`."""

    id: UUID
    user_id: UUID
    title: str
    description: str
    completed: bool
    priority: Priority
    tags: list[str]
    due_date: date | None
    due_time: Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")] | None
    due_time_zone: str | None
    due_at: Instant | None
    completed_at: Instant | None
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None
    version: Sequence
    project_id: UUID | None = Field(None, description="null: the inbox")
    parent_id: UUID | None = None
    position: str = Field("", description="Sorts it among the user's todos, byte by byte")
    start_date: date | None = None
    recurrence: Recurrence | None = None
    series_id: UUID | None = Field(None, description="What the occurrences of a recurring todo have in common")
    occurrence_date: date | None = None
    reminders: list[Reminder] = []


class Actor(EventModel):
    """Who made a change: a log-in, an API token, or the system."""

    type: Literal["session", "token", "system"]
    id: UUID | None = Field(description="The session's or the token's; null for the system")
    name: str = Field(description="Of the client that logged in, of the token, or of the system's job")


class Project(EventModel):
    """A list of todos, whole, as it is after the change."""

    id: UUID
    name: str
    color: str | None
    archived: bool
    position: str = Field(description="Sorts it among the user's projects, byte by byte")
    version: Sequence
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None


class Filter(EventModel):
    """A saved list, whole, as it is after the change, or was before it was deleted."""

    id: UUID
    name: str
    query: dict[str, Any] = Field(description="Parameters of `GET /api/todos`")
    position: str = Field(description="Sorts it among the user's filters, byte by byte")
    version: Sequence
    created_at: Instant
    updated_at: Instant


class TodoChange(EventModel):
    """A change of a todo: also what `/api/changes` and a todo's history answer."""

    sequence: Sequence
    type: str
    todo: Todo
    changed: list[str] = Field(description="Names of the fields that changed")
    previous: dict[str, Any] = Field(description="The values they had")
    occurred_at: Instant
    command_id: UUID | None = Field(
        None, description="The request that it belongs to: all its changes have it; changes before 1.1 have none"
    )
    actor: Actor | None = None


class _FeedChange(EventModel):
    sequence: Sequence
    type: str
    changed: list[str] = Field(description="Names of the fields that changed")
    previous: dict[str, Any] = Field(description="The values they had")
    occurred_at: Instant
    command_id: UUID = Field(description="The request that it belongs to: all its changes have it")
    actor: Actor


class ProjectChange(_FeedChange):
    """A change of a project: also what `/api/changes` answers."""

    project: Project


class FilterChange(_FeedChange):
    """A change of a saved filter: also what `/api/changes` answers."""

    filter: Filter


class User(EventModel):
    """An account, as it is after the change; `user.deleted.v1` names its id alone."""

    id: UUID
    email: str
    display_name: str
    time_zone: str
    week_start: str
    day_start_hour: int
    daily_goal: int
    created_at: Instant
    email_verified: bool = Field(default=False, description="Whether the user has shown that the address is theirs")


class UserChange(EventModel):
    """`changed` and `previous` come with `user.updated.v1`."""

    sequence: Sequence
    type: str
    user: User
    changed: list[str] = Field([], description="Names of the fields that changed")
    previous: dict[str, Any] = Field({}, description="The values they had")
    occurred_at: Instant


class UserReference(EventModel):
    id: UUID


class UserDeletion(EventModel):
    """The user's last event: whoever holds anything of the user erases it."""

    sequence: Sequence
    type: str
    user: UserReference
    occurred_at: Instant


class DueReminder(EventModel):
    """A reminder of a todo, as it was when it fired; `id` is the todo's own id where it is the user's default one."""

    id: UUID
    todo_id: UUID
    title: str
    due_at: Instant | None
    has_time: bool = Field(default=True, description="Whether it is due at a time of day, or when a day ends")
    fire_at: Instant = Field(description="When it was to fire")


class ReminderFiring(EventModel):
    sequence: Sequence
    type: str
    reminder: DueReminder
    occurred_at: Instant


class ReminderDigest(EventModel):
    """`reminders` are the first 100 of `count`."""

    sequence: Sequence
    type: str
    reminders: list[DueReminder]
    count: int
    occurred_at: Instant


class Envelope(EventModel):
    """CloudEvents 1.0, with the extensions `sequence`, `userid` and `traceparent`; todo events have `feedid` too."""

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: UUID
    time: Instant
    sequence: Sequence
    userid: UUID
    traceparent: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")] = (
        Field("", validate_default=False)
    )


class TodoEvent(Envelope):
    """Something happened to a todo; `subject` is the todo's id."""

    feedid: UUID | None = Field(None, description="Whose sequence it is; today always the user's")
    data: TodoChange


class ProjectEvent(Envelope):
    """Something happened to a project; `subject` is the project's id."""

    feedid: UUID
    data: ProjectChange


class FilterEvent(Envelope):
    """Something happened to a saved filter; `subject` is the filter's id."""

    feedid: UUID
    data: FilterChange


class ReminderEvent(Envelope):
    """A reminder has fired; `subject` is the todo's id, `sequence` counts the notifications of the user."""

    data: ReminderFiring


class DigestEvent(Envelope):
    """What could not be sent in time; `subject` is the user's id, `sequence` counts the notifications of the user."""

    data: ReminderDigest


class UserEvent(Envelope):
    """Something happened to an account; `subject` is the user's id."""

    data: UserChange


class UserDeletedEvent(Envelope):
    """An account is gone; `subject` is the user's id."""

    data: UserDeletion
