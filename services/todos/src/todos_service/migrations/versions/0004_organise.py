"""Projects and saved filters; a todo's place, start, recurrence and reminders."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PROJECTS = """
create table projects (
    user_id uuid not null,
    id uuid not null,
    name text not null,
    color text,
    archived boolean not null,
    position text collate "C" not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    primary key (user_id, id)
)
"""
FILTERS = """
create table filters (
    user_id uuid not null,
    id uuid not null,
    name text not null,
    query json not null,
    position text collate "C" not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (user_id, id)
)
"""
COLUMNS = """
alter table todos
    add column project_id uuid,
    add column parent_id uuid,
    add column position text collate "C" not null default '',
    add column start_date date,
    add column recurrence json,
    add column series_id uuid,
    add column occurrence_date date,
    add column reminders json not null default '[]',
    add column is_parent boolean not null default false,
    add column deleted_with uuid
"""
# The order of creation, in keys as `positions.at_end` makes them; and the document as every write makes it from now on.
FILL = """
update todos set
    position = placed.position,
    deleted_with = case when deleted_at is not null then todos.id end,
    document = left(document, -1) || ', "project_id" : null, "parent_id" : null, "position" : "' || placed.position
        || '", "start_date" : null, "recurrence" : null, "series_id" : null, "occurrence_date" : null'
        || ', "reminders" : []}'
from (
    select user_id, id, chr(111 + length(number::text)) || number as position
    from (
        select user_id, id, row_number() over (partition by user_id order by created_at, id) as number from todos
    ) numbered
) placed
where placed.user_id = todos.user_id and placed.id = todos.id
"""
INDEXES = (
    "create index todos_order on todos (user_id, completed, position) where deleted_at is null",
    "create index todos_of_project on todos (user_id, project_id, completed, position) where deleted_at is null",
    "create index todos_of_parent on todos (user_id, parent_id, position) where parent_id is not null",
    "create index todos_of_series on todos (user_id, series_id, occurrence_date) where series_id is not null",
    "create index todos_deleted_with on todos (user_id, deleted_with) where deleted_with is not null",
    "create index projects_trashed on projects (deleted_at) where deleted_at is not null",
)
UNFILL = """
update todos set document = left(document, strpos(document, ', "project_id" : ') - 1) || '}'
"""
DROP = """
alter table todos
    drop column project_id,
    drop column parent_id,
    drop column position,
    drop column start_date,
    drop column recurrence,
    drop column series_id,
    drop column occurrence_date,
    drop column reminders,
    drop column is_parent,
    drop column deleted_with
"""


def upgrade() -> None:
    for statement in (PROJECTS, FILTERS, COLUMNS, FILL, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    for statement in (UNFILL, DROP, "drop table projects, filters"):
        op.execute(statement)
