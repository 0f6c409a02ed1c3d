"""Verified addresses, mail that is to be sent and the tokens in it, and when a session last gave a proof."""

from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = """
alter table users add column email_verified boolean not null default false;
alter table sessions add column authenticated_at timestamptz not null default now();
update sessions set authenticated_at = created_at
"""
MAILS = """
create table mails (
    recipient bytea not null,
    kind text not null,
    id uuid not null unique default uuidv7(),
    user_id uuid references users on delete cascade,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    next_at timestamptz not null default now(),
    attempts int not null default 0,
    primary key (recipient, kind)
);
create index mails_by_turn on mails (next_at);
create table mail_tokens (
    user_id uuid not null references users on delete cascade,
    purpose text not null,
    digest bytea not null unique,
    email text not null,
    expires_at timestamptz not null,
    primary key (user_id, purpose)
)
"""


def upgrade() -> None:
    for statement in (*COLUMNS.split(";\n"), *MAILS.split(";\n")):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table mails, mail_tokens")
    op.execute("alter table users drop column email_verified")
    op.execute("alter table sessions drop column authenticated_at")
