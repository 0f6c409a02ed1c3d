"""A full disk under PostgreSQL or NATS: clear errors, nothing lost, and all is well again when there is space."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .compose import ROOT, Compose, eventually
from .people import Load

pytestmark = [
    pytest.mark.containers,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts file systems of a few hundred megabytes"),
]
OWNERS = {"postgres": 999, "nats": 10001}
MEGABYTES = 450


class Disk:
    """A file system of its own under a volume, which a test can fill."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        image = folder / f"{name}.img"
        self._run("truncate", "--size", f"{MEGABYTES}M", image)
        self._run("mkfs.ext4", "-q", "-m", "0", image)
        self._run("mount", "-o", "loop", image, self.folder)
        self._run("chown", f"{OWNERS[name]}:{OWNERS[name]}", self.folder)

    def fill(self) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * 65536)
            except OSError:
                return

    def free(self) -> None:
        (self.folder / "filler").unlink()

    def close(self) -> None:
        self._run("umount", "--lazy", self.folder)

    def _run(self, *argv: str | Path) -> None:
        subprocess.run(argv, check=True, capture_output=True)


@pytest.fixture(scope="module")
def disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Disk]]:
    folder = tmp_path_factory.mktemp("disks")
    made = {name: Disk(folder, name) for name in OWNERS}
    yield made
    for disk in made.values():
        disk.close()


@pytest.fixture(scope="module")
def small(disks: dict[str, Disk], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """A cluster whose engines keep their data on small disks."""
    folder = tmp_path_factory.mktemp("small")
    bound = {
        name: {"driver_opts": {"type": "none", "o": "bind", "device": str(disk.folder)}} for name, disk in disks.items()
    }
    (folder / "disks.yml").write_text(yaml.safe_dump({"volumes": bound}))
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", folder / "secrets"], check=True)
    network = {"TODOBUS_FRONT_NETWORK": "10.213.79.0/24"}
    compose = Compose(f"todobus-full-{os.getpid()}", folder / "secrets", (folder / "disks.yml",), **network)
    try:
        compose.up("--no-build", "--scale", "backup=0")
        yield compose
    finally:
        compose.down("--volumes", "--timeout", "5")


@pytest.mark.parametrize("engine", ["nats", "postgres"])
def test_a_full_disk_loses_nothing_and_heals_by_itself(small: Compose, disks: dict[str, Disk], engine: str) -> None:
    disks[engine].fill()
    with Load(small.url, 4) if engine == "nats" else _load_then_fill(small, disks[engine]) as load:
        before = load.statuses
        eventually(lambda: load.statuses.total() > before.total() + 100, 120)
        disks[engine].free()
        stored = load.stored
        eventually(lambda: load.stored > stored + 100, 180)
    assert set(load.statuses) <= ({201} if engine == "nats" else {201, 503})
    assert load.unclear == []
    load.check_nothing_is_lost()


def _load_then_fill(small: Compose, disk: Disk) -> Load:
    """People register first: on a full disk they could not."""
    disk.free()
    load = Load(small.url, 4)
    disk.fill()
    return load
