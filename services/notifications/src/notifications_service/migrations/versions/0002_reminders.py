"""Reminders: the schedule, what has fired, and the outbox of their events."""

from alembic import op

revision = "0002"
down_revision = "0001"

BEGINNING = "create table beginning (at timestamptz primary key)"
BEGIN = "insert into beginning values (now())"
FEEDS = """
create table feeds (
    user_id uuid primary key,
    position bigint not null default 0,
    fired bigint not null default 0
) with (fillfactor = 50)
"""
PREFERENCES = """
create table preferences (
    user_id uuid primary key,
    default_minutes_before int,
    updated_at timestamptz not null default now()
)
"""
TODOS = """
create table todos (
    user_id uuid not null,
    todo_id uuid not null,
    title text not null,
    due_at timestamptz,
    has_time boolean not null,
    reminders text not null,
    armed_at timestamptz not null,
    primary key (user_id, todo_id)
) with (fillfactor = 85)
"""
REMINDERS = """
create table reminders (
    user_id uuid not null,
    todo_id uuid not null,
    reminder_id uuid not null,
    fire_at timestamptz not null,
    primary key (user_id, todo_id, reminder_id)
)
"""
REMINDERS_DUE = "create index reminders_due on reminders (fire_at)"
FIRED = """
create table fired (
    user_id uuid not null,
    id uuid not null,
    todo_id uuid not null,
    reminder_id uuid not null,
    title text not null,
    due_at timestamptz,
    fire_at timestamptz not null,
    fired_at timestamptz not null default now(),
    is_late boolean not null,
    primary key (user_id, id)
)
"""
FIRED_NEWEST = "create index fired_newest on fired (user_id, fired_at)"
OUTBOX = """
create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null,
    user_id uuid not null,
    type text not null,
    subject uuid not null,
    sequence bigint not null,
    data text not null,
    occurred_at timestamptz not null
)
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
ERASURES = "create table erasures (digest bytea primary key, erased_at timestamptz not null default now())"
ALL = (
    BEGINNING,
    BEGIN,
    FEEDS,
    PREFERENCES,
    TODOS,
    REMINDERS,
    REMINDERS_DUE,
    FIRED,
    FIRED_NEWEST,
    OUTBOX,
    OUTBOX_DEAD,
    ERASURES,
)


def upgrade() -> None:
    for statement in ALL:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table beginning, feeds, preferences, todos, reminders, fired, outbox, outbox_dead, erasures")
