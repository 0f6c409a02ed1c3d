"""Authenticators (TOTP), recovery codes, and log-ins that wait for one of them."""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
create table totp (
    user_id uuid primary key references users on delete cascade,
    sealed bytea not null,
    confirmed boolean not null default false,
    last_step bigint not null default 0
);
create table recovery_codes (
    user_id uuid not null references users on delete cascade,
    digest bytea not null,
    primary key (user_id, digest)
);
create table pending_logins (
    digest bytea primary key,
    user_id uuid not null references users on delete cascade,
    tries int not null default 0,
    expires_at timestamptz not null
);
create index pending_logins_of_user on pending_logins (user_id)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table totp, recovery_codes, pending_logins")
