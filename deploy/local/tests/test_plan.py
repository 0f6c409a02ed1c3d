import json
import os
import socket
import stat
from pathlib import Path

import pytest

from local_cluster import credentials
from local_cluster.data_folder import DataFolder
from local_cluster.errors import ClusterError
from local_cluster.launcher import web_build
from local_cluster.launcher.plan import Options, Plan, automatic
from local_cluster.launcher.up import parse_scale, require_free
from local_cluster.services import ADDED


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


def make(folder: DataFolder, **options: object) -> Plan:
    return Plan(folder, credentials.load_or_generate(folder), Options(**options))  # type: ignore[arg-type]


class TestPlan:
    def test_the_gateway_knows_every_instance(self, folder: DataFolder) -> None:
        plan = make(folder, scale={"todos": 2})
        assert [i.name for i in plan.instances] == [
            "auth",
            "todos-1",
            "todos-2",
            "stats",
            "notifications",
            *ADDED,
            "gateway",
        ]
        upstreams = plan.environment(plan.instances[-1])["TODOBUS_TODOS_UPSTREAMS"]
        assert upstreams == ",".join(f"http://127.0.0.1:{i.port}" for i in plan.instances if i.service == "todos")

    def test_cores_decide_what_nobody_asked_for(self, folder: DataFolder) -> None:
        assert [automatic("todos", cores) for cores in (1, 2, 4, 5, 8, 64)] == [1, 1, 1, 2, 3, 3]
        assert automatic("stats", 64) == 1
        instances = make(folder, cores=8, scale={"stats": 2}).instances
        assert [i.name for i in instances if i.service in {"todos", "stats"}] == [
            *("todos", "todos-2", "todos-3"),
            *("stats-1", "stats-2"),
        ]

    def test_no_two_processes_share_a_port(self, folder: DataFolder) -> None:
        plan = make(folder, scale={"todos": 3, "stats": 2})
        ports = [p for i in plan.instances for p in (i.port, i.admin_port)] + [plan.postgres.port, plan.nats.port]
        assert len(set(ports)) == len(ports)

    def test_ports_stay_the_same_from_start_to_start_while_they_are_free(self, folder: DataFolder) -> None:
        first = make(folder)
        assert make(folder).nats.port == first.nats.port
        with socket.create_server(("127.0.0.1", first.nats.port)):
            assert make(folder).nats.port != first.nats.port

    def test_nothing_takes_the_port_that_the_gateway_was_told_to_have(self, folder: DataFolder) -> None:
        noted = make(folder).nats.port
        assert make(folder, port=noted).nats.port != noted

    def test_a_service_that_was_added_gets_passwords_and_the_others_keep_theirs(self, folder: DataFolder) -> None:
        before = credentials.load_or_generate(folder)
        known = json.loads(folder.credentials.read_text())
        del known["databases"]["stats"], known["bus"]["stats"]
        folder.credentials.write_text(json.dumps(known))
        after = credentials.load_or_generate(folder)
        assert after.databases.keys() == before.databases.keys()
        assert (after.postgres, after.databases["todos"]) == (before.postgres, before.databases["todos"])
        assert after.bus["stats"] not in {"", before.bus["stats"]}

    def test_a_service_is_told_its_own_password_only(self, folder: DataFolder) -> None:
        plan = make(folder)
        passed = " ".join(plan.service_environment("stats").values())
        assert plan.credentials.databases["stats"] in passed
        assert not any(plan.credentials.databases[other] in passed for other in ("auth", "todos"))

    def test_the_subscribers_file_is_private(self, folder: DataFolder) -> None:
        make(folder).write_subscriber_files()
        assert stat.S_IMODE(folder.subscriber.stat().st_mode) == 0o600
        assert folder.subscriber.read_text().startswith("NATS_URL=nats://subscriber:")


@pytest.mark.parametrize("part", ["todos", "todos=0", "todos=x", "todos=17", "gateway=2", "=2"])
def test_a_bad_scale_is_explained(part: str) -> None:
    with pytest.raises(ClusterError, match="give auto, or SERVICE=N with N from 1 to 16"):
        parse_scale([part])


def test_scale_takes_several_services() -> None:
    assert parse_scale(["todos=2", "auto", "stats=3"]) == {"todos": 2, "stats": 3}


def test_a_port_in_use_names_who_holds_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ClusterError, match=rf"port {port} is in use by .* \(pid {os.getpid()}\)"):
            require_free(port)


class TestWebSources:
    def test_a_changed_source_changes_the_digest_and_a_product_does_not(self, tmp_path: Path) -> None:
        (tmp_path / "app").mkdir()
        page = tmp_path / "app" / "page.tsx"
        page.write_text("one")
        before = web_build.sources_digest(tmp_path)
        (tmp_path / "node_modules").mkdir()
        (tmp_path / "node_modules" / "x.js").write_text("made")
        assert web_build.sources_digest(tmp_path) == before
        page.write_text("two")
        assert web_build.sources_digest(tmp_path) != before
