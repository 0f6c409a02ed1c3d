"""The drill of a restore: back to a moment, with bus and figures healing by themselves."""

import subprocess
from datetime import UTC, datetime

import pytest

from .compose import Compose, eventually
from .people import Person

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]


def create(person: Person, numbers: range) -> None:
    for number in numbers:
        assert person.create(f"01890000-0000-7000-8000-{number:012}") == 201


def database_time(cluster: Compose) -> datetime:
    shown = cluster.execute("postgres", "psql", "--username=postgres", "-Atc", "select clock_timestamp()").stdout
    return datetime.fromisoformat(shown.strip()).astimezone(UTC)


def differences(cluster: Compose) -> str:
    return cluster.execute("stats", "python", "-m", "stats_service", "verify", check=False).stdout


def test_the_cluster_comes_back_as_it_was_at_a_moment(cluster: Compose) -> None:
    with Person(cluster.url) as person:
        create(person, range(20))
        person.stats(20)
        moment = database_time(cluster)
        create(person, range(20, 35))
        person.stats(35)
        eventually(lambda: database_time(cluster).timestamp() > moment.timestamp() + 1)

        cluster.restore(f"{moment:%Y-%m-%d %H:%M:%S.%f}+00")

        person.log_in()
        assert len(person.changes()) == 20
        create(person, range(100, 110))
        assert person.stats(30)["total"] == 30
    assert differences(cluster).startswith("0 differences")


def test_a_lost_volume_of_the_bus_comes_back_from_the_databases(cluster: Compose) -> None:
    with Person(cluster.url) as person:
        create(person, range(20))
        cluster.run("rm", "--force", "--stop", "nats")
        subprocess.run(["docker", "volume", "rm", f"{cluster.project}_nats"], check=True, capture_output=True)
        create(person, range(20, 25))
        cluster.up("--no-build")
        create(person, range(25, 30))
        assert person.stats(30)["total"] == 30
    assert differences(cluster).startswith("0 differences")


def test_a_time_before_every_backup_changes_nothing(cluster: Compose) -> None:
    done = cluster.run("run", "--rm", "--no-deps", "restore", "2020-01-01 00:00:00+00", check=False)
    assert "restored" not in done
    with Person(cluster.url) as person:
        create(person, range(1))
