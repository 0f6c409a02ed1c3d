"""Passkeys, and the challenges that were answered."""

from alembic import op

revision = "0012"
down_revision = "0011"

PASSKEYS = """
create table passkeys (
    id uuid primary key default uuidv7(),
    user_id uuid not null references users on delete cascade,
    credential_id bytea not null unique,
    public_key bytea not null,
    sign_count bigint not null,
    name text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz
)
"""
CHALLENGES = "create table used_challenges (digest bytea primary key, until timestamptz not null)"


def upgrade() -> None:
    op.execute(PASSKEYS)
    op.execute("create index passkeys_of_user on passkeys (user_id)")
    op.execute(CHALLENGES)


def downgrade() -> None:
    op.execute("drop table passkeys, used_challenges")
