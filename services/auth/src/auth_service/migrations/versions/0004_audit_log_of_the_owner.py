"""The role that runs adds to the audit log and reads it; what is older than a year goes by a function of the owner."""

from alembic import op

revision = "0004"
down_revision = "0003"

FORGET = """
create function forget_old_audit_entries() returns void
language sql security definer set search_path = pg_catalog as $$
    delete from public.audit_log where at < now() - interval '365 days'
$$
"""

REVOKE = """
do $$
declare
    runtime text := regexp_replace(current_user, '_owner$', '');
begin
    if runtime <> current_user then
        execute format('revoke update, delete on audit_log from %I', runtime);
    end if;
end $$
"""


def upgrade() -> None:
    op.execute(FORGET)
    op.execute(REVOKE)


def downgrade() -> None:
    op.execute("drop function forget_old_audit_entries()")
