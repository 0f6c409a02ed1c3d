"""Each service's `tables.py` is the schema that its migrations make.

Alembic's comparison names what differs. What it leaves out (primary keys, storage parameters, operator classes,
`on delete`) is compared in PostgreSQL's catalogue, with a database made from `tables.py` alone.
"""

import uuid
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Index, Integer, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service_common import migrations

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name.removesuffix("_service") for path in ROOT.glob("services/*/src/*/tables.py"))
PARTITIONS = "select relname from pg_class where relispartition and relkind = 'r'"
SCHEMA = """
with own as (
    select oid, relname, reloptions, relkind from pg_class
    where relnamespace = 'public'::regnamespace and not relispartition and relname !~ '^alembic_version'
)
select format('table %s %s %s', relname, array(select unnest(reloptions) order by 1), pg_get_partkeydef(oid))
from own where relkind in ('r', 'p')
union all
select format('column %s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull,
              attidentity, pg_get_expr(adbin, adrelid))
from own join pg_attribute on attrelid = own.oid left join pg_attrdef on adrelid = own.oid and adnum = attnum
where relkind in ('r', 'p') and attnum > 0 and not attisdropped
union all
select format('constraint %s %s %s', relname, conname, pg_get_constraintdef(c.oid))
from own join pg_constraint c on conrelid = own.oid
union all
select format('index %s', pg_get_indexdef(oid)) from own where relkind in ('i', 'I')
order by 1
"""


def metadata_of(service: str) -> MetaData:
    return import_module(f"{service}_service.tables").metadata


async def run(url: str, work):
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url), poolclass=NullPool
    )
    async with engine.begin() as connection:
        return await connection.run_sync(work)


async def rows(url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def differences(url: str, metadata: MetaData) -> list[object]:
    """What Alembic would change in the migrated database."""
    partitions = await rows(url, PARTITIONS)
    options = migrations.COMPARED | {"include_name": lambda name, kind, _: not (kind == "table" and name in partitions)}
    return await run(url, lambda db: compare_metadata(MigrationContext.configure(db, opts=options), metadata))


@pytest.fixture
async def empty(database) -> str:
    """A database of nothing, in which `tables.py` alone makes the schema."""
    admin = await asyncpg.connect(database.admin_url(await database("todos")))
    name = f"tables_{uuid.uuid4().hex}"
    await admin.execute(f'create database "{name}" strategy file_copy')
    yield database.admin_url(f"postgresql:///{name}")
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


def make(metadata: MetaData):
    def run(connection):
        for extension in metadata.info.get("extensions", ()):
            connection.exec_driver_sql(f"create extension {extension}")
        metadata.create_all(connection)

    return run


@pytest.mark.parametrize("service", SERVICES)
class TestTables:
    async def test_alembic_finds_no_difference(self, database, service):
        assert await differences(await database(service), metadata_of(service)) == []

    async def test_they_make_the_schema_that_the_migrations_make(self, database, empty, service):
        await run(empty, make(metadata_of(service)))
        assert await rows(empty, SCHEMA) == await rows(await database(service), SCHEMA)

    async def test_partitions_are_as_noted(self, database, service):
        noted = [
            f"{table.name}_{number}"
            for table in metadata_of(service).tables.values()
            for number in range(table.info.get("partitions", 0))
        ]
        assert sorted(await rows(await database(service), PARTITIONS)) == noted


def changed(change) -> MetaData:
    """The tables of the todo service after a change to a copy of them."""
    copy = MetaData()
    for table in metadata_of("todos").tables.values():
        table.to_metadata(copy)
    change(copy.tables)
    return copy


def without_column(tables):
    tables["outbox_dead"]._columns.remove(tables["outbox_dead"].c.reason)


def with_column(tables):
    tables["feeds"].append_column(Column("owner", Integer))


def without_index(tables):
    tables["todos"].indexes.discard(next(index for index in tables["todos"].indexes if index.name == "todos_due"))


def with_index(tables):
    Index("feeds_by_sequence", tables["feeds"].c.sequence)


def other_condition(tables):
    newest = next(index for index in tables["todos"].indexes if index.name == "todos_newest")
    newest.dialect_options["postgresql"]["where"] = tables["todos"].c.completed


def nullable(tables):
    tables["feeds"].c.sequence.nullable = True


def other_type(tables):
    tables["changes"].c.sequence.type = Integer()


def other_default(tables):
    tables["idempotency_keys"].c.created_at.server_default = None


class TestDrift:
    @pytest.mark.parametrize(
        "change",
        [without_column, with_column, without_index, with_index, nullable, other_type, other_default],
        ids=lambda change: change.__name__,
    )
    async def test_alembic_finds_a_change(self, database, change):
        assert await differences(await database("todos"), changed(change))

    async def test_the_catalogue_shows_what_alembic_does_not_compare(self, database, empty):
        metadata = changed(other_condition)
        metadata.info = metadata_of("todos").info
        await run(empty, make(metadata))
        assert await rows(empty, SCHEMA) != await rows(await database("todos"), SCHEMA)
