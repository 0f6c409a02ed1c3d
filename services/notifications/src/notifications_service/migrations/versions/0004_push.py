"""Browsers that have subscribed to Web Push."""

from alembic import op

revision = "0004"
down_revision = "0003"

SUBSCRIPTIONS = """
create table push_subscriptions (
    user_id uuid not null,
    endpoint text not null,
    p256dh text not null,
    auth text not null,
    created_at timestamptz not null default now(),
    primary key (user_id, endpoint)
)
"""


def upgrade() -> None:
    op.execute(SUBSCRIPTIONS)


def downgrade() -> None:
    op.execute("drop table push_subscriptions")
