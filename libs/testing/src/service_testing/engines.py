"""The PostgreSQL and NATS that tests run on, from the wheels; throwaway, and gone with the run."""

import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from local_cluster.launcher.engines.postgres import THROWAWAY, Postgres
from local_cluster.launcher.engines.process import free_port

JANITOR = 'cat >/dev/null; for _ in 1 2 3 4 5 6 7 8; do rm -rf "$1" && exit; sleep 0.25; done'
MEMORY, ROOM = "/dev/shm", 8 * 1024**3  # noqa: S108 - a folder of its own is made in it
REMOVAL_SECONDS = 120  # a whole suite leaves gigabytes, and the machine may have other things to do


@contextmanager
def session_folder() -> Iterator[Path]:
    """A folder that goes with this process, even with a killed one: a shell waits for its pipe to close."""
    folder = Path(tempfile.mkdtemp(prefix="todobus-test-", dir=_memory()))
    folder.chmod(0o711)
    janitor = subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", JANITOR, "janitor", str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        janitor.communicate(timeout=REMOVAL_SECONDS)


def _memory() -> str | None:
    """A folder in memory, where there is room: on a disk, making and dropping a database takes ten times as long."""
    if not Path(MEMORY).is_dir():
        return None
    room = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return MEMORY if room > ROOM else None


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[Postgres]:
    """Without fsync: what a test writes need not outlive the machine."""
    postgres = Postgres(folder / "postgres", free_port(), secrets.token_urlsafe(), THROWAWAY)
    postgres.initialise()
    with (folder / "postgres.log").open("wb") as log:
        server = postgres.program().start(log.fileno())
    try:
        yield postgres
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(20)
