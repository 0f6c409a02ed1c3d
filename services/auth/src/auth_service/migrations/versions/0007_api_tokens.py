"""API tokens."""

from alembic import op

revision = "0007"
down_revision = "0006"

API_TOKENS = """
create table api_tokens (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    digest bytea not null,
    name text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(API_TOKENS)
    op.execute("create index api_tokens_of_user on api_tokens (user_id)")
    op.execute("create index api_tokens_by_expiry on api_tokens (expires_at)")


def downgrade() -> None:
    op.execute("drop table api_tokens")
