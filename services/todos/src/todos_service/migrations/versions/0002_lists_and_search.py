"""Indexes for every order and filter of a list, and for search."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = "where deleted_at is null"
INDEXES = (
    f"create index todos_active on todos (user_id, created_at, id) {LIVE} and not completed",
    f"create index todos_completed on todos (user_id, created_at, id) {LIVE} and completed",
    f"create index todos_updated on todos (user_id, updated_at, id) {LIVE}",
    f"create index todos_due on todos (user_id, due_at, id) {LIVE} and due_at is not null",
    f"create index todos_active_priority on todos (user_id, priority, id) {LIVE} and not completed",
    f"create index todos_completed_priority on todos (user_id, priority, id) {LIVE} and completed",
    f"create index todos_title on todos (user_id, lower(title), id) {LIVE}",
    "create index todos_tags on todos using gin (user_id, tags) where tags <> '{}'",
    # Trigrams find a part of a word, in any language, and the planner knows what they cost.
    """
    create index todos_search on todos using gin (user_id, (title || ' ' || description) gin_trgm_ops)
    with (gin_pending_list_limit = 1024)
    """,
)


def upgrade() -> None:
    # Both extensions are trusted: the owner of the database may create them.
    op.execute("create extension if not exists btree_gin")
    op.execute("create extension if not exists pg_trgm")
    for statement in INDEXES:
        op.execute(statement)
