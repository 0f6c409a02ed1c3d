"""The schema of the notification service, as the migrations leave it (compared in tests/contracts/test_tables.py)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service_common.outbox import dead_rows

INSTANT = sa.DateTime(timezone=True)
metadata = sa.MetaData()

# A cursor on the user's feed. One process at a time delivers to it: `claimed_by` until `claimed_until`.
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", ARRAY(sa.Text), nullable=False),
    sa.Column("project_id", sa.Uuid),
    sa.Column("generation", sa.Integer, nullable=False, server_default=sa.text("1")),
    sa.Column("rotated_at", INSTANT),
    sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.text("true")),
    sa.Column("disabled_reason", sa.Text),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("failing_since", INSTANT),
    sa.Column("next_attempt_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("claimed_by", sa.Uuid),
    sa.Column("claimed_until", INSTANT),
    sa.Column("attempts", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Index("webhooks_due", "next_attempt_at", postgresql_where=sa.text('enabled AND head > "position"')),
    postgresql_with={"fillfactor": 70},
)

# The last attempts of each webhook, in a ring: `slot` is the attempt's number modulo the ring's size.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("webhook_id", sa.Uuid, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True),
    sa.Column("attempt", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("attempted_at", INSTANT, nullable=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("response", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["user_id", "webhook_id"], ["webhooks.user_id", "webhooks.id"], ondelete="CASCADE"),
)

# When this schema was made, one row: nothing before it is reminded of, although the change log may go back for years.
beginning = sa.Table("beginning", metadata, sa.Column("at", INSTANT, primary_key=True))

# How far the reminders of each user are: the changes up to `position` are in `todos`. `fired` numbers the events that
# the service publishes.
feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("fired", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    postgresql_with={"fillfactor": 50},
)

# `default_minutes_before`, set at `updated_at`, is null where todos without reminders of their own have none.
# `digest_at` is when the next daily digest is made.
preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("default_minutes_before", sa.Integer),
    sa.Column("updated_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("by_email", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.Column("by_push", sa.Boolean, nullable=False, server_default=sa.text("true")),
    sa.Column("quiet_start", sa.Time),
    sa.Column("quiet_end", sa.Time),
    sa.Column("digest_hour", sa.SmallInteger),
    sa.Column("digest_at", INSTANT),
    sa.Index("digests_due", "digest_at", postgresql_where=sa.text("digest_at IS NOT NULL")),
)

# What the user events say of each user.
profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("email_verified", sa.Boolean, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
)

# What waits to be sent on a channel. Its `id` is that of the event, so that nothing is put there twice.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("next_at", INSTANT, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Index("notices_due", "channel", "next_at"),
)

# Open todos that a reminder may be about, as far as reminders depend on them. A reminder before the second of
# `armed_at` does not fire: the todo became what it is only then.
todos = sa.Table(
    "todos",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("todo_id", sa.Uuid, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("due_at", INSTANT),
    sa.Column("has_time", sa.Boolean, nullable=False),
    sa.Column("reminders", sa.Text, nullable=False),
    sa.Column("armed_at", INSTANT, nullable=False),
    postgresql_with={"fillfactor": 85},
)

# The schedule: what has not fired yet.
reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("todo_id", sa.Uuid, primary_key=True),
    sa.Column("reminder_id", sa.Uuid, primary_key=True),
    sa.Column("fire_at", INSTANT, nullable=False),
    sa.Index("reminders_due", "fire_at"),
)

# What has fired; `id` is that of the event, made of the reminder and its instant, so that no second one is made.
fired = sa.Table(
    "fired",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("todo_id", sa.Uuid, nullable=False),
    sa.Column("reminder_id", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("due_at", INSTANT),
    sa.Column("fire_at", INSTANT, nullable=False),
    sa.Column("fired_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("is_late", sa.Boolean, nullable=False),
    sa.Index("fired_newest", "user_id", "fired_at"),
)

# Browsers to which is pushed, with the keys that each has made for it, until the session ends that subscribed it.
push_subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("endpoint", sa.Text, primary_key=True),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Column("session_id", sa.Uuid),
    sa.Index("push_subscriptions_session", "session_id"),
)

# When the user had the last test messages sent, oldest first.
test_messages = sa.Table(
    "test_messages",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sent_at", ARRAY(INSTANT), nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Uuid, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("occurred_at", INSTANT, nullable=False),
)

# Events that could not be published.
outbox_dead = dead_rows(metadata)

# Digests of erased users' ids, which identify no person: an event that comes late must not bring rows back.
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("erased_at", INSTANT, nullable=False, server_default=sa.func.now()),
)
