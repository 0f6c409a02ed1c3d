"""The cluster that runs on a data folder, as the operator's commands see it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service_common.engines.postgres import Postgres

from . import credentials, state_file
from .credentials import Credentials
from .data_folder import DataFolder
from .errors import ClusterError


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
    def nats_url(self) -> str:
        return f"nats://127.0.0.1:{self.port_of('nats')}"

    def port_of(self, name: str) -> int:
        return next(int(process["port"]) for process in self.processes if process["name"] == name)


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
