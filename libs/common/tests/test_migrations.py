import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from local_cluster.launcher.engines.postgres import Postgres
from service_common import migrations
from service_testing.waiting import wait_until

REVISION = """
from alembic import op

revision = "{number}"
down_revision = {previous}


def upgrade():
    op.execute("create table t{number} (id int)")
"""


class Package:
    """A service's package with migrations, on disk and importable."""

    def __init__(self, folder: Path) -> None:
        self.name = f"p{uuid.uuid4().hex}_service"
        self.versions = folder / self.name / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        (folder / self.name / "__init__.py").touch()
        (folder / self.name / "tables.py").write_text("from sqlalchemy import MetaData\n\nmetadata = MetaData()\n")

    def add(self, number: str, previous: str | None = None) -> None:
        text = REVISION.format(number=number, previous=repr(previous))
        (self.versions / f"{number}_step.py").write_text(text)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    folder = tmp_path / "a folder: 100%"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    package = Package(folder)
    package.add("0001")
    yield package
    sys.modules.pop(package.name, None)


@pytest.fixture
async def url(postgres: Postgres) -> AsyncIterator[str]:
    await wait_until(postgres.ready, 30)
    name = f"empty_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"create database {name} strategy file_copy")
    yield postgres.url(name)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows}


async def test_an_empty_database_is_brought_to_the_head(package: Package, url: str) -> None:
    package.add("0002", previous="0001")
    assert not await migrations.is_current(package.name, url)
    await migrations.upgrade(package.name, url)
    assert await tables(url) == {"alembic_version", "t0001", "t0002"}
    assert await migrations.is_current(package.name, url)


async def test_only_what_is_missing_runs(package: Package, url: str) -> None:
    await migrations.upgrade(package.name, url)
    package.add("0002", previous="0001")
    assert not await migrations.is_current(package.name, url)
    await migrations.upgrade(package.name, url)
    assert "t0002" in await tables(url)


async def test_of_several_migrators_at_once_one_works(package: Package, url: str) -> None:
    await asyncio.gather(*(migrations.upgrade(package.name, url) for _ in range(3)))
    assert await migrations.is_current(package.name, url)


async def test_a_failing_step_leaves_nothing_behind(package: Package, url: str) -> None:
    package.add("0002", previous="0001")
    step = package.versions / "0002_step.py"
    step.write_text(step.read_text() + '    op.execute("select 1/0")\n')
    with pytest.raises(Exception, match="division by zero"):
        await migrations.upgrade(package.name, url)
    assert await tables(url) == set()


async def test_a_newer_schema_is_left_alone(package: Package, url: str) -> None:
    package.add("0002", previous="0001")
    await migrations.upgrade(package.name, url)
    (package.versions / "0002_step.py").unlink()
    with pytest.raises(migrations.SchemaTooNewError, match="has schema 0002, this release knows 0001"):
        await migrations.upgrade(package.name, url)


def test_the_command_ends_with_one_line_when_the_database_cannot_be_reached(package: Package) -> None:
    with pytest.raises(SystemExit, match=r"^migrate: [^\n]+$"):
        migrations.migrate(package.name, "postgresql://nobody@127.0.0.1:1/none")
