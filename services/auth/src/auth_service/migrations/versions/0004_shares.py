"""The end of all sessions of a user as one revocation; how often an account or a network may do what costs much."""

from alembic import op

revision = "0004"
down_revision = "0003"

USER_REVOCATIONS = """
create table user_revocations (
    user_id uuid primary key references users on delete cascade,
    before uuid not null,
    until timestamptz not null,
    published boolean not null default false
)
"""
ALLOWANCES = """
create table allowances (
    kind text not null,
    subject text not null,
    used_until timestamptz not null,
    primary key (kind, subject)
)
"""


def upgrade() -> None:
    op.execute(USER_REVOCATIONS)
    op.execute(ALLOWANCES)


def downgrade() -> None:
    op.execute("drop table user_revocations, allowances")
