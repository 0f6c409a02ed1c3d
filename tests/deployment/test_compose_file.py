"""What docker-compose.yml promises about every container, read from the file: no engine is needed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNASKED = {"traces"}  # its image holds no program that could ask
ONCE = {"databases", "auth-migrate", "todos-migrate", "stats-migrate", "notifications-migrate", "streams", "restore"}
UNPRIVILEGED = {"todobus/services", "todobus/nats", "todobus/web"}  # their Dockerfiles say USER


def image(service: dict[str, Any]) -> str:
    return str(service["image"]).split(":")[0]


@pytest.mark.parametrize("name", SERVICES)
class TestEveryContainer:
    def test_cannot_write_to_its_image_or_gain_privileges(self, name: str) -> None:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "cap_add" not in service
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service

    def test_does_not_run_as_root(self, name: str) -> None:
        service = SERVICES[name]
        user = str(service.get("user", "0"))
        assert image(service) in UNPRIVILEGED or user.split(":", maxsplit=1)[0] != "0"

    def test_has_limits(self, name: str) -> None:
        assert set(SERVICES[name]["deploy"]["resources"]["limits"]) == {"memory", "cpus", "pids"}

    def test_is_restarted_and_watched(self, name: str) -> None:
        service = SERVICES[name]
        if name in ONCE:
            assert service["restart"] == ("no" if name == "restore" else "on-failure")
            assert service["healthcheck"] == {"disable": True}
        else:
            assert service["restart"] == "unless-stopped"
            assert name in UNASKED or service["healthcheck"]["test"][0].startswith("CMD")

    def test_logs_are_bounded(self, name: str) -> None:
        assert SERVICES[name]["logging"]["options"]["max-size"]

    def test_takes_secrets_from_files_only(self, name: str) -> None:
        environment = SERVICES[name].get("environment", {})
        words = ("PASSWORD", "SECRET", "TOKEN", "DATABASE_URL")
        held = {key for key in environment if any(word in key for word in words) and not key.endswith("_FILE")}
        assert not held


class TestThePublishedSurface:
    def test_only_the_front_is_published_and_only_to_this_machine(self) -> None:
        published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
        assert published == {
            "web": ["${TODOBUS_ADDRESS:-127.0.0.1}:${TODOBUS_PORT:-8080}:8080"],
            "grafana": ["127.0.0.1:${TODOBUS_GRAFANA_PORT:-3000}:3000"],
        }
        assert SERVICES["grafana"]["profiles"] == ["observability"]

    def test_only_the_front_webhooks_and_mail_have_a_way_out(self) -> None:
        open_networks = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
        assert {name for name in SERVICES if open_networks & set(SERVICES[name].get("networks", {}))} == {
            "web",
            "grafana",
            "notifications",
            "auth",
        }

    def test_the_front_and_the_gateways_reach_no_database(self) -> None:
        assert "data" not in {*SERVICES["web"]["networks"], *SERVICES["gateway"]["networks"]}


class TestScaling:
    @pytest.mark.parametrize("name", ["auth", "todos", "stats", "notifications", "gateway"])
    def test_nothing_stands_in_the_way_of_more_instances(self, name: str) -> None:
        assert "container_name" not in SERVICES[name]
        assert "ports" not in SERVICES[name]
        assert "volumes" not in SERVICES[name]

    def test_there_are_three_gateways(self) -> None:
        assert SERVICES["gateway"]["deploy"]["replicas"] == 3


class TestSecrets:
    def test_each_is_one_that_the_recipe_makes(self, secrets_folder: Path) -> None:
        wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
        assert wanted == {path.name for path in secrets_folder.iterdir()}

    @pytest.mark.parametrize("name", ["auth", "todos", "stats", "notifications", "gateway"])
    def test_a_service_holds_its_own_and_no_other(self, name: str) -> None:
        sources = {secret if isinstance(secret, str) else secret["source"] for secret in SERVICES[name]["secrets"]}
        own = {f"{name}_database_url", f"nats_{name}_password"}
        keys = {"auth": {"key_encryption_key", "smtp_url", "oidc"}, "notifications": {"notifications_key", "smtp_url"}}
        assert sources <= own | keys.get(name, set())
