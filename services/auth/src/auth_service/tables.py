"""The schema of the auth service, as the migrations leave it (compared in tests/contracts/test_tables.py).

The triggers that keep `audit_log` append-only are in migration 0001.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.uuidv7()),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("week_start", Text, nullable=False, server_default="monday"),
    Column("day_start_hour", Integer, nullable=False, server_default="0"),
    Column("daily_goal", Integer, nullable=False, server_default="5"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sequence", BigInteger, nullable=False, server_default=text("1")),
    Column("audit_id", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=func.uuidv7()),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("counter", BigInteger, nullable=False, server_default=text("0")),
    Column("rotated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_used_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("user_agent", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Index("sessions_of_user", "user_id"),
    Index("sessions_by_use", "last_used_at"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("public", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("signs_from", DateTime(timezone=True), nullable=False),
)

# Kept while a token of the session can be valid, so that a bus that lost them can be given them again.
revocations = Table(
    "revocations",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("published", Boolean, nullable=False, server_default="false"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, server_default=func.uuidv7()),
    Column("user_id", Uuid, nullable=False),
    Column("verb", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("traceparent", Text, nullable=False),
)

# How far the stream of user events was when its last event was stored.
stream_position = Table(
    "stream_position",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("last_sequence", BigInteger, nullable=False),
)

# Deleted accounts, with the services that have not confirmed their erasure yet.
erasures = Table(
    "erasures",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("confirmations", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True), nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("account", LargeBinary, primary_key=True),
    Column("network", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("login_failures_by_age", "last_at"),
)

# `account` is the user's `audit_id`: once the user is deleted, nothing connects it to a person.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("event", Text, nullable=False),
    Column("account", Uuid),
    Column("session_id", Uuid),
    Column("ip", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_log_of_account", "account", "id"),
)
