"""How far the stream of user events was when its last event was stored: a stream that is behind that has lost some."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("create table stream_position (stream text primary key, last_sequence bigint not null)")


def downgrade() -> None:
    op.execute("drop table stream_position")
