"""Write users.conf from `service_common.topology`: who may do what on the bus, with passwords as variables.

usage: render_users.py [--check]; nats-server takes each password from its environment (start.sh).
"""

import json
import re
import sys
from pathlib import Path

from service_common import topology

USERS = ("auth", "todos", "stats", "gateway", "operator", "subscriber")
FILE = Path(__file__).with_name("users.conf")
HEADER = "# Rendered by render_users.py from service_common.topology: change it there, then `make bus-users`.\n"


def render() -> str:
    users = topology.users({name: f"$NATS_PASSWORD_{name}" for name in USERS})
    body = json.dumps({"users": users}, indent=2)
    unquoted = re.sub(r"\"(\$NATS_PASSWORD_\w+)\"", r"\1", body)
    return f"{HEADER}authorization {unquoted}\n"


def main() -> None:
    if "--check" not in sys.argv:
        FILE.write_text(render())
    elif FILE.read_text() != render():
        sys.exit(f"{FILE} differs from service_common.topology: run make bus-users")


if __name__ == "__main__":
    main()
