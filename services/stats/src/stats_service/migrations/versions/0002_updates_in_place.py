"""Rows that change often are updated in place: no index reads the columns that change.

Nobody asked for gaps by their index, and it kept every update of `progress` from being a heap-only one.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("drop index progress_gaps")
    op.execute("alter table progress set (fillfactor = 50)")
    op.execute("alter table projected_todos set (fillfactor = 85)")


def downgrade() -> None:
    op.execute("alter table projected_todos reset (fillfactor)")
    op.execute("alter table progress set (fillfactor = 70)")
    op.execute("create index progress_gaps on progress (user_id) where upper(seen) - 1 > as_of_sequence")
