"""The schema of the todo service, as the migrations leave it (compared in tests/contracts/test_tables.py).

Every key begins with the user, so that users can be spread over several databases later.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE

from service_common.outbox import dead_rows

INSTANT = sa.DateTime(timezone=True)
ORDERED = sa.Text(collation="C")  # keys of `positions`
metadata = sa.MetaData(info={"extensions": ("btree_gin", "btree_gist", "pg_trgm")})

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    # What the quotas limit: the user's todos and their bytes; and of `day`, in UTC, the writes and the bytes of answers
    # stored with idempotency keys.
    sa.Column("todos", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("bytes", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("day", sa.Date, nullable=False, server_default=sa.text("'1970-01-01'::date")),
    sa.Column("writes", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("kept", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    postgresql_with={"fillfactor": 50},
)

# `document` is the todo as JSON, made by the statement that wrote the row: a list reads and sends it as it is.
todos = sa.Table(
    "todos",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("completed", sa.Boolean, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("tags", ARRAY(sa.Text), nullable=False),
    sa.Column("due_date", sa.Date),
    sa.Column("due_time", sa.Time),
    sa.Column("due_time_zone", sa.Text),
    sa.Column("due_at", INSTANT),
    sa.Column("completed_at", INSTANT),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("updated_at", INSTANT, nullable=False),
    sa.Column("deleted_at", INSTANT),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("project_id", sa.Uuid),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("position", ORDERED, nullable=False, server_default=sa.text("''::text")),
    sa.Column("start_date", sa.Date),
    sa.Column("recurrence", sa.JSON),
    sa.Column("series_id", sa.Uuid),
    sa.Column("occurrence_date", sa.Date),
    sa.Column("reminders", sa.JSON, nullable=False, server_default=sa.text("'[]'::json")),
    # Whether it has or had subtasks: then a write looks for them.
    sa.Column("is_parent", sa.Boolean, nullable=False, server_default=sa.text("false")),
    # With which todo or project it went to the trash, and comes back: its own id, an ancestor's or the project's.
    sa.Column("deleted_with", sa.Uuid),
    postgresql_with={"fillfactor": 90},
)


def _listed(name: str, *columns: str, where: str = "deleted_at IS NULL") -> sa.Index:
    """An index for one order or filter of a list of todos."""
    return sa.Index(name, todos.c.user_id, *(sa.text(column) for column in columns), postgresql_where=sa.text(where))


_listed("todos_newest", "created_at", "id")
_listed("todos_trash", "created_at", "id", where="deleted_at IS NOT NULL")
_listed("todos_active", "created_at", "id", where="deleted_at IS NULL AND NOT completed")
_listed("todos_completed", "created_at", "id", where="deleted_at IS NULL AND completed")
_listed("todos_updated", "updated_at", "id")
_listed("todos_due", "due_at", "id", where="deleted_at IS NULL AND due_at IS NOT NULL")
_listed("todos_active_priority", "priority", "id", where="deleted_at IS NULL AND NOT completed")
_listed("todos_completed_priority", "priority", "id", where="deleted_at IS NULL AND completed")
_listed("todos_title", "lower(title)", "id")
_listed("todos_order", "completed", "position")
_listed("todos_of_project", "project_id", "completed", "position")
_listed("todos_of_parent", "parent_id", "position", where="parent_id IS NOT NULL")
_listed("todos_of_series", "series_id", "occurrence_date", where="series_id IS NOT NULL")
_listed("todos_deleted_with", "deleted_with", where="deleted_with IS NOT NULL")
sa.Index("todos_trashed", todos.c.deleted_at, postgresql_where=todos.c.deleted_at.is_not(None))
sa.Index("todos_tags", todos.c.user_id, todos.c.tags, postgresql_using="gin", postgresql_where=sa.text("tags <> '{}'"))
# Trigrams find a part of a word, in any language, and the planner knows what they cost.
sa.Index(
    "todos_search",
    todos.c.user_id,
    sa.literal_column("((title || ' ') || description)").label("words"),
    postgresql_using="gin",
    postgresql_ops={"words": "gin_trgm_ops"},
    postgresql_with={"gin_pending_list_limit": 1024},
)

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("color", sa.Text),
    sa.Column("archived", sa.Boolean, nullable=False),
    sa.Column("position", ORDERED, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("updated_at", INSTANT, nullable=False),
    sa.Column("deleted_at", INSTANT),
)
sa.Index("projects_trashed", projects.c.deleted_at, postgresql_where=projects.c.deleted_at.is_not(None))

filters = sa.Table(
    "filters",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.JSON, nullable=False),
    sa.Column("position", ORDERED, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("updated_at", INSTANT, nullable=False),
)

# A change of before commands existed is a command of its own, with the id of its event.
COMMAND_ID = "coalesce((data ->> 'command_id')::uuid, id)"

# A write whose todo changed in between has no `todo_id`, and fails as a whole before it takes a number.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False, server_default=sa.func.uuidv7()),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("todo_id", sa.Uuid, nullable=False),  # or of the project or the filter that changed
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("occurred_at", INSTANT, nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Index("changes_of_todo", "user_id", "todo_id", "sequence"),
    sa.Index(
        "changes_of_others",
        "user_id",
        "todo_id",
        "sequence",
        postgresql_where=sa.text("type !~~ 'todo.%'::text"),
    ),
    sa.Index("changes_of_command", "user_id", sa.text(COMMAND_ID), "sequence"),
    postgresql_partition_by="HASH (user_id)",
    info={"partitions": 8},  # changes_0 to changes_7
)

# A command (place 0), what undid it, what undid that, and so on: the last one's place says which of them hold now.
undos = sa.Table(
    "undos",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("root", sa.Uuid, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("command_id", sa.Uuid, nullable=False),
    sa.Index("undos_command", "user_id", "command_id"),
)

# Of todos that offline writes were merged into: see `service.merging`.
merges = sa.Table(
    "merges",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("todo_id", sa.Uuid, primary_key=True),
    sa.Column("memory", sa.JSON, nullable=False),
)

# Made of `changes`: the states of todos that are over, with the numbers from which and before which each held.
states = sa.Table(
    "states",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("span", INT8RANGE, nullable=False),
    *(
        sa.Column(name, todos.c[name].type, nullable=todos.c[name].nullable)
        for name in (
            "title", "completed", "priority", "tags", "due_date", "due_time", "due_at", "created_at", "updated_at",
            "deleted_at", "start_date", "project_id", "parent_id", "recurrence",
        )
    ),
    sa.Column("position", ORDERED),  # version 1.0 had none
    sa.Index("states_held", "user_id", "span", postgresql_using="gist"),
)  # fmt: skip
folds = sa.Table(
    "folds",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    postgresql_with={
        "autovacuum_vacuum_scale_factor": 0,
        "autovacuum_vacuum_threshold": 5000,
        "autovacuum_vacuum_cost_delay": 0,
    },
)

outbox_dead = dead_rows(metadata)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("headers", sa.JSON),
    sa.Column("body", sa.Text),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.now()),
    sa.Index("idempotency_keys_age", "created_at"),
)
