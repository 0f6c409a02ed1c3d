"""Three NATS servers, every stream on all of them: while fifty people write, the one that leads is lost with its disk,
frozen, or cut off from all others.

Each server has a network of its own (Linux namespaces, made by root), so that one can be cut off as by a broken cable.
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any

import nats
import pytest
from nats.errors import Error as NatsError

from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.process import Program
from service_common.provisioning import provision
from service_testing.waiting import wait_until
from todobus_events import permissions, topology
from todobus_events.jetstream import ProvisioningError

RUNS = int(os.environ.get("RUNS", "20"))
pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(120 + 45 * RUNS),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="networks are made by root, with iproute2"),
]
PLACES = {"one": 11, "two": 12, "three": 13}
CLIENTS, ROUTES = 4222, 6222


class Network:
    """A network bridge in its own namespace, with a link to each server's namespace and to the test's."""

    def __init__(self) -> None:
        self._name, self._net = (
            f"tb{secrets.token_hex(3)}",
            f"10.{secrets.randbelow(200) + 20}.{secrets.randbelow(255)}",
        )
        self._switch = self.namespace("switch")

    def lay(self) -> None:
        ip("netns", "add", self._switch)
        ip("-n", self._switch, "link", "add", "bridge", "type", "bridge")
        ip("-n", self._switch, "link", "set", "bridge", "up")
        ip("link", "add", self._name, "type", "veth", "peer", "name", "here", "netns", self._switch)
        ip("address", "add", f"{self._net}.1/24", "dev", self._name)
        ip("link", "set", self._name, "up")
        ip("-n", self._switch, "link", "set", "here", "master", "bridge", "up")
        for place in PLACES:
            inside = self.namespace(place)
            ip("netns", "add", inside)
            ip("-n", self._switch, "link", "add", place, "type", "veth", "peer", "name", "eth0", "netns", inside)
            ip("-n", self._switch, "link", "set", place, "master", "bridge", "up")
            ip("-n", inside, "address", "add", f"{self.address(place)}/24", "dev", "eth0")
            ip("-n", inside, "link", "set", "eth0", "up")
            ip("-n", inside, "link", "set", "lo", "up")

    def remove(self) -> None:
        for place in (*PLACES, "switch"):
            subprocess.run(("ip", "netns", "delete", self.namespace(place)), check=False)

    def cut(self, place: str) -> None:
        ip("-n", self._switch, "link", "set", place, "down")

    def mend(self, place: str) -> None:
        ip("-n", self._switch, "link", "set", place, "up")

    def namespace(self, place: str) -> str:
        return f"{self._name}-{place}"

    def address(self, place: str) -> str:
        return f"{self._net}.{PLACES[place]}"


def ip(*arguments: str) -> None:
    subprocess.run(("ip", *arguments), check=True)


@dataclass(frozen=True)
class Node(Nats):
    name: str = ""
    host: str = ""
    namespace: str = ""
    others: tuple[str, ...] = ()

    def configuration(self, _host: str, store: PurePath) -> dict[str, Any]:
        routes = [f"nats://{host}:{ROUTES}" for host in self.others]
        cluster = {"name": "test", "host": self.host, "port": ROUTES, "routes": routes}
        return super().configuration(self.host, store) | {"server_name": self.name, "cluster": cluster}

    def program(self) -> Program:
        """The owner is root: only root may enter the namespace."""
        program = super().program()
        inside = (shutil.which("nsenter") or "nsenter", f"--net=/run/netns/{self.namespace}")
        return replace(program, argv=(*inside, *program.argv), unprivileged=False)

    def url(self) -> str:
        return f"nats://{self.host}:{self.port}"

    async def ready(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            return False
        writer.close()
        return True


class Cluster:
    """The cluster with the interface of one `NatsServer`, for a `Publisher`."""

    def __init__(self, folder: Path, network: Network, replicas: int) -> None:
        self.network, self.replicas = network, replicas
        self.passwords = {name: secrets.token_hex(8) for name in ("operator", "todos", "stats", "subscriber")}
        self.nodes = {name: self._node(folder, name) for name in PLACES}
        self.url = ",".join(node.url() for node in self.nodes.values())
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._clients: list[Any] = []

    def _node(self, folder: Path, name: str) -> Node:
        hosts = {place: self.network.address(place) for place in PLACES}
        others = tuple(host for place, host in hosts.items() if place != name)
        accounts, namespace = permissions.accounts(self.passwords), self.network.namespace(name)
        return Node(folder / name, CLIENTS, accounts, name=name, host=hosts[name], namespace=namespace, others=others)

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

        async def done() -> bool:
            try:
                await provision(await self.client(), replicas=self.replicas)
            except (ProvisioningError, NatsError, OSError):
                return False
            return True

        await wait_until(done, 60)

    async def state(self) -> tuple[str | None, bool]:
        """The server that leads the stream of todos, and whether all of its copies are complete."""
        try:
            found = (await (await self.client()).jetstream().stream_info(topology.TODOS)).cluster
        except (NatsError, nats.js.errors.Error, TimeoutError):
            return None, False
        copies = (found.replicas or []) if found else []
        whole = len(copies) == self.replicas - 1 and all(copy.current for copy in copies)
        return (found.leader if found else None), whole

    async def client(self) -> Any:
        if not self._clients:
            await self.connect()
        return self._clients[0]

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        for child in self.children.values():
            child.kill()
            child.wait()


Fault = Callable[[Cluster, str], Awaitable[None]]


async def lose(cluster: Cluster, name: str) -> None:
    """Kill the server and remove its disk."""
    cluster.children[name].kill()
    cluster.children[name].wait()
    shutil.rmtree(cluster.nodes[name].folder / "jetstream")
    cluster.start(name)


async def freeze(cluster: Cluster, name: str) -> None:
    cluster.children[name].send_signal(signal.SIGSTOP)
    await replaced(cluster, name)
    cluster.children[name].send_signal(signal.SIGCONT)


async def cut_off(cluster: Cluster, name: str) -> None:
    """Cut the server off the network until the others have elected a leader."""
    cluster.network.cut(name)
    await replaced(cluster, name)
    cluster.network.mend(name)


async def replaced(cluster: Cluster, name: str) -> None:
    """Whether the others have a leader, asked on a new connection: one to the lost server hangs."""
    others = [node.url() for other, node in cluster.nodes.items() if other != name]
    client = await nats.connect(
        others, user="operator", password=cluster.passwords["operator"], inbox_prefix="_INBOX_operator"
    )

    async def by_another() -> bool:
        try:
            found = (await client.jetstream().stream_info(topology.TODOS)).cluster
        except (NatsError, nats.js.errors.Error, TimeoutError):
            return False
        return found is not None and found.leader not in (None, name)

    try:
        await wait_until(by_another, 60)
    finally:
        await client.close()


@asynccontextmanager
async def cluster_of(folder: Path, replicas: int = len(PLACES)) -> AsyncIterator[Cluster]:
    folder = folder / f"cluster-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o711)
    network = Network()
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(network.remove)
        network.lay()
        made = Cluster(folder, network, replicas)
        stack.push_async_callback(made.close)
        await made.provisioned()
        yield made


async def whole(cluster: Cluster) -> str | None:
    leader, complete = await cluster.state()
    return leader if complete else None


async def write_through(cluster: Cluster, fault: Fault, world: Any, positions: Path) -> None:
    """A subscriber has had every event once and in order."""
    leader = await wait_until(lambda: whole(cluster), 60)
    async with world.publisher.relaying(), world.following(positions):
        writing = asyncio.create_task(world.write())
        await world.halfway.wait()
        await fault(cluster, leader)
        await writing
        await world.publisher.published()
        await world.complete()
    await wait_until(lambda: whole(cluster), 60)  # a server that was cut off does not answer at once


async def is_exact(world: Any) -> bool:
    """Whether the stream holds each event once; a leader that was cut off may answer with an old state for a moment."""
    stored = await answered(world.publisher.stored)
    return sorted(event for event in stored if event[0] in world.ordered) == world.truth


async def answered(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Retry: a server that is back refuses requests until it knows the leader."""

    async def answer() -> list[Any]:
        with suppress(nats.js.errors.ServiceUnavailableError):
            return [await ask()]
        return []

    return (await wait_until(answer, 60))[0]


@pytest.mark.parametrize("fault", [lose, freeze, cut_off])
async def test_the_loss_of_a_leader_costs_nothing(
    session_folder: Path, publishing_on: Any, world_of: Any, fault: Fault, tmp_path: Path
) -> None:
    async with cluster_of(session_folder) as cluster, publishing_on(cluster) as publisher:
        for run in range(RUNS):
            world = world_of(publisher)
            await write_through(cluster, fault, world, tmp_path / f"{run}.db")
            await wait_until(partial(is_exact, world), 60)
            stream = (await cluster.connect()).jetstream()
            await answered(partial(stream.purge_stream, topology.TODOS))
            print(f"{fault.__name__}: run {run + 1} of {RUNS}")  # noqa: T201 - seen with -s, to count


async def test_control_a_stream_on_one_server_is_lost_with_it(
    session_folder: Path, publishing_on: Any, world_of: Any, tmp_path: Path
) -> None:
    async with cluster_of(session_folder, replicas=1) as cluster, publishing_on(cluster) as publisher:
        world = world_of(publisher)
        await write_through(cluster, lose, world, tmp_path / "positions.db")
        assert not await is_exact(world)
