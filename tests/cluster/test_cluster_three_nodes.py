"""NATS on three nodes: every stream has three replicas, and the loss of any node is not noticed."""

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from .compose import ROOT, Compose, eventually
from .people import Load

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]
STREAMS = """
import asyncio, json, nats
from pathlib import Path
async def main():
    password = Path("/run/secrets/todobus_nats_password").read_text()
    client = await nats.connect(["nats://nats-1:4222", "nats://nats-2:4222", "nats://nats-3:4222"],
                                user="operator", password=password, inbox_prefix="_INBOX_operator")
    streams = await client.jetstream().streams_info()
    print(json.dumps({s.config.name: [s.config.num_replicas, s.cluster.leader] for s in streams}))
    await client.close()
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    lines = (ROOT / "deploy/docker/nats-cluster.env").read_text().splitlines()
    environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    secrets = tmp_path_factory.mktemp("three") / "secrets"
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", secrets], check=True)
    environment |= {"TODOBUS_FRONT_NETWORK": "10.213.80.0/24"}
    compose = Compose(f"todobus-three-{os.getpid()}", secrets, **environment)
    try:
        compose.up("--no-build", "--scale", "backup=0")
        yield compose
    finally:
        compose.down("--volumes", "--timeout", "5")


def streams(three: Compose) -> dict[str, tuple[int, str]]:
    shown = three.run("run", "--rm", "--no-deps", "streams", "python", "-c", STREAMS)
    return {name: tuple(values) for name, values in json.loads(shown).items()}


def test_every_stream_has_three_replicas(three: Compose) -> None:
    assert {replicas for replicas, _ in streams(three).values()} == {3}


def test_the_loss_of_the_leader_is_not_noticed(three: Compose) -> None:
    leader = streams(three)["TODOS"][1]
    service = "nats" if leader == "nats-1" else leader
    with Load(three.url, 4) as load:
        eventually(lambda: load.stored > 100)
        three.run("stop", "--timeout", "1", service)
        eventually(lambda: load.stored > 300)
        three.run("start", service)
        eventually(lambda: load.stored > 400)
    assert set(load.statuses) == {201}
    load.check_nothing_is_lost()
