"""Settings are described by the services' classes: each way to run sets what they know, and all that they need."""

import importlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.launcher.plan import Options, Plan
from local_cluster.services import PACKAGES
from service_common.provisioning import ProvisioningSettings
from service_common.settings import MigrationSettings, Settings

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
IMAGE = set(re.findall(r"\b(TODOBUS_\w+)=", (ROOT / "deploy/docker/services/Dockerfile").read_text()))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
PREFIX = "TODOBUS_"


def settings(command: list[str]) -> type[Settings]:
    """The class that the process of a command such as `python -m auth_service serve` reads."""
    module = command[2]
    if module == "service_common.provisioning":
        return ProvisioningSettings
    return importlib.import_module(f"{module}.settings").Settings if command[3] == "serve" else MigrationSettings


def variables(found: type[Settings], *, required: bool = False) -> set[str]:
    fields = found.model_fields.items()
    return {PREFIX + name.upper() for name, field in fields if field.is_required() or not required}


def ours(names: Any) -> set[str]:
    return {name.upper() for name in names if name.upper().startswith(PREFIX)}


def check(command: list[str], own: set[str], shared: set[str]) -> None:
    """`own` is set for this process only, `shared` also for others, by the image or by Kubernetes."""
    found = settings(command)
    assert own - variables(found) == set()
    assert variables(found, required=True) - own - shared == set()


def processes(containers: dict[str, Any]) -> list[str]:
    return [name for name, container in containers.items() if container.get("command", [])[:2] == ["python", "-m"]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = DataFolder(tmp_path_factory.mktemp("plan"))
    folder.create()
    return Plan(folder, credentials.load_or_generate(folder), Options(web_root=ROOT))


class TestLauncher:
    @pytest.mark.parametrize("service", PACKAGES)
    def test_sets_what_a_process_knows_and_needs(self, plan: Plan, service: str) -> None:
        instance = next(instance for instance in plan.instances if instance.service == service)
        check(["python", "-m", PACKAGES[service], "serve"], ours(plan.environment(instance)), set())


class TestCompose:
    @pytest.mark.parametrize("name", processes(COMPOSE))
    def test_sets_what_a_process_knows_and_needs(self, name: str) -> None:
        container = COMPOSE[name]
        secrets = [secret["target"] for secret in container["secrets"] if isinstance(secret, dict)]
        check(container["command"], ours([*container.get("environment", {}), *secrets]), IMAGE)


@cache
def base() -> Any:
    return yaml.safe_load((KUBERNETES / "base/kustomization.yaml").read_text())


@cache
def pods() -> dict[str, Any]:
    """The first container of each Deployment and Job, and the name of the secret that is mounted beside it."""
    resources = [KUBERNETES / "base" / name for name in base()["resources"]]
    documents = [item for path in resources for item in yaml.safe_load_all(path.read_text())]
    specs = {
        item["metadata"]["name"]: item["spec"]["template"]["spec"]
        for item in documents
        if item["kind"] in {"Deployment", "Job"}
    }
    mounted = {
        name: [v["secret"]["secretName"] for v in spec.get("volumes", []) if "secret" in v]
        for name, spec in specs.items()
    }
    return {name: spec["containers"][0] | {"mounted": mounted[name]} for name, spec in specs.items()}


@cache
def config_map() -> set[str]:
    literals = [literal for generator in base()["configMapGenerator"] for literal in generator["literals"]]
    return {literal.partition("=")[0] for literal in literals}


def from_files() -> dict[str, set[str]]:
    """Secrets of the overlay `local`, by name."""
    generators = yaml.safe_load((KUBERNETES / "overlays/local/kustomization.yaml").read_text())["secretGenerator"]
    return {item["name"]: ours(file.partition("=")[0] for file in item["files"]) for item in generators}


def from_a_store() -> dict[str, set[str]]:
    """Secrets of the other overlays, by name."""
    documents = yaml.safe_load_all((KUBERNETES / "components/external-secrets/secrets.yaml").read_text())
    targets = [document["spec"]["target"] for document in documents]
    return {target["name"]: ours(target["template"]["data"]) for target in targets}


@pytest.mark.parametrize("secrets", [from_files, from_a_store])
class TestKubernetes:
    @pytest.mark.parametrize("name", processes(pods()))
    def test_sets_what_a_process_knows_and_needs(self, name: str, secrets: Any) -> None:
        pod = pods()[name]
        own = ours(entry["name"] for entry in pod.get("env", []))
        check(pod["command"], own, config_map().union(IMAGE, *(secrets()[name] for name in pod["mounted"])))

    @pytest.mark.parametrize("name", [name for name in processes(pods()) if pods()[name]["command"][3:] == ["serve"]])
    def test_shares_what_every_service_knows(self, name: str, secrets: Any) -> None:
        assert config_map().union(IMAGE, secrets()[name]) - variables(settings(pods()[name]["command"])) == set()


def test_the_table_for_operators_is_current() -> None:
    command = [sys.executable, Path(__file__).with_name("settings_table.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
