"""A NATS server of a test's own, which the test may stop, kill and empty."""

import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import nats
from nats.aio.client import Client

from local_cluster.credentials import BUS_USERS
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.process import free_port
from service_common.provisioning import provision
from service_testing.waiting import wait_until
from todobus_events import permissions

if TYPE_CHECKING:
    import subprocess


class Runner(Protocol):
    """Runs a configured server on its port: as a process, or in a container."""

    def start(self) -> None: ...
    def stop(self, sig: int) -> None: ...
    def wipe(self) -> None: ...
    def close(self) -> None: ...


class NatsServer:
    """Its `url`, the `passwords` of its users, connections as any of them, and the faults a test wants."""

    def __init__(self, server: Nats, passwords: dict[str, str], runner: Runner) -> None:
        self.url = server.url()
        self.port = server.port
        self.passwords = passwords
        self.server = server
        self.runner = runner
        self._clients: list[Client] = []

    async def connect(self, user: str = "operator", **options: Any) -> Client:
        """A client logged in as `user`; closed when the test ends."""
        login = {"user": user, "password": self.passwords[user], "inbox_prefix": f"_INBOX_{user}"}
        client = await nats.connect(self.url, **(login | options))
        self._clients.append(client)
        return client

    async def start(self) -> None:
        """Start it (again), with what it had stored, and wait until it answers."""
        self.runner.start()
        await wait_until(self.server.ready, 30)

    def stop(self) -> None:
        self.runner.stop(signal.SIGTERM)

    def kill(self) -> None:
        self.runner.stop(signal.SIGKILL)

    def wipe(self) -> None:
        """Lose everything that was stored; the server must be stopped."""
        self.runner.wipe()

    async def provision(self) -> None:
        client = await self.connect()
        await provision(client)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        self.runner.close()


class ProcessRunner:
    """nats-server from its wheel, as a child of this process."""

    def __init__(self, server: Nats) -> None:
        self.server = server
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.server.initialise()
        with (self.server.folder / "log").open("ab") as log:
            self.child = self.server.program().start(log.fileno())

    def stop(self, sig: int) -> None:
        if self.child:
            self.child.send_signal(sig)
            self.child.wait(20)
            self.child = None

    def wipe(self) -> None:
        shutil.rmtree(self.server.folder / "jetstream")

    def close(self) -> None:
        self.stop(signal.SIGKILL)


@asynccontextmanager
async def nats_server(
    folder: Path,
    make_runner: Callable[[Nats], Runner],
    users: Sequence[str] = BUS_USERS,
    subscribers: Sequence[str] = (),
) -> AsyncIterator[NatsServer]:
    """A running, provisioned server below `folder`, with named subscribers."""
    ours, theirs = ({user: secrets.token_urlsafe() for user in names} for names in (users, subscribers))
    # Tests do not cut the power: the default's later fsync is enough, and faster.
    server = Nats(folder, free_port(), permissions.accounts(ours, theirs), sync_interval="2m")
    running = NatsServer(server, ours | theirs, make_runner(server))
    try:
        await running.start()
        await running.provision()
        yield running
    finally:
        await running.close()
        shutil.rmtree(folder, ignore_errors=True)
