"""The projection of the todo events, and what is known of the users."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create table users (
    user_id uuid primary key,
    time_zone text not null,
    week_start text not null,
    day_start_hour int not null,
    daily_goal int not null,
    version bigint not null
);

-- The latest known state of each todo, as far as figures depend on it. A removed todo stays, so that an older event
-- that comes late finds something newer.
create table projected_todos (
    user_id uuid not null,
    todo_id uuid not null,
    version bigint not null,
    completed boolean not null,
    created_at timestamptz not null,
    completed_at timestamptz,
    removed_at timestamptz,
    due_at timestamptz,
    priority text not null,
    tags text[] not null,
    primary key (user_id, todo_id)
);
create index projected_todos_due on projected_todos (user_id, due_at)
    where removed_at is null and not completed and due_at is not null;

-- `seen` holds the sequences applied; what lies before its first hole is complete.
create table progress (
    user_id uuid primary key,
    total int not null default 0,
    completed int not null default 0,
    seen int8multirange not null default '{}',
    as_of_sequence bigint not null generated always as (lower('{[1,)}'::int8multirange - seen) - 1) stored
) with (fillfactor = 70);
create index progress_gaps on progress (user_id) where upper(seen) - 1 > as_of_sequence;

-- Quarters of an hour: every zone is a whole number of them away from UTC, so the days of any zone are sums of them.
create table activity (
    user_id uuid not null,
    bucket timestamptz not null,
    created int not null default 0,
    completed int not null default 0,
    removed int not null default 0,
    primary key (user_id, bucket)
) with (fillfactor = 70);

create table breakdown (
    user_id uuid not null,
    kind text not null,
    value text not null,
    total int not null default 0,
    completed int not null default 0,
    primary key (user_id, kind, value)
) with (fillfactor = 70);

-- Who was erased, as a digest that names nobody: an event that comes late must not bring rows back.
create table erasures (
    digest bytea primary key,
    erased_at timestamptz not null default now()
);
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):  # the driver prepares what it runs: one statement at a time
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("drop table erasures, breakdown, activity, progress, projected_todos, users")
