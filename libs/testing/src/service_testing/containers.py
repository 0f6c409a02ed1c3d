"""The same engines from the public images, where a Docker engine runs (`make test-containers`)."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from testcontainers.core.container import DockerContainer

from local_cluster.launcher.engines.nats import Nats
from local_cluster.launcher.engines.postgres import SUPERUSER, THROWAWAY, Postgres

POSTGRES_IMAGE = "postgres:18"
NATS_IMAGE = "nats:2.15-alpine"
CONFIG = "/etc/todobus-nats.conf"
INITDB = "--locale-provider=builtin --locale=C.UTF-8"  # the image's own locale may know no letters but those of ASCII


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """PostgreSQL on a port of 127.0.0.1; `folder` is not used, its data goes with the container."""
    password = secrets.token_urlsafe()
    settings = [part for name, value in THROWAWAY.items() for part in ("-c", f"{name}={value}")]
    container = DockerContainer(
        POSTGRES_IMAGE,
        command=["postgres", "-c", "max_connections=200", *settings],  # type: ignore[arg-type]
        env={"POSTGRES_USER": SUPERUSER, "POSTGRES_PASSWORD": password, "POSTGRES_INITDB_ARGS": INITDB},
        ports=[5432],
    )
    with container as running:
        yield Postgres(folder / "postgres", int(running.get_exposed_port(5432)), password)


class ContainerRunner:
    """nats-server in a container that keeps its store from stop to start."""

    def __init__(self, server: Nats) -> None:
        self.server = server
        self.container: DockerContainer | None = None

    def start(self) -> None:
        if self.container:
            self.container.get_wrapped_container().start()
            return
        configuration = self.server.configuration("0.0.0.0", PurePosixPath("/data"))  # noqa: S104 - in the container
        self.container = (
            DockerContainer(NATS_IMAGE, command=f"-c {CONFIG}")
            .with_bind_ports(self.server.port, self.server.port)
            .with_copy_into_container(json.dumps(configuration).encode(), CONFIG)
            .start()
        )

    def stop(self, sig: int) -> None:
        if self.container:
            self.container.get_wrapped_container().kill(sig)
            self.container.get_wrapped_container().wait()

    def wipe(self) -> None:
        self.close()

    def close(self) -> None:
        if self.container:
            self.container.stop()
            self.container = None
