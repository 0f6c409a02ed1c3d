"""What the auth service takes and gives, as JSON."""

import unicodedata
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

import email_validator
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from auth_service import domain, passwords
from service_common.time_zones import known_zone
from service_common.tokens.scopes import GRANTABLE

LAST_YEAR = 9998  # 9999 has instants that are in no year of UTC
READ_ONLY = ("id", "email", "created_at")


def _email(text: str) -> str:
    """Private domains such as todo.local are allowed: email-validator refuses them alone, but not with a suffix."""
    address = text.strip()
    last = unicodedata.normalize("NFKC", address.rpartition("@")[2]).lower().rpartition(".")[2]
    suffix = ".x" if last in email_validator.SPECIAL_USE_DOMAIN_NAMES else ""
    try:
        checked = email_validator.validate_email(
            address + suffix, check_deliverability=False, globally_deliverable=False
        )
    except email_validator.EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return checked.normalized.removesuffix(suffix)


def _hard_to_guess(password: str) -> str:
    if password.lower() in passwords.common():
        raise ValueError("is one of the most common passwords")
    if domain.is_predictable(password):
        raise ValueError("is a sequence or a repetition")
    return password


def _without_controls(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("holds control characters")
    return text


Email = Annotated[str, Field(max_length=320, json_schema_extra={"format": "email"}), AfterValidator(_email)]
NewPassword = Annotated[
    str, Field(min_length=passwords.MIN_LENGTH, max_length=passwords.MAX_LENGTH), AfterValidator(_hard_to_guess)
]
MailToken = Annotated[str, Field(max_length=128)]
Code = Annotated[str, Field(max_length=64)]
Credential = Annotated[dict[str, Any], Field(description="What `PublicKeyCredential.toJSON()` of a browser gives.")]
GivenPassword = Annotated[str, Field(max_length=4096)]
DisplayName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_without_controls)
]
TimeZone = Annotated[
    str,
    Field(max_length=64, examples=["Europe/Helsinki"]),
    known_zone("is not an IANA time zone, such as Europe/Helsinki"),
]


def _grantable(scope: str) -> str:
    if scope not in GRANTABLE:
        raise ValueError(f"is none of {', '.join(GRANTABLE)}")
    return scope


def _in_the_future(given: Any) -> datetime:
    if not isinstance(given, str):
        raise ValueError("must be an instant, such as 2027-12-01T00:00:00Z")  # noqa: TRY004 - pydantic's contract
    moment = datetime.fromisoformat(given)
    if moment.tzinfo is None:
        raise ValueError("must have an offset from UTC, such as Z")
    if moment <= datetime.now(UTC):
        raise ValueError("is in the past")
    if moment.year > LAST_YEAR:
        raise ValueError(f"is after {LAST_YEAR}")
    return moment.astimezone(UTC)


