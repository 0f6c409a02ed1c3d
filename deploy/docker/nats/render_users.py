"""Render the bus users of `todobus_events.topology` for nats-server's configuration and for the values of its chart.

usage: render_users.py [--check]; each password is a variable that nats-server takes from its environment.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from todobus_events import topology

NAMES = ("auth", "todos", "stats", "gateway", "operator", "subscriber")
NOTE = "# Rendered by deploy/docker/nats/render_users.py: change todobus_events.topology, then run make bus-users.\n"
FOLDER = Path(__file__).parent
CHART = FOLDER.parents[1] / "kubernetes" / "overlays" / "production"


def _variable(name: str) -> str:
    return f"$NATS_PASSWORD_{name}"


def configuration() -> str:
    """What the containers include; a variable stands there without quotes."""
    users = topology.users({name: _variable(name) for name in NAMES})
    body = json.dumps({"users": users}, indent=2)
    unquoted = re.sub(r"\"(\$NATS_PASSWORD_\w+)\"", r"\1", body)
    return f"{NOTE}authorization {unquoted}\n"


def chart_values() -> str:
    """A second values file for the chart, which writes `<< … >>` without quotes and fills in no secret itself."""
    users = topology.users({name: f"<< {_variable(name)} >>" for name in NAMES})
    environment = {
        _variable(name)[1:]: {"valueFrom": {"secretKeyRef": {"name": "nats-users", "key": name}}} for name in NAMES
    }
    values = {"config": {"merge": {"authorization": {"users": users}}}, "container": {"env": environment}}
    return NOTE + yaml.safe_dump(values, sort_keys=False, width=120)


FILES: dict[Path, Callable[[], str]] = {
    FOLDER / "users.conf": configuration,
    CHART / "nats-users.yaml": chart_values,
}


def main() -> None:
    for path, render in FILES.items():
        if "--check" not in sys.argv:
            path.write_text(render())
        elif path.read_text() != render():
            sys.exit(f"{path} differs from todobus_events.topology: run make bus-users")


if __name__ == "__main__":
    main()
