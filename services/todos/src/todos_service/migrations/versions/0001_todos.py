"""Feeds, todos, changes and the outbox: every key begins with the user, so that users can be spread later."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PARTITIONS = 8

FEEDS = """
create table feeds (
    user_id uuid primary key,
    sequence bigint not null
) with (fillfactor = 50)
"""

# `document` is the todo as JSON, made by the statement that wrote the row: a list reads and sends it as it is.
TODOS = """
create table todos (
    user_id uuid not null,
    id uuid not null,
    title text not null,
    description text not null,
    completed boolean not null,
    priority smallint not null,
    tags text[] not null,
    due_date date,
    due_time time,
    due_time_zone text,
    due_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    version bigint not null,
    document text not null,
    primary key (user_id, id)
) with (fillfactor = 90)
"""

# A write whose todo changed under it has no `todo_id` here, and fails as a whole before it takes a number.
CHANGES = """
create table changes (
    user_id uuid not null,
    sequence bigint not null,
    id uuid not null default uuidv7(),
    type text not null,
    todo_id uuid not null,
    data json not null,
    occurred_at timestamptz not null,
    traceparent text,
    primary key (user_id, sequence)
) partition by hash (user_id)
"""

OUTBOX = """
create table outbox (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    sequence bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)
"""

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

IDEMPOTENCY_KEYS = """
create table idempotency_keys (
    user_id uuid not null,
    key text not null,
    fingerprint bytea not null,
    status smallint,
    headers json,
    body text,
    created_at timestamptz not null default now(),
    primary key (user_id, key)
)
"""

INDEXES = (
    "create index todos_newest on todos (user_id, created_at, id) where deleted_at is null",
    "create index todos_trash on todos (user_id, created_at, id) where deleted_at is not null",
    "create index todos_trashed on todos (deleted_at) where deleted_at is not null",
    "create index changes_of_todo on changes (user_id, todo_id, sequence)",
    "create index idempotency_keys_age on idempotency_keys (created_at)",
)


def upgrade() -> None:
    for statement in (FEEDS, TODOS, CHANGES, OUTBOX, OUTBOX_DEAD, IDEMPOTENCY_KEYS):
        op.execute(statement)
    for number in range(PARTITIONS):
        op.execute(
            f"create table changes_{number} partition of changes "
            f"for values with (modulus {PARTITIONS}, remainder {number})"
        )
    for statement in INDEXES:
        op.execute(statement)
