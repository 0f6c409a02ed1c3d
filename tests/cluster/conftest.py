import os
import subprocess
from collections.abc import Iterator

import pytest

from .compose import ROOT, Compose


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """The whole system, from the images that `make test-cluster` has built; gone with the session, data included."""
    secrets = tmp_path_factory.mktemp("cluster") / "secrets"
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", secrets], check=True)
    compose = Compose(f"todobus-test-{os.getpid()}", secrets)
    try:
        compose.up("--no-build")
        yield compose
    finally:
        compose.down("--volumes", "--timeout", "5")


@pytest.fixture(autouse=True)
def _all_are_ready(request: pytest.FixtureRequest) -> None:
    """Each test begins with a healthy cluster of the usual size, whatever the one before has done."""
    if "cluster" in request.fixturenames:
        cluster: Compose = request.getfixturevalue("cluster")
        if not cluster.is_as_usual():
            cluster.up("--no-build")
