"""Events that no try could publish: they no longer keep the later ones waiting."""

from alembic import op

revision = "0003"
down_revision = "0002"

OUTBOX_DEAD = """
create table outbox_dead (
    id bigint primary key,
    user_id uuid not null,
    sequence bigint not null,
    attempts smallint not null,
    reason text not null,
    failed_at timestamptz not null
)
"""


def upgrade() -> None:
    op.execute(OUTBOX_DEAD)


def downgrade() -> None:
    op.execute("drop table outbox_dead")
