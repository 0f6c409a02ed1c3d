"""A backup is taken from a running cluster's PostgreSQL, or from a stopped one's, and brings all of it back."""

import asyncio
import json
import signal
import subprocess
import tarfile
import uuid
from pathlib import Path

import asyncpg
import pytest

from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.postgres import Postgres, create_database
from local_cluster.launcher.engines.process import free_port
from local_cluster.operator.backup import backup, restore
from local_cluster.services import SERVICES
from service_testing.waiting import wait_until


@pytest.fixture(scope="module")
def saved(session_folder: Path) -> tuple[DataFolder, Path]:
    """A data folder with a database that is not running, and a backup of it."""
    folder = DataFolder(session_folder / f"backup-{uuid.uuid4().hex}")
    folder.create()
    secrets = credentials.load_or_generate(folder)
    Postgres(folder.postgres, free_port(), secrets.postgres).initialise()

    async def fill() -> None:
        async with started(folder) as postgres:
            await create_database(postgres, "todos", secrets.databases["todos"], secrets.owners["todos"])
            await execute(postgres, "create table kept (number int)", "insert into kept values (1)")

    asyncio.run(fill())
    file = folder.root / "cluster.tar"
    backup(file, data_dir=folder.root)
    return folder, file


@pytest.fixture
def other(session_folder: Path) -> DataFolder:
    """Where nothing is yet."""
    return DataFolder(session_folder / f"backup-{uuid.uuid4().hex}")


class started:  # noqa: N801 - reads as a verb where it is used
    """PostgreSQL on a data folder, for the time of a block."""

    def __init__(self, folder: DataFolder) -> None:
        self.postgres = Postgres(folder.postgres, free_port(), credentials.load(folder).postgres)

    async def __aenter__(self) -> Postgres:
        self._server = self.postgres.program().start(subprocess.DEVNULL)
        await wait_until(self.postgres.ready, 30)
        return self.postgres

    async def __aexit__(self, *_: object) -> None:
        self._server.send_signal(signal.SIGINT)
        self._server.wait(20)


async def execute(postgres: Postgres, *statements: str) -> None:
    connection = await asyncpg.connect(postgres.url("todos"))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def numbers(postgres: Postgres) -> list[int]:
    connection = await asyncpg.connect(postgres.url("todos"))
    rows = await connection.fetch("select number from kept order by 1")
    await connection.close()
    return [row["number"] for row in rows]


Saved = tuple[DataFolder, Path]


class TestRestore:
    async def test_brings_all_of_it_back_and_puts_what_was_there_aside(self, saved: Saved, other: DataFolder) -> None:
        folder, file = saved
        restore(file, data_dir=other.root)
        assert credentials.load(other) == credentials.load(folder)
        assert [key.read_text() for key in other.keys] == [key.read_text() for key in folder.keys]
        assert other.restored.exists()  # the next start ends the sessions
        async with started(other) as postgres:
            assert await numbers(postgres) == [1]
            await execute(postgres, "insert into kept values (2)")
        restore(file, data_dir=other.root)
        async with started(other) as postgres, started(_aside(other)) as before:
            assert (await numbers(postgres), await numbers(before)) == ([1], [1, 2])

    def test_of_a_damaged_file_changes_nothing(self, saved: Saved, other: DataFolder, tmp_path: Path) -> None:
        with pytest.raises(ClusterError, match="damaged"):
            restore(damaged(saved[1], tmp_path), data_dir=other.root)
        assert not other.postgres.exists()
        assert not other.credentials.exists()

    def test_of_something_else_says_so(self, other: DataFolder, tmp_path: Path) -> None:
        letter = tmp_path / "letter.txt"
        letter.write_text("Dear all")
        with pytest.raises(ClusterError, match="cannot read"):
            restore(letter, data_dir=other.root)
        with tarfile.open(tmp_path / "other.tar", "w") as archive:
            archive.add(letter, "letter.txt")
        with pytest.raises(ClusterError, match="no backup of todobus"):
            restore(tmp_path / "other.tar", data_dir=other.root)

    @pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
    def test_of_what_would_go_elsewhere_is_refused(self, other: DataFolder, tmp_path: Path, kind: bytes) -> None:
        member = tarfile.TarInfo("../outside" if kind == tarfile.REGTYPE else "link")
        member.type, member.linkname = kind, "/etc"
        with tarfile.open(tmp_path / "other.tar", "w") as archive:
            archive.addfile(member)
        with pytest.raises(ClusterError, match="does not belong into it"):
            restore(tmp_path / "other.tar", data_dir=other.root)
        assert not (other.root / "outside").exists()

    def test_while_the_cluster_runs_is_refused(self, saved: Saved) -> None:
        folder, file = saved
        with folder.lock(), pytest.raises(ClusterError, match="in use"):
            restore(file, data_dir=folder.root)


class TestBackup:
    def test_is_readable_by_its_owner_only_and_says_what_it_is(self, saved: Saved) -> None:
        _, file = saved
        assert file.stat().st_mode & 0o777 == 0o600
        with tarfile.open(file) as archive:
            description = json.load(archive.extractfile("backup.json"))  # type: ignore[arg-type]
        assert (description["format"], description["postgres"]) == (1, "18")
        assert set(description["schemas"]) == set(SERVICES)

    def test_of_nothing_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(ClusterError, match="no cluster"):
            backup(tmp_path / "cluster.tar", data_dir=tmp_path)

    def test_into_a_folder_that_is_not_there_says_so(self, saved: Saved) -> None:
        folder, _ = saved
        with pytest.raises(ClusterError, match="no folder"):
            backup(folder.root / "missing" / "cluster.tar", data_dir=folder.root)


def _aside(folder: DataFolder) -> DataFolder:
    return DataFolder(next(folder.root.glob("before-restore-*")))


def damaged(file: Path, folder: Path) -> Path:
    """A copy of the backup with one checksum of the database's manifest changed."""
    subprocess.run(["tar", "-xf", file, "-C", folder], check=True)
    manifest = folder / "backup_manifest"
    version = '"Path": "PG_VERSION", "Size": 3,'
    assert version in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(version, version.replace("3", "4")))
    copy = folder / "damaged.tar"
    with tarfile.open(copy, "w") as archive:
        for path in sorted(folder.iterdir()):
            if path != copy:
                archive.add(path, path.name)
    return copy
