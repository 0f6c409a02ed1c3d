"""The bodies and parameters of requests, and the answers, as clients see them."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from service_common.moments import EARLIEST, LATEST, Moment, in_range, instant
from service_common.telemetry.context import new_id
from service_common.time_zones import known_zone
from todobus_events import models
from todobus_events.models import NIL_UUID, Actor, Priority, Recurrence, Reminder
from todos_service import recurrence
from todos_service.domain import WRITABLE
from todos_service.errors import InvalidFields
from todos_service.service.calls import Neighbour

MAX_LIMIT = 500
MAX_CHANGES = 1000
MAX_MINUTES = 366 * 24 * 60
STATUS_ALIASES = {"pending": "active", "open": "active", "done": "completed"}


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("the character NUL cannot be stored")
    return value


def _null_as(default: Any, kind: Any) -> BeforeValidator:
    """Takes null for the default."""
    return BeforeValidator(lambda value: default if value is None else value, json_schema_input_type=kind | None)


def _plain_day(value: Any) -> Any:
    """Only the form 2026-12-01; pydantic would also take instants and numbers of seconds."""
    if not isinstance(value, str) or len(value) != len("2026-12-01"):
        raise ValueError("not a day such as 2026-12-01")
    return value


def _day_or_instant(value: Any) -> Any:
    """A day is taken as a day, anything else as an instant with its offset."""
    if not isinstance(value, str) or len(value) <= len("2026-12-01"):
        return in_range(datetime.combine(date.fromisoformat(value), time())).date()
    return instant(value)


def _id_or(word: str) -> AfterValidator:
    def check(value: str) -> str:
        try:
            return value if value == word else str(UUID(value))
        except ValueError as error:
            raise ValueError(f"neither an id nor {word}") from error

    return AfterValidator(check)


SEARCH = (
    "Words, 8 at most, each of which title or description contain. A search that takes more than a second ends with "
    "422 `search_too_slow`. Two searches at once, and a fifth of the time, are allowed: 429 `too_many_searches`."
)
Status = Literal["all", "active", "available", "completed", "overdue", "today", "upcoming", "deleted"]
StatusName = Literal[
    "all", "active", "pending", "open", "available", "completed", "done", "overdue", "today", "upcoming", "deleted"
]  # fmt: skip
Sort = Literal[
    "created_at", "-created_at", "updated_at", "-updated_at", "due_at", "-due_at", "priority", "-priority",
    "title", "-title", "position", "-position",
]  # fmt: skip
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_storable)
]
Description = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_storable), _null_as("", str)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(_storable)]
Tags = Annotated[
    list[Tag],
    Field(max_length=20),
    AfterValidator(lambda tags: list(dict.fromkeys(tags))),
    _null_as([], list[str]),
]
DueDate = Annotated[date, Field(ge=EARLIEST, le=LATEST), BeforeValidator(_plain_day, json_schema_input_type=date)]
DueTime = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), AfterValidator(time.fromisoformat)
]
Zone = Annotated[
    str, StringConstraints(max_length=64), known_zone("not the name of a time zone, such as Europe/Helsinki")
]
Ignored = Annotated[Any, Field(json_schema_extra={"readOnly": True}, description="Read-only: ignored in a body.")]
Instant = Annotated[AwareDatetime, AfterValidator(in_range)]
DayOrInstant = Annotated[date | datetime, BeforeValidator(_day_or_instant, json_schema_input_type=str)]


def _rule(text: str) -> str:
    try:
        return recurrence.parse(text).text
    except InvalidFields as error:
        raise ValueError(error.errors[0].detail) from error


def _differ(reminders: list[Any]) -> list[Any]:
    ids = [one.id for one in reminders if one.id]
    if len(set(ids)) < len(ids):
        raise ValueError("the same id twice")
    return reminders


class _Strict(BaseModel):
    """An unknown field is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


def _ids(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: str(values[name]) for name in ("project_id", "parent_id") if values.get(name) is not None}


