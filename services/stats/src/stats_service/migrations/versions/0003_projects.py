"""Todos are counted by project; what was counted before is in the inbox."""

from alembic import op

revision = "0003"
down_revision = "0002"

INBOX = """
insert into breakdown (user_id, kind, value, total, completed)
select user_id, 'project', '', total, completed from progress where total > 0
"""


def upgrade() -> None:
    op.execute("alter table projected_todos add column project_id uuid")
    op.execute(INBOX)


def downgrade() -> None:
    op.execute("delete from breakdown where kind = 'project'")
    op.execute("alter table projected_todos drop column project_id")
