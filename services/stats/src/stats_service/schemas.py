"""What the endpoints answer, and the messages of the bus."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer

from service_common.time_zones import known_zone

Instant = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"))]


class Count(BaseModel):
    total: int
    completed: int


class TagCount(BaseModel):
    tag: str
    total: int
    completed: int


class ProjectCount(BaseModel):
    project_id: UUID | None = Field(description="null: the inbox")
    total: int
    completed: int


class OtherTags(BaseModel):
    """The tags that `by_tag` leaves out, summed: a todo with two of them counts twice."""

    count: int
    total: int
    completed: int


class StreakAnswer(BaseModel):
    """Consecutive days with a completion; today without one does not end the streak yet."""

    current: int
    longest: int
    last_active_date: date | None


class Goal(BaseModel):
    daily: int = Field(description="How many completions a day the user aims at")
    done: int = Field(description="How many there are today")


class Priorities(BaseModel):
    none: Count
    low: Count
    medium: Count
    high: Count
    urgent: Count


class Summary(BaseModel):
    """A user's progress. Todos in the trash are not counted; what was completed stays completed on its day."""

    user_id: UUID
    total: int
    completed: int
    active: int
    overdue: int
    completion_rate: float = Field(description="completed / total, 0 when there is nothing")
    created_today: int
    completed_today: int
    completed_this_week: int
    streak: StreakAnswer
    goal: Goal
    by_priority: Priorities
    by_tag: list[TagCount] = Field(description="The 100 largest, largest first")
    other_tags: OtherTags
    by_project: list[ProjectCount] = Field(description="Those that have todos, largest first")
    time_zone: str
    as_of: Instant = Field(description="The instant that `today` and `overdue` were judged at")
    as_of_sequence: int = Field(description="Every change of the user up to this one is counted")
    stale: bool = Field(description="Changes are known to be missing, or whether some are cannot be told")


class DayAnswer(BaseModel):
    date: date
    created: int
    completed: int
    active_at_end: int


class SummaryRequest(BaseModel):
    """What `GET /api/stats` answers is asked for on the bus; `time_zone` counts for a user without a profile."""

    user_id: UUID
    time_zone: str


class StatsUpdated(BaseModel):
    """How far a user's projection has come."""

    as_of_sequence: int


class Profile(BaseModel):
    """What figures depend on of an account."""

    time_zone: Annotated[str, known_zone("not a time zone of the IANA database")]
    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    day_start_hour: int
    daily_goal: int