class NewRecurrence(_Strict):
    """When a todo comes again: a rule of RFC 5545, counted from its schedule or from the day of its completion."""

    rule: Annotated[str, StringConstraints(max_length=500), AfterValidator(_rule)]
    mode: Literal["schedule", "completion"] = "schedule"


class NewReminder(_Strict):
    """When to remind: at an instant, or so many minutes before the todo is due."""

    id: UUID | None = None
    at: Instant | None = None
    minutes_before_due: Annotated[StrictInt, Field(ge=0, le=MAX_MINUTES)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.at is None) == (self.minutes_before_due is None):
            raise ValueError("either at or minutes_before_due")
        return self

    def given(self) -> dict[str, Any]:
        """As it stands in the todo's JSON."""
        when: dict[str, Any] = {"minutes_before_due": self.minutes_before_due}
        if self.at:
            when = {"at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return {"id": str(self.id or new_id()), **when}


Reminders = Annotated[list[NewReminder], Field(max_length=10), AfterValidator(_differ), _null_as([], list[NewReminder])]


class _Fields(_Strict):
    """What can be written, and what an answer has besides: an answer can be sent back as it came."""

    description: Description = ""
    completed: StrictBool = False
    priority: Annotated[Priority, _null_as("none", Priority)] = "none"
    tags: Tags = []
    due_date: DueDate | None = None
    due_time: DueTime | None = None
    due_time_zone: Zone | None = None
    start_date: DueDate | None = None
    recurrence: NewRecurrence | None = None
    reminders: Reminders = []
    project_id: UUID | None = None
    parent_id: UUID | None = None
    user_id: Ignored = None
    due_at: Ignored = None
    completed_at: Ignored = None
    created_at: Ignored = None
    updated_at: Ignored = None
    deleted_at: Ignored = None
    version: Ignored = None
    position: Ignored = None
    series_id: Ignored = None
    occurrence_date: Ignored = None

    def given(self) -> dict[str, Any]:
        """The fields of the body that can be written."""
        values = {name: getattr(self, name) for name in self.model_fields_set if name in WRITABLE}
        if "tags" in values:
            values["tags"] = tuple(values["tags"])
        if values.get("recurrence"):
            values["recurrence"] = values["recurrence"].model_dump()
        if "reminders" in values:
            values["reminders"] = tuple(one.given() for one in values["reminders"])
        return _ids(values)


class NewTodo(_Fields):
    """A todo to create; a client may choose its id."""

    id: UUID | None = None
    title: Title


class TodoChanges(_Fields):
    """The fields to change; null clears one."""

    id: Ignored = None
    title: Title = ""


class Todo(BaseModel):
    """A todo."""

    id: UUID
    user_id: UUID
    title: str
    description: str
    completed: bool
    priority: Priority
    tags: list[str]
    due_date: date | None
    due_time: str | None
    due_time_zone: str | None
    due_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    version: int
    project_id: UUID | None
    parent_id: UUID | None
    position: str
    start_date: date | None
    recurrence: Recurrence | None
    series_id: UUID | None
    occurrence_date: date | None
    reminders: list[Reminder]


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_storable)]
Color = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(_storable)]
Position = Annotated[str, Field(description="Sorts it among the others, byte by byte")]


class _ProjectFields(_Strict):
    color: Color | None = None
    archived: StrictBool = False
    position: Ignored = None
    version: Ignored = None
    created_at: Ignored = None
    updated_at: Ignored = None
    deleted_at: Ignored = None

    def given(self) -> dict[str, Any]:
        """The fields of the body that can be written."""
        return {name: getattr(self, name) for name in ("name", "color", "archived") if name in self.model_fields_set}


class NewProject(_ProjectFields):
    """A project to create; a client may choose its id."""

    id: UUID | None = None
    name: Name


class ProjectChanges(_ProjectFields):
    """The fields to change; null clears one."""

    id: Ignored = None
    name: Name = ""


class Project(BaseModel):
    """A list of todos."""

    id: UUID
    name: str
    color: str | None
    archived: bool
    position: Position
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ProjectsQuery(BaseModel):
    """Which projects: those that are not in the trash, or those that are."""

    status_filter: Literal["all", "deleted"] = "all"
    as_of: Moment | None = None


