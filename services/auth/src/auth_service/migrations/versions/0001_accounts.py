"""Accounts, sessions, signing keys, revocations, events, failures, audit log."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create table users (
    id uuid primary key default uuidv7(),
    email text not null,
    email_key text not null unique,
    password_hash text not null,
    display_name text not null,
    time_zone text not null,
    week_start text not null default 'monday',
    day_start_hour int not null default 0,
    daily_goal int not null default 5,
    created_at timestamptz not null default now(),
    sequence bigint not null default 1,
    audit_id uuid not null unique default gen_random_uuid()
);

create table sessions (
    id uuid primary key default uuidv7(),
    user_id uuid not null references users on delete cascade,
    counter bigint not null default 0,
    rotated_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    user_agent text not null,
    ip text not null
);
create index sessions_of_user on sessions (user_id);
create index sessions_by_use on sessions (last_used_at);

create table signing_keys (
    id text primary key,
    public text not null,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    signs_from timestamptz not null
);

-- Kept while a token of the session can live, so that they can be told again to a bus that lost them.
create table revocations (
    session_id uuid primary key,
    until timestamptz not null,
    published boolean not null default false
);

create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null default uuidv7(),
    user_id uuid not null,
    verb text not null,
    sequence bigint not null,
    data text not null,
    occurred_at timestamptz not null,
    traceparent text not null
);

-- Accounts that are gone here, and the services that have not said yet that theirs is gone too.
create table erasures (
    user_id uuid not null,
    service text not null,
    sequence bigint not null,
    confirmations int not null default 0,
    attempts int not null default 0,
    next_at timestamptz not null,
    primary key (user_id, service)
);

create table login_failures (
    account bytea not null,
    network text not null,
    failures int not null,
    blocked_until timestamptz not null,
    last_at timestamptz not null,
    primary key (account, network)
);
create index login_failures_by_age on login_failures (last_at);

-- `account` is the user's audit_id: once the user is gone, nothing connects it to a person.
create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    event text not null,
    account uuid,
    session_id uuid,
    ip text not null,
    detail text not null
);
create index audit_log_of_account on audit_log (account, id);
"""

APPEND_ONLY = """
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.at < now() - interval '365 days' then
        return old;
    end if;
    raise exception 'the audit log is append-only';
end $$
"""

TRIGGERS = """
create trigger audit_log_append_only before update or delete on audit_log
    for each row execute function refuse_audit_change();
create trigger audit_log_no_truncate before truncate on audit_log
    for each statement execute function refuse_audit_change();
"""


def upgrade() -> None:
    statements = [*TABLES.split(";\n"), APPEND_ONLY, *TRIGGERS.split(";\n")]
    for statement in filter(str.strip, statements):  # the driver takes one statement at a time
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table users, sessions, signing_keys, revocations, outbox, erasures, login_failures, audit_log")
    op.execute("drop function refuse_audit_change")
