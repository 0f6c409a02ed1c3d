"""`todobus backup` and `restore`: everything a cluster keeps, in one file.

The file is a tar: PostgreSQL's own base backup with its manifest of checksums, the passwords, the key that the signing
keys are encrypted with, and `backup.json`. What is on the bus is not in it: streams are made again, and what the
outbox and the change log hold is published and counted again. A session that has ended since the backup is in it as if
it had not: the next start ends every session.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from local_cluster import credentials
from local_cluster.cli import DEFAULT, DataDir
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher.engines.postgres import MAJOR, SUPERUSER, Postgres, binary
from local_cluster.launcher.engines.process import free_port, hand_over, hand_over_file
from local_cluster.operator import running
from local_cluster.services import PACKAGES, SERVICES
from service_common import migrations

FORMAT = 1
DESCRIPTION = "backup.json"
COPIES = ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest")
START_SECONDS = 60


def backup(file: Path, *, data_dir: DataDir = DEFAULT) -> None:
    """Write `file`, whole or not at all, as of now; the cluster may run."""
    folder = DataFolder(data_dir)
    if not folder.credentials.exists():
        raise ClusterError(f"there is no cluster in {folder.root}")
    if not file.parent.is_dir():
        raise ClusterError(f"cannot write {file}: {file.parent} is no folder")
    with _server(folder) as postgres, tempfile.TemporaryDirectory(dir=file.parent, prefix=".todobus-") as scratch:
        copy = Path(scratch) / "postgres"
        _copy_database(postgres, copy)
        whole = Path(scratch) / file.name
        _pack(folder, copy, whole)
        whole.replace(file)
    print(f"{file}: {file.stat().st_size / 1024**2:.1f} MB")


def restore(file: Path, *, data_dir: DataDir = DEFAULT) -> None:
    folder = DataFolder(data_dir)
    folder.create()
    with folder.lock(), tempfile.TemporaryDirectory(dir=folder.root, prefix=".restore-") as scratch:
        _unpack(file, Path(scratch))
        description = json.loads((Path(scratch) / DESCRIPTION).read_text())
        _require_known(description)
        _check(Path(scratch))
        aside = _put_aside(folder)
        folder.restored.touch()
        _take_over(folder, Path(scratch))
    print(f"restored the state of {description['taken_at']}" + (f"; what was here is in {aside}" if aside else ""))


@contextmanager
def _server(folder: DataFolder) -> Iterator[Postgres]:
    """The PostgreSQL that runs on the folder, or one started for the time of this block."""
    cluster = running.find(folder.root)
    if cluster:
        yield cluster.postgres
        return
    with folder.lock():
        postgres = Postgres(folder.postgres, free_port(), credentials.load(folder).postgres)
        server = postgres.program().start(subprocess.DEVNULL)
        try:
            _wait(postgres, server)
            yield postgres
        finally:
            server.send_signal(postgres.program().stop_signal)
            server.wait(START_SECONDS)


def _wait(postgres: Postgres, server: "subprocess.Popen[bytes]") -> None:
    command = [str(binary("pg_isready")), "--quiet", "--host=127.0.0.1", f"--port={postgres.port}"]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(command, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise ClusterError(f"PostgreSQL does not start on {postgres.folder}")
        time.sleep(0.05)


def _copy_database(postgres: Postgres, target: Path) -> None:
    progress = ["--progress"] if sys.stderr.isatty() else []
    where = ["--host=127.0.0.1", f"--port={postgres.port}", f"--username={SUPERUSER}", "--no-password"]
    command = [str(binary("pg_basebackup")), *where, f"--pgdata={target}", "--checkpoint=fast"]
    command += ["--format=tar", "--gzip", "--wal-method=stream", *progress]
    environment = os.environ | {"PGPASSWORD": postgres.password}  # others could read a command line
    stderr = None if progress else subprocess.PIPE
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, stderr=stderr)
    if done.returncode:
        raise ClusterError(f"the copy of the database failed: {(done.stderr or b'see above').decode().strip()}")


def _pack(folder: DataFolder, copy: Path, file: Path) -> None:
    description = {
        "format": FORMAT,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "postgres": MAJOR,
        "schemas": {service: migrations.head(PACKAGES[service]) for service in SERVICES},
    }
    (copy / DESCRIPTION).write_text(json.dumps(description, indent=2))
    file.touch(mode=0o600)  # it holds every password
    with tarfile.open(file, "w") as archive:
        archive.add(copy / DESCRIPTION, DESCRIPTION)
        for path in (folder.credentials, *folder.keys):
            archive.add(path, path.name)
        for name in COPIES:
            archive.add(copy / name, name)


def _unpack(file: Path, target: Path) -> None:
    try:
        _extract(file, target)
    except (OSError, tarfile.TarError) as error:
        raise ClusterError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
    if not all((target / name).exists() for name in (DESCRIPTION, *COPIES)):
        raise ClusterError(f"{file} is no backup of todobus")


def _require_known(description: dict[str, object]) -> None:
    if description["format"] != FORMAT or description["postgres"] != MAJOR:
        raise ClusterError("this backup was written by another release, for another PostgreSQL: restore it there")


def _check(scratch: Path) -> None:
    """Compare every file with the checksum it had when it was copied."""
    copies = scratch / "copies"
    copies.mkdir()
    for name in COPIES:
        (scratch / name).rename(copies / name)
    command = [str(binary("pg_verifybackup")), "--no-parse-wal", "--quiet", str(copies)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ClusterError(f"the backup is damaged: {done.stderr.strip()}")


def _put_aside(folder: DataFolder) -> Path | None:
    """Move what the folder holds into a folder of its own beside it."""
    kept = (folder.postgres, folder.nats, folder.credentials, *folder.keys, folder.schema, folder.subscribers)
    present = [path for path in kept if path.exists()]
    if not present:
        return None
    aside = folder.root / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o711)
    for path in present:
        path.rename(aside / path.name)
    return aside


def _take_over(folder: DataFolder, scratch: Path) -> None:
    fresh = scratch / "postgres"
    hand_over(fresh)
    _extract(scratch / "copies" / "base.tar.gz", fresh)
    _extract(scratch / "copies" / "pg_wal.tar.gz", fresh / "pg_wal")
    for parent, folders, files in os.walk(fresh):
        for name in (*folders, *files):
            hand_over_file(Path(parent) / name)
    for path in (folder.credentials, *folder.keys):
        kept = scratch / path.name
        if kept.exists():  # a backup of an earlier release has fewer keys: the next start makes the others
            kept.chmod(0o600)
            kept.rename(path)
    fresh.rename(folder.postgres)


def _extract(archive: Path, target: Path) -> None:
    """Files and folders below `target`, nothing else; raises tarfile.TarError."""
    root = Path(os.path.normpath(target))
    with tarfile.open(archive) as opened:
        opened.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 is the first to have one
        for member in opened:
            inside = Path(os.path.normpath(root / member.name)).is_relative_to(root)
            if not inside or not (member.isfile() or member.isdir()):
                raise tarfile.TarError(f"{member.name} does not belong into it")
            opened.extract(member, root)
