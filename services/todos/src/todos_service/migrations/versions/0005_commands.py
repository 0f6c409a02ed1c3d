"""Find the changes of a command, and what undid it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A change of before commands existed is a command of its own, with the id of its event.
INDEX = """
create index changes_of_command on changes (user_id, coalesce(cast(data ->> 'command_id' as uuid), id), sequence)
"""
UNDOS = """
create table undos (
    user_id uuid not null,
    root uuid not null,
    place integer not null,
    command_id uuid not null,
    primary key (user_id, root, place)
)
"""


def upgrade() -> None:
    op.execute(INDEX)
    op.execute(UNDOS)
    op.execute("create index undos_command on undos (user_id, command_id)")


def downgrade() -> None:
    op.execute("drop table undos")
    op.execute("drop index changes_of_command")
