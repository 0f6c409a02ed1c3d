"""The ways out of reminders besides the bus: what users have chosen, who they are, and what waits to be sent."""

from alembic import op

revision = "0003"
down_revision = "0002"

PREFERENCES = """
alter table preferences
    add by_email boolean not null default false,
    add by_push boolean not null default true,
    add quiet_start time,
    add quiet_end time,
    add digest_hour smallint,
    add digest_at timestamptz
"""
DIGESTS_DUE = "create index digests_due on preferences (digest_at) where digest_at is not null"
PROFILES = """
create table profiles (
    user_id uuid primary key,
    sequence bigint not null,
    email text not null,
    email_verified boolean not null,
    time_zone text not null
)
"""
NOTICES = """
create table notices (
    user_id uuid not null,
    channel text not null,
    id uuid not null,
    kind text not null,
    content text not null,
    next_at timestamptz not null,
    attempts int not null default 0,
    created_at timestamptz not null default now(),
    primary key (user_id, channel, id)
)
"""
NOTICES_DUE = "create index notices_due on notices (channel, next_at)"


def upgrade() -> None:
    for statement in (PREFERENCES, DIGESTS_DUE, PROFILES, NOTICES, NOTICES_DUE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table profiles, notices")
    for column in ("by_email", "by_push", "quiet_start", "quiet_end", "digest_hour", "digest_at"):
        op.execute(f"alter table preferences drop column {column}")
