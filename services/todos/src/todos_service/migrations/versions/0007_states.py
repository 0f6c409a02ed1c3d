"""States of todos that are over, for lists of any moment; the service fills them from the changes."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = """
create table states (
    user_id uuid not null,
    sequence bigint not null,
    id uuid not null,
    span int8range not null,
    title text not null,
    completed boolean not null,
    priority smallint not null,
    tags text[] not null,
    due_date date,
    due_time time,
    due_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    start_date date,
    project_id uuid,
    parent_id uuid,
    recurrence json,
    position text collate "C",
    primary key (user_id, sequence)
)
"""
FOLDS = "create table folds (user_id uuid primary key, sequence bigint not null)"
INDEXES = (
    "create index states_held on states using gist (user_id, span)",
    "create index changes_of_others on changes (user_id, todo_id, sequence) where type not like 'todo.%'",
)


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist")  # trusted, as those of 0002
    for statement in (STATES, FOLDS, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop index changes_of_others")
    op.execute("drop table states, folds")
