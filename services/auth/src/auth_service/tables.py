"""The schema of the auth service, as the migrations leave it (compared in tests/contracts/test_tables.py).

The triggers that keep `audit_log` append-only are in migration 0001.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.outbox import dead_rows

INSTANT = sa.DateTime(timezone=True)
metadata = sa.MetaData()

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_key", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("week_start", sa.Text, nullable=False, server_default="monday"),
    sa.Column("day_start_hour", sa.Integer, nullable=False, server_default="0"),
    sa.Column("daily_goal", sa.Integer, nullable=False, server_default="5"),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("sequence", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    sa.Column("audit_id", sa.Uuid, nullable=False, unique=True, server_default=sa.func.gen_random_uuid()),
    sa.Column("email_verified", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("administrator", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default="false"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("counter", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("rotated_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("last_used_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("ip", sa.Text, nullable=False),
    sa.Column("authenticated_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Index("sessions_of_user", "user_id"),
    sa.Index("sessions_by_use", "last_used_at"),
)

# `digest` is the SHA-256 of the token's text.
api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("expires_at", INSTANT),
    sa.Column("last_used_at", INSTANT),
    sa.Index("api_tokens_of_user", "user_id"),
    sa.Index("api_tokens_by_expiry", "expires_at"),
)

signing_keys = sa.Table(
    "signing_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("public", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("signs_from", INSTANT, nullable=False),
)

# Kept while a token of the session can be valid, so that a bus that lost them can be given them again.
revocations = sa.Table(
    "revocations",
    metadata,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("until", INSTANT, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False, server_default="false"),
)

# Users whose sessions all ended: those whose id, a UUIDv7, is lower than `before`.
user_revocations = sa.Table(
    "user_revocations",
    metadata,
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("before", sa.Uuid, nullable=False),
    sa.Column("until", INSTANT, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False, server_default="false"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False, server_default=sa.func.uuidv7()),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("occurred_at", INSTANT, nullable=False),
    sa.Column("traceparent", sa.Text, nullable=False),
)

# Events that could not be published.
outbox_dead = dead_rows(metadata)

# How far the stream of user events was when its last event was stored.
stream_position = sa.Table(
    "stream_position",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("last_sequence", sa.BigInteger, nullable=False),
)

# Deleted accounts, with the services that have not confirmed their erasure yet.
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("confirmations", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", INSTANT, nullable=False),
)

login_failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("account", sa.LargeBinary, primary_key=True),
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("blocked_until", INSTANT, nullable=False),
    sa.Column("last_at", INSTANT, nullable=False),
    sa.Index("login_failures_by_age", "last_at"),
)

# How much of its hourly allowance a user or a network has used: all of it when `used_until` is an hour from now.
allowances = sa.Table(
    "allowances",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("used_until", INSTANT, nullable=False),
)

# Mail that is to be sent: one of a kind for a recipient, who is a user, or an address that may have no account.
mails = sa.Table(
    "mails",
    metadata,
    sa.Column("recipient", sa.LargeBinary, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False, unique=True, server_default=sa.func.uuidv7()),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("next_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Index("mails_by_turn", "next_at"),
)

# What was sent in links, as digests: the newest of a user for each purpose. `email` is the address that it went to.
mail_tokens = sa.Table(
    "mail_tokens",
    metadata,
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
)

# Authenticators; `last_step` is the last time step of which a code was accepted.
totp = sa.Table(
    "totp",
    metadata,
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("confirmed", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
)

# As digests; a code that was used is deleted.
recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
)

# Log-ins whose password was right, and which wait for a code.
pending_logins = sa.Table(
    "pending_logins",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.Index("pending_logins_of_user", "user_id"),
)

# Who may log in by a provider of OpenID Connect: the one whom `issuer` calls `subject`.
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("last_used_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.UniqueConstraint("issuer", "subject"),
    sa.Index("identities_of_user", "user_id"),
)

# `public_key` is in COSE form; a `sign_count` of 0 is that of a device that does not count.
passkeys = sa.Table(
    "passkeys",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("last_used_at", INSTANT),
    sa.Index("passkeys_of_user", "user_id"),
)

# Challenges that a passkey has answered, as digests, while they could be answered again.
used_challenges = sa.Table(
    "used_challenges",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("until", INSTANT, nullable=False),
)

# Links for a registration each, as digests; one with an address is for that address only.
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("email", sa.Text),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("expires_at", INSTANT, nullable=False),
)

# `account` is the user's `audit_id`: once the user is deleted, nothing connects it to a person.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("account", sa.Uuid),
    sa.Column("session_id", sa.Uuid),
    sa.Column("ip", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("audit_log_of_account", "account", "id"),
)
