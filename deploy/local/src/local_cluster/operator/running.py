"""The cluster that runs on a data folder, as the operator's commands see it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cluster import credentials
from local_cluster.credentials import Credentials
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher import state_file
from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import Postgres
from local_cluster.launcher.plan import bus_accounts, public_url, service_environment
from local_cluster.services import PACKAGES


@dataclass(frozen=True)
class Running:
    folder: DataFolder
    credentials: Credentials
    port: int
    processes: list[dict[str, Any]]

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.folder.postgres, self.port_of("postgres"), self.credentials.postgres)

    @property
    def nats(self) -> Nats:
        return Nats(self.folder.nats, self.port_of("nats"), bus_accounts(self.credentials))

    @property
    def nats_url(self) -> str:
        return self.nats.url()

    def run(self, service: str, *arguments: str) -> int:
        """Run `python -m <package> arguments…` with the settings of the running service; its exit code."""
        auth = f"http://127.0.0.1:{self.port_of('auth')}"
        own = service_environment(service, self.folder, self.credentials, self.postgres, self.nats_url, auth)
        needed = {"TODOBUS_PORT": "0", "TODOBUS_ADMIN_PORT": "0", "TODOBUS_LOG_LEVEL": "warning"}
        if service == "auth":
            own["TODOBUS_PUBLIC_URL"] = public_url(self.port)
        command = [sys.executable, "-m", PACKAGES[service], *arguments]
        return subprocess.run(command, env=os.environ | needed | own, check=False).returncode

    def pid_of(self, name: str) -> int:
        """Raises ClusterError while the process is not running."""
        pid = next(process["pid"] for process in self.processes if process["name"] == name)
        if pid is None:
            raise ClusterError(f"{name} is not running: see todobus status")
        return int(pid)

    def port_of(self, name: str) -> int:
        """The port of a process, or of the first instance of a service."""
        names = (name, f"{name}-1")
        return next(int(process["port"]) for process in self.processes if process["name"] in names)


def find(data_dir: Path) -> Running | None:
    folder = DataFolder(data_dir)
    state = state_file.read(folder)
    if state is None:
        return None
    return Running(folder, credentials.load(folder), state["launcher"]["port"], state["processes"])


def require(data_dir: Path) -> Running:
    cluster = find(data_dir)
    if cluster is None:
        raise ClusterError(f"nothing runs on {data_dir}: start it with todobus up")
    return cluster
