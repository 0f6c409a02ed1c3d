"""The session in which a browser has subscribed to Web Push; those of before end by themselves only."""

from alembic import op

revision = "0006"
down_revision = "0005"

SESSION = "alter table push_subscriptions add session_id uuid"
OF_SESSION = "create index push_subscriptions_session on push_subscriptions (session_id)"


def upgrade() -> None:
    op.execute(SESSION)
    op.execute(OF_SESSION)


def downgrade() -> None:
    op.execute("alter table push_subscriptions drop session_id")
