"""The PostgreSQL and NATS that tests run on, from the wheels; throwaway, and gone with the run."""

import secrets
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cluster.launcher.engines.postgres import THROWAWAY, Postgres
from local_cluster.launcher.engines.process import free_port

JANITOR = 'cat >/dev/null; for _ in 1 2 3 4 5 6 7 8; do rm -rf "$1" && exit; sleep 0.25; done'
REMOVAL_SECONDS = 120  # a whole suite leaves gigabytes, and the machine may have other things to do


@contextmanager
def session_folder() -> Iterator[Path]:
    """A folder that goes with this process, even with a killed one: a shell waits for its pipe to close."""
    folder = Path(tempfile.mkdtemp(prefix="todobus-test-"))
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
