"""Under load: more instances, killed containers, a new release, an end and a new beginning. Nothing is lost."""

import uuid

import pytest

from .compose import Compose, eventually
from .people import Load, Person

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]


def hold(load: Load, more: int = 60) -> None:
    """Until the writers have stored that many more todos."""
    goal = load.stored + more
    eventually(lambda: load.stored >= goal)


def served(cluster: Compose, container: str) -> float:
    """How many requests this instance has answered, by its own count."""
    read = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9000/metrics').read().decode())"
    lines = cluster.run_in(container, "python", "-c", read).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("http_request_seconds_count"))


def status(cluster: Compose, container: str, path: str) -> str:
    """What the admin port answers."""
    ask = (
        "import http.client as c; h = c.HTTPConnection('127.0.0.1', 9000);"
        f"h.request('GET', '/{path}'); print(h.getresponse().status)"
    )
    return cluster.run_in(container, "python", "-c", ask).strip()


def test_more_instances_share_the_work(cluster: Compose) -> None:
    cluster.up("--no-build", "--scale", "todos=3", "--scale", "stats=2")
    with Load(cluster.url, 8) as load:
        eventually(lambda: all(served(cluster, one) > 20 for one in cluster.containers("todos")))
    assert len(cluster.containers("stats")) == 2
    assert set(load.statuses) == {201}
    load.check_nothing_is_lost()


@pytest.mark.parametrize("service", ["todos", "stats", "gateway", "auth", "nats", "postgres"])
def test_a_killed_container_loses_nothing(cluster: Compose, service: str) -> None:
    with Load(cluster.url) as load:
        hold(load)
        cluster.kill(service)
        hold(load)
    load.check_nothing_is_lost()


@pytest.mark.parametrize("service", ["nats", "stats"])
def test_writes_go_on_without_the_bus_and_without_figures(cluster: Compose, service: str) -> None:
    with Load(cluster.url) as load:
        hold(load)
        cluster.run("stop", service)
        hold(load)
        cluster.run("start", service)
        hold(load)
    assert set(load.statuses) == {201}
    load.check_nothing_is_lost()


def test_a_dead_bus_takes_no_gateway_away(cluster: Compose) -> None:
    """None is ready, and a balancer that asks for `servable` keeps them all: they answer."""
    with Person(cluster.url) as person:
        cluster.run("stop", "nats")
        for gateway in cluster.containers("gateway"):
            eventually(lambda one=gateway: status(cluster, one, "readyz") == "503")
            assert status(cluster, gateway, "servable") == "200"
        assert {person.create(str(uuid.uuid4())) for _ in range(10)} == {201}
        cluster.run("start", "nats")


@pytest.mark.parametrize("service", ["todos", "auth", "stats", "gateway"])
def test_a_new_release_fails_no_request(cluster: Compose, service: str) -> None:
    before = set(cluster.containers(service))
    with Load(cluster.url) as load:
        hold(load)
        cluster.roll(service)
        hold(load)
    after = set(cluster.containers(service))
    assert len(after) == len(before)
    assert not after & before
    assert set(load.statuses) == {201}
    load.check_nothing_is_lost()


def test_data_outlives_the_containers(cluster: Compose) -> None:
    with Person(cluster.url) as person:
        for number in range(5):
            assert person.create(f"01890000-0000-7000-8000-00000000000{number}") == 201
        cluster.down()
        cluster.up("--no-build")
        person.log_in()
        assert len(person.changes()) == 5
        assert person.stats(5)["total"] == 5
