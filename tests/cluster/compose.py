"""A cluster of containers of the tests' own: its own name, port, network and secrets."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from local_cluster.launcher.engines.process import free_port

ROOT = Path(__file__).parents[2]
USUAL = ["auth", "backup", *["gateway"] * 3, "nats", "notifications", "postgres", "stats", "todos", "web"]


def command() -> list[str]:
    """`docker compose`, or `docker-compose` v2 where only that is there."""
    plugin = ["docker", "compose"]
    if subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0:
        return plugin
    return [shutil.which("docker-compose") or "docker-compose"]


class Compose:
    def __init__(self, project: str, secrets: Path, files: tuple[Path, ...] = (), **environment: str) -> None:
        self.project = project
        self.port = free_port()
        self.environment = os.environ | {
            "COMPOSE_PROJECT_NAME": project,
            "COMPOSE_FILE": ":".join(map(str, (ROOT / "docker-compose.yml", *files))),
            "TODOBUS_SECRETS": str(secrets),
            "TODOBUS_PORT": str(self.port),
            "TODOBUS_RATE_LIMITS": "off",
            "TODOBUS_FRONT_NETWORK": "10.213.78.0/24",
            **environment,
        }
        self._command = command()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, check: bool = True) -> str:
        done = self._run([*self._command, *arguments])
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def up(self, *arguments: str) -> None:
        self.run("up", "--detach", "--wait", *arguments)

    def is_as_usual(self) -> bool:
        """Whether everything is healthy, as many of each as the file says."""
        listed = [json.loads(line) for line in self.run("ps", "--format", "json").splitlines()]
        healthy = sorted(container["Service"] for container in listed if container["Health"] == "healthy")
        return len(healthy) == len(listed) and healthy == USUAL

    def down(self, *arguments: str) -> None:
        self.run("--profile", "*", "down", *arguments)

    def restore(self, moment: str) -> None:
        done = self._run(["sh", str(ROOT / "deploy/docker/restore"), moment], COMPOSE=" ".join(self._command))
        assert done.returncode == 0, done.stderr[-3000:]

    def roll(self, service: str) -> None:
        done = self._run(["sh", str(ROOT / "deploy/docker/roll"), service], COMPOSE=" ".join(self._command))
        assert done.returncode == 0, done.stderr[-3000:]

    def containers(self, service: str) -> list[str]:
        return self.run("ps", "--quiet", service).split()

    def execute(self, service: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program in the first container of a service."""
        done = self._run(["docker", "exec", self.containers(service)[0], *arguments])
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done

    def run_in(self, container: str, *arguments: str) -> str:
        return self._run(["docker", "exec", container, *arguments]).stdout

    def kill(self, service: str) -> None:
        """`kill -9` of a container's processes; the engine starts it again, as its restart policy says."""
        self._run(["docker", "kill", self.containers(service)[0]])
        self._run(["docker", "start", *self.run("ps", "--all", "--quiet", service).split()])

    def inspect(self, container: str) -> dict[str, object]:
        found: list[dict[str, object]] = json.loads(self._run(["docker", "inspect", container]).stdout)
        return found[0]

    def _run(self, argv: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv, cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, timeout=600, check=False
        )


def eventually(condition: Callable[[], bool], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {condition.__qualname__}"
        time.sleep(0.2)
