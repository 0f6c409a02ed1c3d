"""What each change said of its todo, for the figures of any moment; the service fills it from the change log."""

from alembic import op

revision = "0004"
down_revision = "0003"

HISTORY = """
create table history (
    user_id uuid not null,
    sequence bigint not null,
    occurred_at timestamptz not null,
    todo_id uuid,
    span int8range not null,
    completed boolean not null,
    created_at timestamptz,
    completed_at timestamptz,
    removed_at timestamptz,
    due_at timestamptz,
    priority text not null,
    tags text[] not null,
    project_id uuid,
    primary key (user_id, sequence)
)
"""
FOLDS = "create table folds (user_id uuid primary key, sequence bigint not null, unreadable bigint)"
HELD = """
create index history_held on history using gist (user_id, span)
include (completed, created_at, completed_at, removed_at, due_at, priority, tags, project_id)
"""
INDEXES = (
    HELD,
    "create index history_last on history (user_id, todo_id) where upper_inf(span)",
    "create index history_times on history (user_id, occurred_at, sequence)",
)


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist")  # trusted: the database's owner may
    for statement in (HISTORY, FOLDS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table history, folds")
    op.execute("drop extension btree_gist")
