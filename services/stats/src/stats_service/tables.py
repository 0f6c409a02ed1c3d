"""The schema of the stats service, as the migrations leave it (compared in tests/contracts/test_tables.py)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("time_zone", Text, nullable=False),
    Column("week_start", Text, nullable=False),
    Column("day_start_hour", Integer, nullable=False),
    Column("daily_goal", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# The latest known state of each todo, as far as figures depend on it. A removed todo stays, so that an older event
# that comes late finds something newer.
projected_todos = Table(
    "projected_todos",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("todo_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("completed_at", DateTime(timezone=True)),
    Column("removed_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True)),
    Column("priority", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Index(
        "projected_todos_due",
        "user_id",
        "due_at",
        postgresql_where=text("removed_at IS NULL AND NOT completed AND due_at IS NOT NULL"),
    ),
    postgresql_with={"fillfactor": 85},
)

# `seen` holds the sequences applied; what is before its first hole is complete.
progress = Table(
    "progress",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("completed", Integer, nullable=False, server_default="0"),
    Column("seen", INT8MULTIRANGE, nullable=False, server_default="{}"),
    Column(
        "as_of_sequence",
        BigInteger,
        Computed("lower('{[1,)}'::int8multirange - seen) - 1", persisted=True),
        nullable=False,
    ),
    postgresql_with={"fillfactor": 50},
)

# Quarters of an hour: every zone is a whole number of them from UTC, so the days of any zone are sums of them.
activity = Table(
    "activity",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("bucket", DateTime(timezone=True), primary_key=True),
    Column("created", Integer, nullable=False, server_default="0"),
    Column("completed", Integer, nullable=False, server_default="0"),
    Column("removed", Integer, nullable=False, server_default="0"),
    postgresql_with={"fillfactor": 70},
)

breakdown = Table(
    "breakdown",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("completed", Integer, nullable=False, server_default="0"),
    postgresql_with={"fillfactor": 70},
)

# Digests of erased users' ids, which identify no person: an event that comes late must not bring rows back.
erasures = Table(
    "erasures",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
