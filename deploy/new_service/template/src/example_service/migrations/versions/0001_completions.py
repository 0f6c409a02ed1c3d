"""The count of each user, and which events are in it."""

from alembic import op

revision = "0001"
down_revision = None

COMPLETIONS = """
create table completions (
    user_id uuid primary key,
    completed int not null,
    as_of_sequence bigint not null
)
"""
POSITIONS = """
create table subscriber_positions (
    consumer text not null,
    user_id uuid not null,
    position bigint,
    primary key (consumer, user_id)
)
"""


def upgrade() -> None:
    op.execute(COMPLETIONS)
    op.execute(POSITIONS)


def downgrade() -> None:
    op.execute("drop table completions, subscriber_positions")
