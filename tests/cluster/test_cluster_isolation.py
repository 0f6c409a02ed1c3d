"""In the running cluster no role exceeds its rights: on the databases, on the bus, in the containers."""

import itertools
import json
from pathlib import Path

import pytest

from .compose import Compose

pytestmark = pytest.mark.containers
SERVICES = ("auth", "todos", "stats", "notifications")
PROBE = """
import asyncio, sys, nats
from pathlib import Path
async def main(user, subject):
    password = Path("/run/secrets/todobus_nats_password").read_text()
    denied = asyncio.Event()
    async def on_error(error):
        if "permissions violation" in str(error).lower():
            denied.set()
    client = await nats.connect("nats://nats:4222", user=user, password=password, error_cb=on_error)
    await client.publish(subject, b"x")
    await client.flush()
    await asyncio.sleep(0)
    try:
        await asyncio.wait_for(denied.wait(), 0.5)
        print("denied")
    except TimeoutError:
        print("allowed")
    await client.close()
asyncio.run(main(*sys.argv[1:]))
"""
OTHERS = {
    "auth": ["todos.events.v1.x.created", "$JS.API.STREAM.DELETE.TODOS", "$JS.API.STREAM.PURGE.TODOS"],
    "todos": ["users.events.v1.x.deleted", "$KV.revocations.x", "$JS.API.STREAM.DELETE.TODOS"],
    "stats": ["todos.events.v1.x.created", "$KV.revocations.x", "$JS.API.CONSUMER.DELETE.TODOS.stats"],
    "notifications": ["todos.events.v1.x.created", "stats.updated.v1.x", "$JS.API.CONSUMER.DELETE.TODOS.stats"],
    "gateway": ["todos.events.v1.x.created", "$KV.revocations.x", "$JS.API.STREAM.CREATE.X"],
}


@pytest.mark.parametrize(("role", "database"), list(itertools.permutations(SERVICES, 2)))
def test_a_role_cannot_open_the_database_of_another(cluster: Compose, role: str, database: str) -> None:
    password = (Path(cluster.environment["TODOBUS_SECRETS"]) / f"{role}_database_password").read_text()
    for name, opens in ((role, True), (database, False)):
        url = f"postgresql://{role}:{password}@127.0.0.1/{name}"
        asked = cluster.execute("postgres", "psql", url, "--command", "select 1", check=False)
        assert (asked.returncode == 0) is opens, asked.stderr


def test_a_wrong_password_opens_nothing(cluster: Compose) -> None:
    asked = cluster.execute("postgres", "psql", "postgresql://todos:wrong@127.0.0.1/todos", check=False)
    assert "password authentication failed" in asked.stderr


@pytest.mark.parametrize(
    ("user", "subject"), [(user, subject) for user, all_of in OTHERS.items() for subject in all_of]
)
def test_a_bus_user_cannot_publish_what_is_anothers(cluster: Compose, user: str, subject: str) -> None:
    assert cluster.execute(user, "python", "-c", PROBE, user, subject).stdout.strip() == "denied"


def test_a_bus_user_can_publish_what_is_its_own(cluster: Compose) -> None:
    assert cluster.execute("stats", "python", "-c", PROBE, "stats", "stats.updated.v1.x").stdout.strip() == "allowed"


@pytest.mark.parametrize("service", ["auth", "todos", "stats", "notifications", "gateway", "web", "nats", "postgres"])
class TestContainers:
    def test_run_without_root_on_a_file_system_that_cannot_be_written(self, cluster: Compose, service: str) -> None:
        root = {"nats": "/etc/todobus/x", "web": "/etc/nginx/x"}.get(service, "/usr/x")
        status = cluster.execute(service, "cat", "/proc/1/status").stdout
        fields = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
        assert "0" not in fields["Uid"].split()
        assert int(fields["CapEff"], 16) == 0
        assert fields["NoNewPrivs"] == "1"
        assert cluster.execute(service, "sh", "-c", f"echo >{root}", check=False).returncode != 0

    def test_have_a_limit_of_memory(self, cluster: Compose, service: str) -> None:
        for container in cluster.containers(service):
            host = cluster.inspect(container)["HostConfig"]
            assert isinstance(host, dict)
            assert host["Memory"] > 0
            assert host["PidsLimit"] > 0


def test_the_services_image_holds_no_installer_and_no_compiler(cluster: Compose) -> None:
    tools = ("pip", "uv", "gcc", "cc", "make")
    look = f"import shutil; print([name for name in {tools} if shutil.which(name)])"
    assert cluster.execute("todos", "python", "-c", look).stdout.strip() == "[]"


def test_images_say_what_they_are(cluster: Compose) -> None:
    for service in ("todos", "web", "nats"):
        config = cluster.inspect(cluster.containers(service)[0])["Config"]
        assert isinstance(config, dict)
        assert config["Labels"]["org.opencontainers.image.title"].startswith("Todobus")


def test_a_service_sees_no_secret_of_another(cluster: Compose) -> None:
    listed = cluster.execute("todos", "python", "-c", "import os, json; print(json.dumps(os.listdir('/run/secrets')))")
    assert set(json.loads(listed.stdout)) == {"todobus_database_url", "todobus_nats_password"}
