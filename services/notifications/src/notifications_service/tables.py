"""The schema of the notification service, as the migrations leave it (compared in tests/contracts/test_tables.py)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

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
