"""Webhooks, and the attempts to deliver to them."""

from alembic import op

revision = "0001"
down_revision = None

WEBHOOKS = """
create table webhooks (
    user_id uuid not null,
    id uuid not null default uuidv7(),
    url text not null,
    types text[] not null,
    project_id uuid,
    generation int not null default 1,
    rotated_at timestamptz,
    enabled boolean not null default true,
    disabled_reason text,
    position bigint not null,
    head bigint not null,
    failures int not null default 0,
    failing_since timestamptz,
    next_attempt_at timestamptz not null default now(),
    claimed_by uuid,
    claimed_until timestamptz,
    attempts bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (user_id, id)
) with (fillfactor = 70)
"""
DUE = "create index webhooks_due on webhooks (next_attempt_at) where enabled and head > position"
DELIVERIES = """
create table deliveries (
    user_id uuid not null,
    webhook_id uuid not null,
    slot int not null,
    attempt bigint not null,
    event_id uuid not null,
    type text not null,
    sequence bigint,
    attempted_at timestamptz not null,
    duration_ms int not null,
    status int,
    response text not null,
    error text not null,
    primary key (user_id, webhook_id, slot),
    foreign key (user_id, webhook_id) references webhooks (user_id, id) on delete cascade
)
"""


def upgrade() -> None:
    for statement in (WEBHOOKS, DUE, DELIVERIES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table deliveries, webhooks")
