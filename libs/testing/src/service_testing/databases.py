"""A fresh, migrated database per test: a copy of a template that the first test of a service makes."""

import uuid
from urllib.parse import urlsplit

import asyncpg

from local_cluster.launcher.engines.postgres import Postgres, create_database
from service_common import migrations

LOCK = 7_205_759_404


class Databases:
    """The databases of one test; the roles are those of the services, and those that own their databases."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._made: list[str] = []

    async def __call__(self, service: str) -> str:
        """The URL, for the service's own role, of a new database with the schema of `service` (auth, todos, stats)."""
        name = f"{service}_{uuid.uuid4().hex}"
        admin = await asyncpg.connect(self._postgres.url())
        try:
            await self._ensure_template(admin, service)
            await admin.execute(
                f'create database "{name}" template "template_{service}" owner "{service}_owner" strategy file_copy'
            )
            await admin.execute(f'revoke all on database "{name}" from public')
            await admin.execute(f'grant connect, temporary on database "{name}" to "{service}"')
        finally:
            await admin.close()
        self._made.append(name)
        return self._postgres.url(name, service)

    def owner_url(self, url: str) -> str:
        """The way into the database of `url` of the role that migrates it."""
        parts = urlsplit(url)
        return self._postgres.url(parts.path.removeprefix("/"), f"{parts.username}_owner")

    def admin_url(self, url: str) -> str:
        """The superuser's way into the database of `url`, to look or to break something."""
        return self._postgres.url(urlsplit(url).path.removeprefix("/"))

    async def drop(self) -> None:
        admin = await asyncpg.connect(self._postgres.url())
        try:
            for name in self._made:
                await admin.execute(f'drop database if exists "{name}" with (force)')
        finally:
            await admin.close()

    async def _ensure_template(self, admin: asyncpg.Connection, service: str) -> None:
        """One test makes it while others, also in other processes, wait; renamed when it is whole."""
        await admin.execute("select pg_advisory_lock($1)", LOCK)
        template = f"template_{service}"
        if not await admin.fetchval("select 1 from pg_database where datname = $1", template):
            await admin.execute(f'drop database if exists "{service}"')
            await create_database(self._postgres, service, self._postgres.password, self._postgres.password)
            await migrations.upgrade(f"{service}_service", self._postgres.url(service, f"{service}_owner"))
            await admin.execute(f'alter database "{service}" rename to "{template}"')
        await admin.execute("select pg_advisory_unlock($1)", LOCK)
