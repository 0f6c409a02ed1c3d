"""Accounts and sessions, without any input or output."""

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from itertools import pairwise
from typing import Literal

ACCESS_TOKEN_SECONDS = 300
REUSE_WINDOW_SECONDS = 10
IDLE_DAYS = 7
ABSOLUTE_DAYS = 30
EXPIRED_TOKEN_DAYS = 30  # for so long an API token that has expired is listed
COARSE_USE_SECONDS = 60  # the last use of an API token is noted no more often
RECENT_MINUTES = 10
NEWEST = 2**63 - 1  # above the id of every entry of the audit log
FREE_FAILURES = 5
MAX_BLOCK_SECONDS = 900
FORGET_FAILURES_HOURS = 12
ERASING_SERVICES = ("todos", "stats", "notifications")
CONFIRMATIONS = 2  # the second erases what arrived during the first
ERASURE_PAUSE_SECONDS = 5
MAX_ERASURE_PAUSE_SECONDS = 3600
MAIL_PAUSE_SECONDS = 60  # longer than a try takes
MAX_MAIL_PAUSE_SECONDS = 3600
MFA_SECONDS = 300
CHALLENGE_SECONDS = 300
PASSKEYS = 20  # of a user
PROVIDER_LOGIN_SECONDS = 600  # how long somebody may take to log in at a provider
MFA_TRIES = 5
RESET_HOURS = 1
VERIFY_HOURS = 24
WeekStart = Literal["monday", "sunday", "saturday"]
SEQUENCES = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyza",
    "qwertyuiopasdfghjklzxcvbnmq",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
PROFILE = ("display_name", "time_zone", "week_start", "day_start_hour", "daily_goal")  # what its owner may change


@dataclass(frozen=True, slots=True)
class User:
    """`sequence` counts the account's own events; `audit_id` stands for the account in the audit log."""

    id: uuid.UUID
    email: str
    password_hash: str
    display_name: str
    time_zone: str
    week_start: str
    day_start_hour: int
    daily_goal: int
    created_at: datetime
    sequence: int
    audit_id: uuid.UUID
    email_verified: bool
    administrator: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What administrators see of a user."""

    id: uuid.UUID
    email: str
    display_name: str
    created_at: datetime
    last_used_at: datetime | None
    email_verified: bool
    administrator: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """Leave to register, for one address if it names one."""

    id: uuid.UUID
    email: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """`counter` is that of its newest refresh token; at `authenticated_at` the user last proved who they are."""

    id: uuid.UUID
    counter: int
    created_at: datetime
    last_used_at: datetime
    user_agent: str
    ip: str
    authenticated_at: datetime


@dataclass(frozen=True, slots=True)
class Activity:
    """An entry of the audit log, as the account's owner may see it."""

    id: int
    at: datetime
    event: str
    session_id: uuid.UUID | None
    ip: str
    detail: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    id: uuid.UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom a provider of OpenID Connect knows, and who may log in by it; `email` is how it knew them last."""

    id: uuid.UUID
    issuer: str
    email: str
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    id: uuid.UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls: the address as the gateway established it, and what the program says it is."""

    ip: str
    user_agent: str

    @property
    def network(self) -> str:
        """What failures are counted by: the address, or the /64 that one customer has of IPv6."""
        try:
            address = ip_address(self.ip)
        except ValueError:
            return self.ip
        if isinstance(address, IPv6Address):
            return f"{IPv6Address(int(address) >> 64 << 64)}/64"
        return self.ip


def email_key(email: str) -> str:
    """The same text for all spellings of an address that mean one account; PostgreSQL stores no NUL."""
    return unicodedata.normalize("NFC", email.strip()).lower().replace("\0", "\ufffd")


def is_address(password: str, email: str) -> bool:
    """Whether a password is the e-mail address, or what stands before its @."""
    address = email_key(email)
    return email_key(password) in {address, address.rpartition("@")[0]}


def is_predictable(password: str) -> bool:
    """Whether a password repeats a few characters, or goes along an alphabet or the rows of a keyboard.

    So it does if at least three of four of its characters follow from the one before, as in `abcdef123456`.
    """
    text = password.lower()
    if any(text == (text[:length] * len(text))[: len(text)] for length in range(1, len(text) // 3 + 1)):
        return True
    pairs = list(pairwise(text))
    return sum(map(_is_step, pairs)) * 4 >= len(pairs) * 3


def _is_step(pair: tuple[str, str]) -> bool:
    forward, backward = "".join(pair), "".join(reversed(pair))
    return pair[0] == pair[1] or any(forward in row or backward in row for row in SEQUENCES)


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def profile(user: User) -> dict[str, str | int]:
    """What the account's owner sees of it; events have it too."""
    shown = {name: getattr(user, name) for name in ("email", *PROFILE)}
    return {"id": str(user.id), **shown, "created_at": instant(user.created_at)}
