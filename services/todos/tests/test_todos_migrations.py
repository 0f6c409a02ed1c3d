"""Every earlier schema, with data in it, becomes today's."""

import uuid

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from local_cluster.launcher.engines.postgres import create_database
from service_common import migrations
from service_testing.waiting import wait_until
from todos_service.domain import Content
from todos_service.repository import changes, lists, writes
from todos_service.repository.lists import Shape
from todos_service.service import commands

PACKAGE = "todos_service"
REVISIONS = sorted(path.name[:4] for path in migrations.versions(PACKAGE).glob("[0-9]*_*.py"))
SCHEMA = """
select string_agg(definition, e'\n' order by definition) from (
    select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as definition
    from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
) found
"""
# Three todos, in columns that every schema has.
FILL = (
    "insert into feeds (user_id, sequence) values ($1, 3)",
    """
    insert into todos (user_id, id, title, description, completed, priority, tags, created_at, updated_at, version,
                       document)
    select $1, uuidv7(), 'Todo ' || number, 'milk', number = 2, 0, '{home}', now(), now(), number, '{"id" : 1}'
    from generate_series(1, 3) number
    """,
    """
    insert into changes (user_id, sequence, type, todo_id, data, occurred_at, traceparent)
    select user_id, version, 'todo.created.v1', id, '{"number": 1}', created_at, '' from todos where user_id = $1
    """,
)


@pytest.fixture
async def empty(postgres):
    """A database without any schema: the address for the role that migrates it."""
    await wait_until(postgres.ready, 30)
    name = f"todos_{uuid.uuid4().hex}"
    await create_database(postgres, name, postgres.password, postgres.password)
    yield postgres.url(name, f"{name}_owner")
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.execute(f'drop role "{name}", "{name}_owner"')
    await admin.close()


async def upgrade_to(url, revision):
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)

    def run(connection):
        config = Config(attributes={"connection": connection})
        config.set_main_option("path_separator", "newline")
        config.set_main_option("script_location", str(migrations.ENVIRONMENT))
        config.set_main_option("version_locations", str(migrations.versions(PACKAGE)))
        command.upgrade(config, revision)

    async with engine.begin() as connection:
        await connection.execute(text("select 1"))
        await connection.run_sync(run)


@pytest.mark.parametrize("revision", REVISIONS)
async def test_data_of_an_earlier_schema_is_todays(empty, database, revision):
    await upgrade_to(empty, revision)
    db = await asyncpg.connect(empty)
    user = str(uuid.uuid4())
    for statement in FILL:
        await db.execute(statement, user)
    before = await changes.of_user(db, user, 0, 10)

    await migrations.upgrade(PACKAGE, empty)
    assert await changes.of_user(db, user, 0, 10) == before
    sequence, documents = await lists.page(db, user, Shape(), 10, {})
    assert (sequence, len(documents)) == (3, 3)
    if revision < "0003":  # a later schema counts as rows are written
        assert tuple(await db.fetchrow("select todos, bytes from feeds")) == (3, 3 * len("Todo 1milkhome"))
    await writes.create(db, user, None, Content(title="later"), commands.of_system("test"), "")
    fresh = await asyncpg.connect(await database("todos"))
    assert await db.fetchval(SCHEMA) == await fresh.fetchval(SCHEMA)
    for connection in (db, fresh):
        await connection.close()
