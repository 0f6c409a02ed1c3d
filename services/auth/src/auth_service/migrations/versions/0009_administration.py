"""Administrators, disabled accounts, invitations."""

from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = """
alter table users
    add column administrator boolean not null default false,
    add column disabled boolean not null default false
"""
INVITATIONS = """
create table invitations (
    id uuid primary key default uuidv7(),
    digest bytea not null unique,
    email text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
)
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(INVITATIONS)


def downgrade() -> None:
    op.execute("drop table invitations")
    op.execute("alter table users drop column administrator, drop column disabled")