class Filter(BaseModel):
    """A saved list: parameters of `GET /api/todos`."""

    id: UUID
    name: str
    query: dict[str, Any]
    position: Position
    version: int
    created_at: datetime
    updated_at: datetime


class Move(_Strict):
    """Where to: before or after another one; at the end where none is given."""

    before_id: UUID | None = None
    after_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.before_id and self.after_id:
            raise ValueError("either before_id or after_id")
        return self

    def neighbour(self) -> Neighbour:
        beside = self.before_id or self.after_id
        return Neighbour(str(beside) if beside else None, is_before=self.before_id is not None)


class MoveTodo(Move):
    """Where to: into a project (null: the inbox), below a todo (null: none), beside one. What is not given stays."""

    project_id: UUID | None = None
    parent_id: UUID | None = None

    def given(self) -> dict[str, Any]:
        """The project and the parent, as far as the body has them."""
        return _ids(
            {name: getattr(self, name) for name in ("project_id", "parent_id") if name in self.model_fields_set}
        )


class QuickAdd(_Strict):
    """A line such as `Buy milk tomorrow 5pm #home`; with `preview` nothing is created."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=11_000), AfterValidator(_storable)]
    preview: StrictBool = False


class QuickTodo(BaseModel):
    """The todo that a line would make."""

    title: str
    description: str
    priority: Priority
    tags: list[str]
    project_id: UUID | None
    due_date: date | None
    due_time: str | None
    due_time_zone: str | None
    due_at: datetime | None
    recurrence: Recurrence | None


class QuickPart(BaseModel):
    """What a stretch of the line was taken for; `start` and `end` count UTF-16 code units."""

    kind: Literal["tag", "project", "priority", "day", "time", "recurrence", "description"]
    text: str
    start: int
    end: int


class QuickPreview(BaseModel):
    """What a line says."""

    todo: QuickTodo
    parts: list[QuickPart]


class Change(BaseModel):
    """One change of a todo: the whole state after it, and what it changed."""

    sequence: int
    type: str
    todo: Todo
    changed: list[str]
    previous: dict[str, Any]
    occurred_at: datetime
    command_id: UUID | None = None
    actor: Actor | None = None


class _EntityChange(BaseModel):
    sequence: int
    type: str
    changed: list[str]
    previous: dict[str, Any]
    occurred_at: datetime
    command_id: UUID
    actor: Actor


class ProjectChange(_EntityChange):
    """One change of a project."""

    project: Project


class FilterChange(_EntityChange):
    """One change of a saved filter; after `filter.deleted` as it was last."""

    filter: Filter


class Changes(BaseModel):
    """Changes of the user after a number; `sequence` is the user's newest."""

    changes: list[Change | ProjectChange | FilterChange]
    sequence: int
    has_more: bool


class SavedQuery(BaseModel):
    """Filters and order of a list."""

    status_filter: Annotated[
        Status, BeforeValidator(lambda name: STATUS_ALIASES.get(name, name), json_schema_input_type=StatusName)
    ] = "all"
    q: (
        Annotated[
            str,
            StringConstraints(max_length=200),
            AfterValidator(_storable),
            Field(description=SEARCH),
        ]
        | None
    ) = None
    priority: list[Priority] = []
    tag: Annotated[
        list[Tag], Field(max_length=20, description="Repeated: all of them. `none` alone: todos without a tag")
    ] = []
    due_from: DayOrInstant | None = None
    due_to: DayOrInstant | None = None
    updated_since: Instant | None = None
    project: Annotated[str, _id_or("inbox")] | None = None
    parent: Annotated[str, _id_or("root")] | None = None
    due: Literal["none", "any"] | None = None
    recurring: bool | None = None
    sort: Sort = "-created_at"


