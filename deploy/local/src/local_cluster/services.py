"""The services of a cluster: the platform's own, and those installed beside them (`make new-service`).

A package joins by the entry point `todobus.services`, for instance `labels = "labels_service:ROUTES"`: the name of the
service, its package, and the paths that the gateway sends to it.
"""

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

GATEWAY = "gateway"
PLATFORM = {
    "auth": "auth_service",
    "todos": "todos_service",
    "stats": "stats_service",
    "notifications": "notifications_service",
}


def _installed() -> dict[str, EntryPoint]:
    """By name; a package whose folder was removed has no module any more."""
    found = entry_points(group="todobus.services")
    return {one.name: one for one in sorted(found, key=lambda one: one.name) if find_spec(one.module)}


ADDED = _installed()
PACKAGES = PLATFORM | {name: one.module for name, one in ADDED.items()} | {GATEWAY: "api_gateway"}
SERVICES = tuple(name for name in PACKAGES if name != GATEWAY)


def added_routes() -> dict[str, str]:
    """Path prefixes of the installed services, with the name of the service each belongs to."""
    return {path: name for name, one in ADDED.items() for path in one.load()}
