"""The rendered overlays: valid against Kubernetes' own schemas and those of the operators, and true to our rules."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from . import policies
from .policies import Object, kind

pytestmark = pytest.mark.deployment

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(__file__).parent / "schemas"
OVERLAYS = ("local", "production", "managed-postgres")
KUBERNETES = "1.37"
SERVICES = ("auth", "todos", "stats", "notifications", "gateway")
EDGES = {
    *(("gateway", service, 8000) for service in ("auth", "todos", "stats", "notifications")),
    *((service, "auth", 8000) for service in ("todos", "stats", "notifications")),
    *((service, "nats", 4222) for service in (*SERVICES, "streams")),
}


@pytest.fixture(scope="module", params=OVERLAYS)
def objects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    return render(request.param, str(tmp_path_factory.getbasetemp()))


@cache
def render(overlay: str, folder: str) -> list[Object]:
    copy = Path(folder) / "manifests" / overlay
    shutil.copytree(ROOT / "deploy", copy, ignore=shutil.ignore_patterns("secrets", "src"))
    overlay_folder = copy / "kubernetes" / "overlays" / overlay
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", overlay_folder / "secrets"], check=True)
    command = ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", overlay_folder]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [item for item in yaml.safe_load_all(rendered) if item]


class TestSchemas:
    def test_kubernetes_objects_are_valid(self, objects: list[Object]) -> None:
        import kubernetes_validate

        own = [item for item in objects if not is_custom(item)]
        assert len(own) > 30
        for item in own:
            kubernetes_validate.validate(item, KUBERNETES, strict=True)

    def test_objects_of_operators_are_valid(self, objects: list[Object]) -> None:
        for item in filter(is_custom, objects):
            schema = json.loads((SCHEMAS / f"{item['kind']}.json").read_text())
            jsonschema.validate(item, schema, cls=jsonschema.Draft202012Validator)


def is_custom(item: Object) -> bool:
    group = item["apiVersion"].partition("/")[0]
    return ("." in group and not group.endswith("k8s.io")) or group == "gateway.networking.k8s.io"


class TestPods:
    def test_have_no_more_rights_than_they_need(self, objects: list[Object]) -> None:
        found = {name: policies.pod_violations(spec) for name, spec in policies.pods(objects)}
        assert len(found) >= 9
        assert {name: problems for name, problems in found.items() if problems} == {}

    def test_are_probed(self, objects: list[Object]) -> None:
        lasting = {name: spec for name, spec in policies.pods(objects) if not name.startswith("Job/")}
        found = {name: policies.probe_violations(spec) for name, spec in lasting.items()}
        assert {name: problems for name, problems in found.items() if problems} == {}

    def test_find_the_secrets_they_mount(self, objects: list[Object]) -> None:
        made = {item["metadata"]["name"] for item in kind(objects, "Secret")}
        made |= {item["spec"]["target"]["name"] for item in kind(objects, "ExternalSecret")}
        mounted = {
            volume["secret"]["secretName"]
            for _, spec in policies.pods(objects)
            for volume in spec.get("volumes", [])
            if "secret" in volume
        }
        assert mounted <= made


class TestDeployments:
    def test_survive_the_loss_of_a_node(self, objects: list[Object]) -> None:
        budgets = [item["spec"] for item in kind(objects, "PodDisruptionBudget")]
        for deployment in kind(objects, "Deployment"):
            template = deployment["spec"]["template"]
            labels = template["metadata"]["labels"]
            assert any(policies.selects(b["selector"], labels) and b["maxUnavailable"] == 1 for b in budgets)
            assert {rule["topologyKey"] for rule in template["spec"]["topologySpreadConstraints"]} == {
                "kubernetes.io/hostname",
                "topology.kubernetes.io/zone",
            }

    def test_roll_without_a_gap(self, objects: list[Object]) -> None:
        for deployment in kind(objects, "Deployment"):
            assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
            assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 45

    def test_each_service_has_one_autoscaler(self, objects: list[Object]) -> None:
        scaled = [
            item["spec"]["scaleTargetRef"]["name"] for item in kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
        ]
        assert sorted(scaled) == sorted(SERVICES)
        assert not [
            d for d in kind(objects, "Deployment") if d["metadata"]["name"] in scaled and "replicas" in d["spec"]
        ]


class TestNetworkPolicies:
    def test_everything_is_denied_at_first(self, objects: list[Object]) -> None:
        rules = [item["spec"] for item in kind(objects, "NetworkPolicy") if item["metadata"]["name"] == "deny-all"]
        assert rules == [{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}]

    def test_the_drawn_edges_and_no_others_are_open(self, objects: list[Object]) -> None:
        names = [*SERVICES, "web", "streams", "nats"]
        ports = (4222, 5432, 8000, 8080, 8222, 9000)
        found = {
            (source, target, port)
            for source in names
            for target in names
            for port in ports
            if source != target and policies.allowed(objects, labels(source), labels(target), port)
        }
        assert found == EDGES

    def test_databases_are_reached_by_their_services_alone(self, objects: list[Object]) -> None:
        database = next(
            (
                item["spec"]["podSelector"]["matchLabels"]
                for item in kind(objects, "NetworkPolicy")
                if item["metadata"]["name"] in ("postgres", "postgres-from-services")
            ),
            None,
        )
        if database is None:
            return self._database_is_outside(objects)
        reaching = {
            name for name in (*SERVICES, "web", "streams") if policies.allowed(objects, labels(name), database, 5432)
        }
        assert reaching == {"auth", "todos", "stats", "notifications"}
        return None

    def _database_is_outside(self, objects: list[Object]) -> None:
        policy = next(
            item for item in kind(objects, "NetworkPolicy") if item["metadata"]["name"] == "services-to-postgres"
        )
        chosen = {name for name in (*SERVICES, "web") if policies.selects(policy["spec"]["podSelector"], labels(name))}
        assert chosen == {"auth", "todos", "stats", "notifications"}


def labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "todobus"}


class TestSettings:
    def test_every_variable_is_one_that_a_process_knows(self, objects: list[Object]) -> None:
        known = known_settings()
        given: set[str] = {
            key for item in kind(objects, "ConfigMap") for key in item["data"] if key.startswith("TODOBUS_")
        }
        for _, spec in policies.pods(objects):
            given |= {
                entry["name"]
                for c in spec["containers"]
                for entry in c.get("env", [])
                if entry["name"][:8] == "TODOBUS_"
            }
        assert given - known == set()


def known_settings() -> set[str]:
    import api_gateway.settings
    import auth_service.settings
    import notifications_service.settings
    import stats_service.settings
    import todos_service.settings
    from service_common.provisioning import ProvisioningSettings

    services: list[Any] = [auth_service, todos_service, stats_service, notifications_service, api_gateway]
    classes = [ProvisioningSettings, *(service.settings.Settings for service in services)]
    return {f"TODOBUS_{field.upper()}" for settings in classes for field in settings.model_fields}
