"""What the role that a service runs as may not do with its own database, tried on a real server."""

import uuid
from collections.abc import AsyncIterator
from importlib import import_module

import asyncpg
import pytest

from local_cluster.launcher.engines.postgres import Postgres, create_database
from service_testing.databases import Databases
from service_testing.waiting import wait_until

SERVICES = {"auth": "users", "todos": "todos", "stats": "progress", "notifications": "webhooks"}
DEFINITIONS = (
    "create table mine (id int)",
    "create schema mine",
    "create function mine() returns int language sql as 'select 1'",
    "create index mine on {table} ({column})",
    "alter table {table} add column mine int",
    "alter table {table} disable trigger all",
    "alter table {table} owner to {role}",
    "alter default privileges for role {role}_owner grant all on tables to {role}",
    "create trigger mine before insert on {table} execute function suppress_redundant_updates_trigger()",
    "create policy mine on {table}",
    "drop table {table}",
    "truncate {table}",
    "update alembic_version set version_num = '9999'",
    "set role {role}_owner",
    "set session_replication_role = replica",
)
AUDIT = (
    "update audit_log set event = 'x'",
    "delete from audit_log",
    "truncate audit_log",
    "drop trigger audit_log_append_only on audit_log",
    "alter table audit_log disable trigger audit_log_append_only",
    "drop function refuse_audit_change() cascade",
    "create or replace function refuse_audit_change() returns trigger language plpgsql as 'begin return old; end'",
)


@pytest.fixture(params=SERVICES)
async def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def url(database: Databases, role: str) -> str:
    return await database(role)


@pytest.fixture
async def runtime(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


class TestTheRoleThatRuns:
    async def test_defines_nothing(self, runtime: asyncpg.Connection, role: str) -> None:
        tables = import_module(f"{role}_service.tables").metadata.tables
        table = tables[SERVICES[role]]
        column = next(iter(table.c)).name
        for statement in DEFINITIONS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(statement.format(table=table.name, column=column, role=role))

    async def test_reads_and_writes_the_rows_of_every_table(self, runtime: asyncpg.Connection, role: str) -> None:
        for table in import_module(f"{role}_service.tables").metadata.sorted_tables:
            append_only = table.name == "audit_log"
            for privilege in ("select", "insert", "update", "delete"):
                may = await runtime.fetchval("select has_table_privilege($1, $2)", table.name, privilege)
                assert may is not (append_only and privilege in {"update", "delete"}), (table.name, privilege)

    async def test_leaves_connections_to_others(self, runtime: asyncpg.Connection) -> None:
        most = await runtime.fetchval("select rolconnlimit from pg_roles where rolname = current_user")
        assert 0 < most < int(await runtime.fetchval("show max_connections")) - 100

    async def test_what_the_owner_makes_later_has_rows_for_it_too(
        self, database: Databases, url: str, runtime: asyncpg.Connection
    ) -> None:
        owner = await asyncpg.connect(database.owner_url(url))
        await owner.execute("create table later (id int)")
        await owner.close()
        await runtime.execute("insert into later values (1)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("truncate later")


@pytest.mark.parametrize("role", ["auth"], indirect=True)
class TestTheAuditLog:
    async def test_is_closed_but_for_adding_and_reading(self, runtime: asyncpg.Connection) -> None:
        await runtime.execute("insert into audit_log (event, ip, detail) values ('registered', '', '')")
        for statement in AUDIT:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(statement)
        assert await runtime.fetchval("select count(*) from audit_log") == 1

    async def test_forgets_what_is_older_than_a_year(self, runtime: asyncpg.Connection) -> None:
        add = "insert into audit_log (at, event, ip, detail) values (now() - $1::text::interval, 'registered', '', '')"
        for age in ("364 days", "366 days"):
            await runtime.execute(add, age)
        await runtime.execute("select forget_old_audit_entries()")
        assert await runtime.fetchval("select count(*) from audit_log") == 1


class TestADatabaseOfAnEarlierRelease:
    """Its tables belong to the role that runs."""

    @pytest.fixture
    async def name(self, postgres: Postgres) -> AsyncIterator[str]:
        await wait_until(postgres.ready, 30)
        name = f"earlier_{uuid.uuid4().hex[:8]}"
        admin = await asyncpg.connect(postgres.url())
        await admin.execute(f"create role {name} login password 'mine'")
        await admin.execute(f"create database {name} owner {name}")
        yield name
        await admin.execute(f"drop database {name} with (force)")
        await admin.execute(f"drop role {name}")
        await admin.execute(f"drop role {name}_owner")
        await admin.close()

    async def test_changes_hands_and_keeps_its_rows(self, postgres: Postgres, name: str) -> None:
        old = await asyncpg.connect(postgres.url(name, name, "mine"))
        for statement in (
            "create table alembic_version (version_num text)",
            "create table kept (id bigint generated always as identity, note text)",
            "insert into kept (note) values ('before')",
        ):
            await old.execute(statement)
        await create_database(postgres, name, "mine", "its owner's")
        await old.execute("insert into kept (note) values ('while it runs')")
        await old.close()
        runtime = await asyncpg.connect(postgres.url(name, name, "mine"))
        await create_database(postgres, name, "mine", "its owner's")
        assert await runtime.fetchval("select count(*) from kept") == 2
        for statement in ("drop table kept", "truncate kept", "delete from alembic_version"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(statement)
        await runtime.close()
        owner = await asyncpg.connect(postgres.url(name, f"{name}_owner", "its owner's"))
        await owner.execute("alter table kept add column more text")
        await owner.close()