class FilterQuery(SavedQuery):
    """The parameters that a filter saves; `tag` and `priority` may be lists."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("tag", "priority", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def given(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_unset=True)


class NewFilter(_Strict):
    """A list to save; a client may choose its id."""

    id: UUID | None = None
    name: Name
    query: FilterQuery
    position: Ignored = None
    version: Ignored = None
    created_at: Ignored = None
    updated_at: Ignored = None

    def given(self) -> dict[str, Any]:
        """The fields of the body that can be written."""
        values = {"name": self.name, "query": self.query.given()}
        return {name: values[name] for name in values if name in self.model_fields_set}


class FilterChanges(NewFilter):
    """The fields to change."""

    id: Ignored = None
    name: Name = ""
    query: FilterQuery = FilterQuery()


class ListQuery(SavedQuery):
    """Filters, order and page of a list."""

    filter: Annotated[UUID, Field(description="A saved filter; what is given besides replaces what it says")] | None = (
        None
    )
    as_of: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100
    cursor: Annotated[str, StringConstraints(max_length=4000)] | None = None


class ChangesQuery(BaseModel):
    """Where to go on, and how far."""

    since: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_CHANGES)] = 500


class CommandsQuery(BaseModel):
    """Which commands: those after `since`, and below the number `before`, which a page's `Link` gives."""

    since: Moment = 0
    before: Annotated[int, Field(ge=1, lt=2**63)] = 2**63 - 1
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100


class ListedCommand(BaseModel):
    """What one request did. `sequences` are the first and the last number it took."""

    id: UUID
    actor: Actor | None = Field(description="null for what was done before this was kept")
    occurred_at: datetime
    sequences: Annotated[list[int], Field(min_length=2, max_length=2)]
    summary: str
    undone_by: UUID | None = Field(description="The command that undid it, unless that was undone as well")
    is_undo: bool = Field(description="Whether it undid other commands, or did again what had been undone")


class TodoQuery(BaseModel):
    """When: now, or as it was."""

    as_of: Moment | None = None


class RestoreRequest(_Strict):
    """To where; with `dry_run` nothing is written."""

    as_of: Moment
    dry_run: StrictBool = False


class Restored(BaseModel):
    """How many todos, projects and filters that takes, by what is done with them.

    `kept` are todos that cannot be as they were. A dry run has no `command_id`.
    """

    command_id: UUID | None
    dry_run: bool
    as_of: int
    sequence: int
    changes: dict[str, int]
    kept: int


class UndoQuery(BaseModel):
    """With `force`, what was changed since stays as it is; without, nothing is undone then."""

    force: bool = False


class UndoRequest(_Strict):
    """Whose commands: the id of a session or of an API token, and after what."""

    actor_id: UUID
    since: Moment


class Undone(BaseModel):
    """The command that was appended, and its changes: 500 at most, `/api/changes` has the rest."""

    command_id: UUID
    changes: list[Change | ProjectChange | FilterChange]
    sequence: int
    has_more: bool


class SyncCommand(_Strict):
    """A write of a device: `set` are fields of a todo, `base_version` is the version that the device saw."""

    id: Annotated[UUID, Field(description="A UUIDv7, whose time orders the writes; the same again is done once")]
    op: Literal["create", "update", "complete", "reopen", "delete", "restore"]
    todo_id: UUID
    set: dict[str, Any] = {}
    base_version: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class SyncRequest(_Strict):
    """Writes, done in order, and from which number on changes are wanted."""

    since: Annotated[int, Field(ge=0, lt=2**63)] = 0
    commands: Annotated[list[SyncCommand], Field(max_length=500)] = []


class SyncConflict(BaseModel):
    """A field for which there are two values: both, and whose is kept."""

    field: str
    yours: Any
    theirs: Any
    kept: Literal["yours", "theirs"]


