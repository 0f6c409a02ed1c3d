"""The schema of the todo service, as the migrations leave it (compared in tests/contracts/test_tables.py).

Every key begins with the user, so that users can be spread over several databases later.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData(info={"extensions": ("btree_gin", "pg_trgm")})

feeds = Table(
    "feeds",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 50},
)

# `document` is the todo as JSON, made by the statement that wrote the row: a list reads and sends it as it is.
todos = Table(
    "todos",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("completed", Boolean, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("due_date", Date),
    Column("due_time", Time),
    Column("due_time_zone", Text),
    Column("due_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    postgresql_with={"fillfactor": 90},
)


def _listed(name: str, *columns: str, where: str = "deleted_at IS NULL") -> Index:
    """An index for one order or filter of a list of todos."""
    return Index(name, todos.c.user_id, *(text(column) for column in columns), postgresql_where=text(where))


_listed("todos_newest", "created_at", "id")
_listed("todos_trash", "created_at", "id", where="deleted_at IS NOT NULL")
_listed("todos_active", "created_at", "id", where="deleted_at IS NULL AND NOT completed")
_listed("todos_completed", "created_at", "id", where="deleted_at IS NULL AND completed")
_listed("todos_updated", "updated_at", "id")
_listed("todos_due", "due_at", "id", where="deleted_at IS NULL AND due_at IS NOT NULL")
_listed("todos_active_priority", "priority", "id", where="deleted_at IS NULL AND NOT completed")
_listed("todos_completed_priority", "priority", "id", where="deleted_at IS NULL AND completed")
_listed("todos_title", "lower(title)", "id")
Index("todos_trashed", todos.c.deleted_at, postgresql_where=todos.c.deleted_at.is_not(None))
Index("todos_tags", todos.c.user_id, todos.c.tags, postgresql_using="gin", postgresql_where=text("tags <> '{}'"))
# Trigrams find a part of a word, in any language, and the planner knows what they cost.
Index(
    "todos_search",
    todos.c.user_id,
    literal_column("((title || ' ') || description)").label("words"),
    postgresql_using="gin",
    postgresql_ops={"words": "gin_trgm_ops"},
    postgresql_with={"gin_pending_list_limit": 1024},
)

# A write whose todo changed in between has no `todo_id`, and fails as a whole before it takes a number.
changes = Table(
    "changes",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("id", Uuid, nullable=False, server_default=func.uuidv7()),
    Column("type", Text, nullable=False),
    Column("todo_id", Uuid, nullable=False),
    Column("data", JSON, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("traceparent", Text),
    Index("changes_of_todo", "user_id", "todo_id", "sequence"),
    postgresql_partition_by="HASH (user_id)",
    info={"partitions": 8},  # changes_0 to changes_7
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    postgresql_with={
        "autovacuum_vacuum_scale_factor": 0,
        "autovacuum_vacuum_threshold": 5000,
        "autovacuum_vacuum_cost_delay": 0,
    },
)

outbox_dead = Table(
    "outbox_dead",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSON),
    Column("body", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("idempotency_keys_age", "created_at"),
)