Instant = Annotated[datetime, PlainSerializer(domain.instant, return_type=str, when_used="json")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Registration(Body):
    email: Email
    password: NewPassword
    display_name: Annotated[DisplayName | None, BeforeValidator(lambda name: name or None)] = None
    time_zone: TimeZone = "UTC"
    invitation: MailToken | None = None

    @field_validator("password")
    @classmethod
    def _not_the_address(cls, password: str, info: ValidationInfo) -> str:
        if domain.is_address(password, info.data.get("email", "")):
            raise ValueError("is your e-mail address")
        return password

    @property
    def shown_name(self) -> str:
        return self.display_name or self.email.partition("@")[0]


class Credentials(Body):
    email: Annotated[str, Field(max_length=4096)]
    password: GivenPassword
    refresh: Literal["body", "cookie"] = "body"


class RefreshRequest(Body):
    refresh_token: Annotated[str, Field(max_length=4096)] | None = None


class PasswordChange(Body):
    current_password: GivenPassword
    new_password: NewPassword


class AddressOnly(Body):
    email: Annotated[str, Field(max_length=4096)]


class TokenOnly(Body):
    token: MailToken


class PasswordReset(Body):
    token: MailToken
    new_password: NewPassword


class EmailChange(Body):
    new_email: Email
    password: GivenPassword


class Proof(Body):
    """One of them."""

    password: GivenPassword | None = None
    code: Code | None = None
    passkey: Credential | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if [self.password, self.code, self.passkey].count(None) != 2:  # noqa: PLR2004 - all but one
            raise ValueError("needs either a password, a code or a passkey")
        return self


class NewPasskey(Body):
    credential: Credential
    name: DisplayName = "Passkey"


class PasskeyName(Body):
    name: DisplayName


class PasskeyLogin(Body):
    credential: Credential
    refresh: Literal["body", "cookie"] = "body"


class CodeOnly(Body):
    code: Code


class SecondStep(Body):
    mfa_token: MailToken
    code: Code
    refresh: Literal["body", "cookie"] = "body"


class Deletion(Body):
    password: GivenPassword


class ProfileChange(Body):
    """What GET gave may be sent back: read-only fields are ignored."""

    display_name: DisplayName = ""
    time_zone: TimeZone = ""
    week_start: domain.WeekStart = "monday"
    day_start_hour: Annotated[int, Field(ge=0, le=23)] = 0
    daily_goal: Annotated[int, Field(ge=0, le=1000)] = 0

    @model_validator(mode="before")
    @classmethod
    def _ignore_read_only(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if name not in READ_ONLY}
        return given

    @property
    def given(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class NewApiToken(Body):
    name: DisplayName
    scopes: Annotated[
        list[Annotated[str, AfterValidator(_grantable), Field(json_schema_extra={"enum": [*map(str, GRANTABLE)]})]],
        Field(min_length=1, max_length=len(GRANTABLE)),
    ]
    expires_at: Annotated[
        datetime | None, BeforeValidator(_in_the_future), Field(description="Without it the token never expires")
    ] = None

    @property
    def in_order(self) -> list[str]:
        return [str(scope) for scope in GRANTABLE if scope in self.scopes]


class TokenRequest(Body):
    """Asks for an access token in exchange for an API token, known by its id and the SHA-256 of its text."""

    id: Annotated[uuid.UUID, Field(strict=False)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TokenReply(BaseModel):
    access_token: str | None = Field(description="null: there is no such API token, or it has ended")


class ProfilesRequest(Body):
    """Asks for the profile of every user, as `user.updated.v1`."""


class ProfilesReply(BaseModel):
    users: int = Field(description="How many profiles are on their way to the bus")


class User(BaseModel):
    id: str
    email: str
    display_name: str
    time_zone: str
    week_start: str
    day_start_hour: int
    daily_goal: int
    created_at: str = Field(json_schema_extra={"format": "date-time"})

    @classmethod
    def of(cls, user: domain.User) -> Self:
        return cls.model_validate(domain.profile(user))


class Security(BaseModel):
    email_verified: bool
    administrator: bool
    password: bool
    totp: bool
    passkeys: int
    recovery_codes_left: int


class Enrolment(BaseModel):
    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(BaseModel):
    recovery_codes: list[str]


class Pending(BaseModel):
    mfa_token: str
    methods: list[str] = ["totp", "recovery_code"]
    expires_in: int = domain.MFA_SECONDS


class RegistrationMode(BaseModel):
    registration: Literal["open", "invite", "closed"]
    verify_email: Literal["optional", "required"]


class Account(BaseModel):
    """An account, as administrators see it."""

    id: str
    email: str
    display_name: str
    created_at: Instant
    last_used_at: Instant | None
    email_verified: bool
    administrator: bool
    disabled: bool

    @classmethod
    def of(cls, account: domain.Account) -> Self:
        return cls(**asdict(account) | {"id": str(account.id)})


class Inviting(Body):
    email: Email | None = None
    days: Annotated[int, Field(ge=1, le=90)] = 7


class Invitation(BaseModel):
    id: str
    email: str | None
    created_at: Instant
    expires_at: Instant

    @classmethod
    def of(cls, invitation: domain.Invitation) -> Self:
        return cls(**asdict(invitation) | {"id": str(invitation.id)})


class NewInvitation(Invitation):
    link: str

    @classmethod
    def of_link(cls, invitation: domain.Invitation, link: str) -> Self:
        return cls(**Invitation.of(invitation).model_dump(), link=link)


class ResetLink(BaseModel):
    link: str


class Tokens(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme
    expires_in: int = domain.ACCESS_TOKEN_SECONDS
    refresh_token: str | None = None
    user: User


class ApiToken(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None

    @classmethod
    def of(cls, token: domain.ApiToken) -> Self:
        return cls(**asdict(token) | {"id": str(token.id)})


class CreatedApiToken(ApiToken):
    token: str

    @classmethod
    def made(cls, token: domain.ApiToken, text: str) -> Self:
        return cls(**asdict(token) | {"id": str(token.id)}, token=text)


class PasskeyOptions(BaseModel):
    """What `PublicKeyCredential.parse…OptionsFromJSON()` of a browser takes."""

    model_config = ConfigDict(extra="allow")

    challenge: str


class Passkey(BaseModel):
    id: str
    name: str
    created_at: Instant
    last_used_at: Instant | None

    @classmethod
    def of(cls, passkey: domain.Passkey) -> Self:
        return cls(**asdict(passkey) | {"id": str(passkey.id)})


class Provider(BaseModel):
    """`id` stands in its paths, `name` on its button."""

    id: str
    name: str


class Identity(BaseModel):
    """`provider` is the id of one that is set up here, or null."""

    id: str
    provider: str | None
    issuer: str
    email: str
    created_at: Instant
    last_used_at: Instant

    @classmethod
    def of(cls, identity: domain.Identity, provider: str | None) -> Self:
        return cls(**asdict(identity) | {"id": str(identity.id)}, provider=provider)


class Activity(BaseModel):
    """`event` is a word of the audit log; `session_id` is there where a session was concerned."""

    id: int
    at: Instant
    event: str
    session_id: str | None
    ip: str
    detail: str

    @classmethod
    def of(cls, entry: domain.Activity) -> Self:
        return cls(**asdict(entry) | {"session_id": str(entry.session_id) if entry.session_id else None})


class Session(BaseModel):
    id: str
    created_at: Instant
    last_used_at: Instant
    user_agent: str
    ip: str
    current: bool

    @classmethod
    def of(cls, session: domain.Session, current: str) -> Self:
        shown = asdict(session) | {"id": str(session.id)}
        return cls(**shown, current=shown["id"] == current)
