"""The data folder (`.data`): everything a cluster keeps, and the lock that makes it one cluster's."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cluster.errors import ClusterError


class DataFolder:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.postgres = self.root / "postgres"
        self.nats = self.root / "nats"
        self.logs = self.root / "logs"
        self.mail = self.root / "mail"
        self.credentials = self.root / "credentials.json"
        self.encryption_key = self.root / "key_encryption_key"
        self.notifications_key = self.root / "notifications_key"
        self.demo_password = self.root / "demo_password"
        self.subscriber = self.root / "subscriber.env"
        self.subscribers = self.root / "subscribers"
        self.state = self.root / "state.json"
        self.schema = self.root / "schema.json"
        self.restored = self.root / "restored"  # while the sessions of a backup have not been ended

    @property
    def keys(self) -> tuple[Path, ...]:
        """Files of 32 random bytes, without which what is in the databases is of no use."""
        return (self.encryption_key, self.notifications_key)

    def create(self) -> None:
        """Make the folder; the unprivileged user of PostgreSQL may walk through it, but not list it."""
        try:
            self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ClusterError(f"cannot write to {self.root}: {error.strerror}") from None
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise ClusterError(f"cannot write to {self.root}: permission denied")

    def subscriber_file(self, name: str) -> Path:
        """The login of a named subscriber."""
        self.subscribers.mkdir(mode=0o700, exist_ok=True)
        return self.subscribers / f"{name}.env"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held while a cluster runs; the kernel releases it however the launcher ends."""
        try:
            handle = (self.root / "lock").open("a+")
        except OSError as error:
            raise ClusterError(f"cannot write to {self.root}: {error.strerror}") from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                raise ClusterError(f"{self.root} is in use: todobus runs there as pid {handle.read()}") from None
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
            handle.truncate(0)


def write_private(path: Path, text: str) -> None:
    """Write the whole file or nothing, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
