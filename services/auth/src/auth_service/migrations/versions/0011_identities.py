"""Who may log in by a provider of OpenID Connect."""

from alembic import op

revision = "0011"
down_revision = "0010"

TABLE = """
create table identities (
    id uuid primary key default uuidv7(),
    user_id uuid not null references users on delete cascade,
    issuer text not null,
    subject text not null,
    email text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    unique (issuer, subject)
)
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("create index identities_of_user on identities (user_id)")


def downgrade() -> None:
    op.execute("drop table identities")
