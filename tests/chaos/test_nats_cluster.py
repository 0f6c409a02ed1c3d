"""Three NATS servers, every stream on all of them: the one that leads is killed or frozen while fifty people write."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import nats
import pytest
from nats.errors import Error as NatsError

from service_common import topology
from service_common.engines.nats import Nats
from service_common.engines.process import free_port
from service_common.provisioning import ProvisioningError, provision
from service_common.testing.waiting import wait_until

pytestmark = pytest.mark.chaos
RUNS = int(os.environ.get("RUNS", "20"))
PLACES = ("one", "two", "three")


@dataclass(frozen=True)
class Node(Nats):
    name: str = ""
    route: int = 0
    routes: tuple[int, ...] = ()

    def configuration(self, host: str, store: PurePath) -> dict[str, Any]:
        others = [f"nats://127.0.0.1:{port}" for port in self.routes]
        cluster = {"name": "test", "host": host, "port": self.route, "routes": others}
        return super().configuration(host, store) | {"server_name": self.name, "cluster": cluster}


class Cluster:
    """Looks to a `Publisher` as one server does."""

    def __init__(self, folder: Path) -> None:
        self.passwords = {name: secrets.token_hex(8) for name in ("operator", "todos", "stats", "subscriber")}
        users, routes = topology.users(self.passwords), tuple(free_port() for _ in PLACES)
        self.nodes = {
            name: Node(folder / name, free_port(), users, name=name, route=route, routes=routes)
            for name, route in zip(PLACES, routes, strict=True)
        }
        self.url = ",".join(node.url() for node in self.nodes.values())
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._clients: list[Any] = []

    def start(self, name: str) -> None:
        self.nodes[name].initialise()
        self.children[name] = self.nodes[name].program().start(subprocess.DEVNULL)

    async def connect(self, user: str = "operator") -> Any:
        client = await nats.connect(
            self.url.split(","), user=user, password=self.passwords[user], inbox_prefix=f"_INBOX_{user}"
        )
        self._clients.append(client)
        return client

    async def provisioned(self) -> None:
        for name in PLACES:
            self.start(name)
        for node in self.nodes.values():
            await wait_until(node.ready, 30)
        client = await self.connect()

        async def done() -> bool:
            try:
                await provision(client, replicas=len(PLACES))
            except (ProvisioningError, NatsError, TimeoutError):
                return False
            return True

        await wait_until(done, 60)

    async def leader(self) -> str:
        """The server that leads the stream of todos."""
        client = await self.connect()

        async def name() -> str | None:
            found = (await client.jetstream().stream_info(topology.TODOS)).cluster
            return found.leader if found else None

        return str(await wait_until(name))

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        for child in self.children.values():
            child.kill()
            child.wait()


@pytest.fixture
async def cluster(session_folder: Path) -> AsyncIterator[Cluster]:
    folder = session_folder / f"cluster-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o711)
    made = Cluster(folder)
    try:
        await made.provisioned()
        yield made
    finally:
        await made.close()
        shutil.rmtree(folder, ignore_errors=True)


async def kill(cluster: Cluster, name: str) -> None:
    cluster.children[name].kill()
    cluster.children[name].wait()
    cluster.start(name)


async def cut_off(cluster: Cluster, name: str) -> None:
    """It hears nobody and nobody hears it, until the others have made another the leader."""
    cluster.children[name].send_signal(signal.SIGSTOP)
    others = ",".join(node.url() for other, node in cluster.nodes.items() if other != name)
    everybody, cluster.url = cluster.url, others

    async def replaced() -> bool:
        try:
            return await cluster.leader() not in ("None", name)
        except (NatsError, nats.js.errors.Error, TimeoutError):
            return False

    await wait_until(replaced, 60)
    cluster.url = everybody
    cluster.children[name].send_signal(signal.SIGCONT)


@pytest.mark.parametrize("_run", range(RUNS))
@pytest.mark.parametrize("fault", [kill, cut_off])
async def test_the_loss_of_a_leader_costs_nothing(
    cluster: Cluster, publishing_on: Any, world_of: Any, fault: Any, _run: int, tmp_path: Path
) -> None:
    async with publishing_on(cluster) as publisher:
        world = world_of(publisher)
        async with publisher.relaying(), world.following(tmp_path / "positions.db"):
            writing = asyncio.create_task(world.write())
            await world.halfway.wait()
            await fault(cluster, await cluster.leader())
            await writing
            await publisher.published()
            await world.complete()
        assert sorted(await publisher.stored()) == world.truth
