"""What merging offline writes remembers of a todo."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table merges (
            user_id uuid not null,
            todo_id uuid not null,
            memory json not null,
            primary key (user_id, todo_id)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table merges")
