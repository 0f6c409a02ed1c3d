"""When each user had test messages sent."""

from alembic import op

revision = "0005"
down_revision = "0004"

TEST_MESSAGES = "create table test_messages (user_id uuid primary key, sent_at timestamptz[] not null)"


def upgrade() -> None:
    op.execute(TEST_MESSAGES)


def downgrade() -> None:
    op.execute("drop table test_messages")
