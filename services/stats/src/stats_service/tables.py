"""The schema of the stats service, as the migrations leave it (compared in tests/contracts/test_tables.py)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE, INT8RANGE

INSTANT = sa.DateTime(timezone=True)
metadata = sa.MetaData(info={"extensions": ("btree_gist",)})

users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("week_start", sa.Text, nullable=False),
    sa.Column("day_start_hour", sa.Integer, nullable=False),
    sa.Column("daily_goal", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)

# The latest known state of each todo, as far as figures depend on it. A removed todo stays, so that an older event
# that comes late finds something newer.
projected_todos = sa.Table(
    "projected_todos",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("todo_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("completed", sa.Boolean, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("completed_at", INSTANT),
    sa.Column("removed_at", INSTANT),
    sa.Column("due_at", INSTANT),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("tags", ARRAY(sa.Text), nullable=False),
    sa.Column("project_id", sa.Uuid),
    sa.Index(
        "projected_todos_due",
        "user_id",
        "due_at",
        postgresql_where=sa.text("removed_at IS NULL AND NOT completed AND due_at IS NOT NULL"),
    ),
    postgresql_with={"fillfactor": 85},
)

# `seen` holds the sequences applied; what is before its first hole is complete.
progress = sa.Table(
    "progress",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("completed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("seen", INT8MULTIRANGE, nullable=False, server_default="{}"),
    sa.Column(
        "as_of_sequence",
        sa.BigInteger,
        sa.Computed("lower('{[1,)}'::int8multirange - seen) - 1", persisted=True),
        nullable=False,
    ),
    postgresql_with={"fillfactor": 50},
)

# Quarters of an hour: every zone is a whole number of them from UTC, so the days of any zone are sums of them.
activity = sa.Table(
    "activity",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("bucket", INSTANT, primary_key=True),
    sa.Column("created", sa.Integer, nullable=False, server_default="0"),
    sa.Column("completed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("removed", sa.Integer, nullable=False, server_default="0"),
    postgresql_with={"fillfactor": 70},
)

# By `kind`: priority, tag, or project, whose value is '' for the inbox.
breakdown = sa.Table(
    "breakdown",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("completed", sa.Integer, nullable=False, server_default="0"),
    postgresql_with={"fillfactor": 70},
)

# Of users who ask for a past moment: what each change said of its todo, with the numbers from which and before which
# that held (empty: it was no change of a todo). Made of the change log; both tables can be emptied at any time.
FACT = ("completed", "created_at", "completed_at", "removed_at", "due_at", "priority", "tags", "project_id")
history = sa.Table(
    "history",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("occurred_at", INSTANT, nullable=False),
    sa.Column("todo_id", sa.Uuid),
    sa.Column("span", INT8RANGE, nullable=False),
    sa.Column("completed", sa.Boolean, nullable=False),
    sa.Column("created_at", INSTANT),
    sa.Column("completed_at", INSTANT),
    sa.Column("removed_at", INSTANT),
    sa.Column("due_at", INSTANT),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("tags", ARRAY(sa.Text), nullable=False),
    sa.Column("project_id", sa.Uuid),
    sa.Index("history_held", "user_id", "span", postgresql_using="gist", postgresql_include=FACT),
    sa.Index("history_last", "user_id", "todo_id", postgresql_where=sa.text("upper_inf(span)")),
    sa.Index("history_times", "user_id", "occurred_at", "sequence"),
)
# How far `history` reaches, and the first change that cannot be read, if there is one.
folds = sa.Table(
    "folds",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("unreadable", sa.BigInteger),
)

# Digests of erased users' ids, which identify no person: an event that comes late must not bring rows back.
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("erased_at", INSTANT, nullable=False, server_default=sa.func.now()),
)
