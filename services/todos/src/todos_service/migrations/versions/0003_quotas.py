"""What the quotas limit is counted in the feed's row."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = """
alter table feeds
    add column todos bigint not null default 0,
    add column bytes bigint not null default 0,
    add column day date not null default '1970-01-01',
    add column writes bigint not null default 0,
    add column kept bigint not null default 0
"""
COUNT = """
update feeds set todos = counted.todos, bytes = counted.bytes
from (
    select user_id, count(*) as todos,
        sum(octet_length(title) + octet_length(description) + octet_length(array_to_string(tags, ''))) as bytes
    from todos group by user_id
) counted
where counted.user_id = feeds.user_id
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(COUNT)


def downgrade() -> None:
    op.execute(
        "alter table feeds drop column todos, drop column bytes, drop column day, drop column writes, drop column kept"
    )
