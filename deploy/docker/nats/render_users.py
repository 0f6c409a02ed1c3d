"""Render the accounts of `todobus_events.permissions` for nats-server's configuration and for the values of its chart.

usage: render_users.py [--check]; each password is a variable that nats-server takes from its environment. The names of
subscribers are in the file `subscribers` beside this one.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from todobus_events import permissions

NAMES = ("operator", "auth", "todos", "stats", "notifications", "gateway", "subscriber")
NOTE = "# Rendered by deploy/docker/nats/render_users.py: change todobus_events.permissions, then run make bus-users.\n"
FOLDER = Path(__file__).parent
CHART = FOLDER.parents[1] / "kubernetes" / "overlays" / "production"
SUBSCRIBERS = tuple(re.findall(r"^[a-z][a-z0-9-]*$", (FOLDER / "subscribers").read_text(), re.MULTILINE))


def _variable(name: str) -> str:
    return f"$NATS_PASSWORD_{name.replace('-', '_')}"


def _accounts(form: str) -> dict[str, Any]:
    ours, theirs = ({name: form.format(_variable(name)) for name in names} for names in (NAMES, SUBSCRIBERS))
    return permissions.accounts(ours, theirs)


def configuration() -> str:
    """What the containers include; a variable stands there without quotes."""
    body = json.dumps(_accounts("{}"), indent=2)
    unquoted = re.sub(r"\"(\$NATS_PASSWORD_\w+)\"", r"\1", body)
    return f"{NOTE}accounts {unquoted}\n"


def chart_values() -> str:
    """A second values file for the chart, which writes `<< … >>` without quotes and fills in no secret itself."""
    environment = {
        _variable(name)[1:]: {"valueFrom": {"secretKeyRef": {"name": "nats-users", "key": name}}}
        for name in (*NAMES, *SUBSCRIBERS)
    }
    values = {"config": {"merge": {"accounts": _accounts("<< {} >>")}}, "container": {"env": environment}}
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
            sys.exit(f"{path} differs from todobus_events.permissions: run make bus-users")


if __name__ == "__main__":
    main()
