"""What requests and answers look like."""

import re
from datetime import datetime, time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import httpx
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from notifications_service import domain
from notifications_service.channels.web_push import check_keys
from notifications_service.repository.push import Subscription
from notifications_service.repository.schedule import Fired
from notifications_service.repository.webhooks import Delivery
from todobus_events.registry import EVENTS

FEED_TYPES = tuple(name for name, event in EVENTS.items() if event.aggregate not in {"user", "reminder"})
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
Instant = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"))]


def _address(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(f"is no URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("must begin with https:// or http:// and name a host")
    if url.userinfo or url.fragment:
        raise ValueError("must have no user name, password or fragment")
    return str(url)


def _known_type(name: str) -> str:
    if name not in FEED_TYPES:
        raise ValueError(f"is unknown; known are {', '.join(FEED_TYPES)}")
    return name


def _clock(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(CLOCK, given):
        raise ValueError("must be a time of day such as 22:00")
    return given


Url = Annotated[str, Field(max_length=2000, examples=["https://example.com/hooks"]), AfterValidator(_address)]
Types = Annotated[
    list[Annotated[str, AfterValidator(_known_type)]],
    Field(max_length=50, description="The types of events that are delivered; none named: all"),
]
Project = Annotated[UUID | None, Field(description="Only events of this project and of its todos")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewWebhook(Body):
    url: Url
    types: Types = []
    project_id: Project = None


class WebhookChange(Body):
    """Fields that are left out stay as they are."""

    url: Url | None = None
    types: Types | None = None
    project_id: Project = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _only_the_project_may_be_null(self) -> Self:
        for name in self.model_fields_set - {"project_id"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} may not be null")
        return self


class Replay(Body):
    from_sequence: Annotated[int, Field(ge=1, lt=2**62, description="The first change that is delivered again")]


class Webhook(BaseModel):
    id: UUID
    url: str
    types: list[str]
    project_id: UUID | None
    enabled: bool
    disabled_reason: Literal["user", "gone", "failing"] | None = Field(
        description="Disabled by its user, by an answer 410, or by three days of failures"
    )
    position: int = Field(description="Every change up to this one is delivered, or not wanted")
    failures: int = Field(description="Attempts that failed in a row")
    failing_since: Instant | None
    next_attempt_at: Instant | None = Field(description="When what failed is tried again")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, webhook: domain.Webhook) -> Self:
        values = {name: getattr(webhook, name) for name in cls.model_fields if hasattr(webhook, name)}
        retries = webhook.failures > 0 and webhook.enabled
        return cls(**values | {"next_attempt_at": webhook.next_attempt_at if retries else None})


class WebhookWithSecret(Webhook):
    secret: str = Field("", description="Signs what is delivered; shown in this answer only")


class TestResult(BaseModel):
    """What the endpoint answered to a test event; `error` says why there is no answer."""

    __test__ = False  # not a test of pytest

    delivered: bool
    status: int | None
    response: str = Field(description="Up to 1 KB")
    error: str
    duration_ms: int

    @classmethod
    def of(cls, outcome: domain.Outcome) -> Self:
        told = {"status": outcome.status, "response": outcome.response, "error": outcome.error}
        return cls(delivered=outcome.is_success, duration_ms=round(outcome.seconds * 1000), **told)


class Attempt(BaseModel):
    """One attempt to deliver; the newest 200 are kept."""

    attempt: int
    event_id: UUID = Field(description="The header `webhook-id`: the same each time an event is delivered")
    type: str
    sequence: int | None = Field(description="Null for a test")
    attempted_at: Instant
    duration_ms: int
    status: int | None
    response: str = Field(description="Up to 1 KB")
    error: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(**delivery._asdict())


MinutesBefore = Annotated[int | None, Field(ge=0, le=40_320)]
DigestHour = Annotated[int | None, Field(ge=0, le=23)]
OnTheClock = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(lambda at: at.strftime("%H:%M")),
    WithJsonSchema({"type": "string", "pattern": CLOCK, "examples": ["22:00"]}),
]


class QuietHours(Body):
    """Meanwhile nothing is mailed or pushed, but in one message when they end; they may go over midnight."""

    start: OnTheClock
    end: OnTheClock

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end may not be the same")
        return self


class Channels(BaseModel):
    """Where reminders go besides `reminder.fired` in the stream of live events."""

    email: bool = Field(description="To the address of the account, once it is verified")
    push: bool = Field(description="To the browsers that have subscribed")


class ChannelsChange(Body):
    email: bool | None = None
    push: bool | None = None


class Settings(BaseModel):
    default_minutes_before: int | None = Field(
        description="Minutes before a todo with a time of day is due that it is reminded of, unless it has reminders of"
        " its own; null: never"
    )
    quiet_hours: QuietHours | None = Field(description="By the clock of the user's time zone")
    channels: Channels
    digest_hour: int | None = Field(
        description="The hour, in the user's time zone, of a daily digest of what is due or overdue; null: none"
    )

    @classmethod
    def of(cls, chosen: domain.Preferences) -> Self:
        quiet = None
        if chosen.quiet_start is not None and chosen.quiet_end is not None:
            quiet = QuietHours(start=chosen.quiet_start, end=chosen.quiet_end)
        return cls(
            default_minutes_before=chosen.default_minutes_before,
            quiet_hours=quiet,
            channels=Channels(email=chosen.by_email, push=chosen.by_push),
            digest_hour=chosen.digest_hour,
        )


class SettingsChange(Body):
    """Fields that are left out stay as they are."""

    default_minutes_before: MinutesBefore = None
    quiet_hours: QuietHours | None = None
    channels: ChannelsChange = ChannelsChange()
    digest_hour: DigestHour = None

    def preferences(self) -> dict[str, Any]:
        """The fields of `Preferences` that are given."""
        given = {
            name: getattr(self, name) for name in self.model_fields_set & {"default_minutes_before", "digest_hour"}
        }
        if "quiet_hours" in self.model_fields_set:
            quiet = self.quiet_hours
            given |= {"quiet_start": quiet and quiet.start, "quiet_end": quiet and quiet.end}
        return given | {f"by_{name}": on for name, on in self.channels if on is not None}


class PushKeys(BaseModel):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)

    @model_validator(mode="after")
    def _are_keys(self) -> Self:
        try:
            check_keys(self.p256dh, self.auth)
        except ValueError as error:
            raise ValueError("are not the keys of a push subscription") from error
        return self


class NewPush(BaseModel):
    """What `PushSubscription.toJSON()` gives in a browser."""

    endpoint: Url
    keys: PushKeys


class PushSubscription(BaseModel):
    endpoint: str
    created_at: Instant

    @classmethod
    def of(cls, browser: Subscription) -> Self:
        return cls(endpoint=browser.endpoint, created_at=browser.created_at)


class Push(BaseModel):
    public_key: str = Field(description="`applicationServerKey` for `PushManager.subscribe`")
    subscriptions: list[PushSubscription] = Field(description="The browsers of the user, the newest 10")


class SentTest(BaseModel):
    """Where a test message is on its way to."""

    email: bool = Field(description="To the address of the account")
    browsers: int = Field(description="How many browsers it is pushed to")


class FiredReminder(BaseModel):
    """A reminder that has fired; one that is late was part of a digest."""

    id: UUID = Field(description="The id of its event")
    todo_id: UUID
    reminder_id: UUID
    title: str
    due_at: Instant | None
    fire_at: Instant
    fired_at: Instant
    is_late: bool

    @classmethod
    def of(cls, fired: Fired) -> Self:
        return cls(**fired._asdict())


class Profile(BaseModel):
    """What is needed of a user event."""

    email: str
    email_verified: bool = False
    time_zone: str