class SyncError(BaseModel):
    """Why a write failed, as the single call would have answered."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, str]]


class SyncResult(BaseModel):
    """What came of a write, and the todo after it.

    `applied`: all of it; `merged`: with conflicts; `conflict`: nothing, as others were newer; `unchanged`: nothing
    differs; `failed`: it may be sent again.
    """

    id: UUID
    status: Literal["applied", "merged", "conflict", "unchanged", "failed"]
    todo: Todo | None = None
    conflicts: list[SyncConflict] = []
    error: SyncError | None = None


class SyncAnswer(BaseModel):
    """A result for each command, in order; then what happened after `since`, as `/api/changes` says it."""

    results: list[SyncResult]
    changes: list[Change | ProjectChange | FilterChange]
    sequence: int
    has_more: bool


class DeleteQuery(BaseModel):
    """Whether to delete for good."""

    permanent: bool = False


class BulkCreate(_Strict):
    """As POST /api/todos; the id may be given here or in the todo."""

    op: Literal["create"]
    id: UUID | None = None
    todo: NewTodo


class BulkUpdate(_Strict):
    """As PATCH."""

    op: Literal["update"]
    id: UUID
    todo: TodoChanges
    if_version: int | None = None


class BulkAct(_Strict):
    """As the single calls; purge deletes for good."""

    op: Literal["complete", "reopen", "delete", "restore", "purge"]
    id: UUID
    if_version: int | None = None


BulkOperation = Annotated[BulkCreate | BulkUpdate | BulkAct, Field(discriminator="op")]


class BulkRequest(_Strict):
    """Operations, done in order."""

    operations: Annotated[list[BulkOperation], Field(min_length=1, max_length=100)]


class BulkResult(BaseModel):
    """What one operation did: the status of the single call, and the todo after it (null after a purge)."""

    op: str
    id: UUID
    status: int
    todo: Todo | None


class BulkResults(BaseModel):
    """A result for each operation, in order."""

    results: list[BulkResult]


class ExportQuery(BaseModel):
    """The form of an export."""

    format: Literal["json", "csv"] = "json"


class ImportQuery(BaseModel):
    """With `dry_run` nothing is written; the report says what would be."""

    dry_run: bool = False


class ImportRow(NewTodo):
    """A todo with the times it had where it comes from."""

    created_at: Instant | None = None
    completed_at: Instant | None = None
    series_id: UUID | None = None
    occurrence_date: DueDate | None = None
    project: Annotated[Name | None, Field(description="Of a project that is not there: one of this name is made")] = (
        None
    )

    def given(self) -> dict[str, Any]:
        """The fields of the row that a todo has, also those that a request cannot write."""
        values = super().given()
        if self.series_id and self.recurrence:
            values |= {"series_id": str(self.series_id), "occurrence_date": self.occurrence_date}
        return values


class ImportedRow(BaseModel):
    """What came of a row; rows are counted from 1."""

    row: int
    status: Literal["created", "duplicate", "invalid"]
    id: UUID | None
    error: str | None


class ImportReport(BaseModel):
    """What came of an import."""

    dry_run: bool
    created: int
    duplicate: int
    invalid: int
    invalid_left_out: int = Field(description="Invalid rows that `rows` does not name: all but the first 100")
    rows: list[ImportedRow]


class ChangesRequest(_Strict):
    """With `user_id`: that user's changes after `since`. Without: all users', after a position."""

    user_id: UUID | None = None
    since: int = Field(0, ge=0)
    after: str = Field(
        "", pattern=r"^([0-9a-f-]{36}:[0-9]{1,18})?$", description="`position` of the last answer; empty at first"
    )
    limit: int = Field(500, ge=1, description="An answer has 500 at most")
    events: bool = Field(default=False, description="Whole events rather than their `data`")


class ChangesReply(BaseModel):
    """`changes` or `events`, as requested; as many as a message holds."""

    changes: list[models.TodoChange | models.ProjectChange | models.FilterChange] = []
    events: list[models.TodoEvent | models.ProjectEvent | models.FilterEvent] = []
    sequence: int = Field(0, description="With `user_id`: the newest of the user's sequence, 0 for an unknown user")
    position: str = Field("", description="Without `user_id`: from where to go on")
    has_more: bool


class HeadsRequest(_Strict):
    """The sequence of every user, a page at a time."""

    after: UUID = Field(NIL_UUID, description="`position` of the last answer")
    limit: int = Field(5000, ge=1, le=5000)


class HeadsReply(BaseModel):
    """A page of the users by id."""

    heads: dict[UUID, int] = Field(description="The newest of each user's sequence")
    position: UUID
    has_more: bool
