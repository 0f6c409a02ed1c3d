"""Where each public path goes. The gateway itself answers 404 to an API path without a route."""

import re
from collections.abc import Mapping
from typing import NamedTuple

AUTH, TODOS, STATS, NOTIFICATIONS, LIVE = "auth", "todos", "stats", "notifications", "live"
ADDED_PREFIX = re.compile(r"/api(/[a-z0-9][a-z0-9_-]*)+")


KIB, MIB = 1024, 1024 * 1024


class Route(NamedTuple):
    """`path` and everything below it goes to `target`, or with `exact` the path alone.

    `public` routes need no token, `limited` ones count; a body may have `body_bytes`; the service may take `patience`
    times as long as usual.
    """

    path: str
    target: str
    public: bool = False
    limited: bool = True
    exact: bool = False
    body_bytes: int = MIB
    patience: float = 1.0


ACCOUNT_BYTES = 16 * KIB
ROUTES = (
    Route("/api/auth", AUTH, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/register", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/registration", AUTH, public=True, exact=True),
    Route("/api/auth/login", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/token", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/refresh", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/forgot-password", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/reset-password", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/verify-email", AUTH, public=True, exact=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/auth/providers", AUTH, public=True),
    Route("/api/auth/passkeys/login", AUTH, public=True, body_bytes=ACCOUNT_BYTES),
    Route("/api/users", AUTH, body_bytes=ACCOUNT_BYTES),
    Route("/api/tokens", AUTH, body_bytes=ACCOUNT_BYTES),
    Route("/api/admin", AUTH, body_bytes=ACCOUNT_BYTES),
    Route("/api/todos", TODOS),
    Route("/api/todos/restore", TODOS, patience=10.0),
    Route("/api/projects", TODOS),
    Route("/api/filters", TODOS),
    Route("/api/commands", TODOS, patience=10.0),
    Route("/api/sync", TODOS, patience=10.0),
    Route("/api/changes", TODOS),
    Route("/api/export", TODOS),
    Route("/api/import", TODOS, body_bytes=32 * MIB, patience=10.0),
    Route("/api/stats", STATS),
    Route("/api/notifications", NOTIFICATIONS),
    Route("/api/webhooks", NOTIFICATIONS, patience=1.5),
    Route("/api/events/stream", LIVE, exact=True),
    Route("/.well-known/jwks.json", AUTH, public=True, limited=False),
)


class RouteTable:
    """Finds the longest route that is a prefix of a path, with at most one look-up per segment of the longest route."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        self._routes = {route.path.encode(): route for route in routes}
        self._depth = max(route.path.count("/") for route in routes)

    def find(self, path: bytes) -> Route | None:
        if route := self._routes.get(path):
            return route
        parts = path.split(b"/", self._depth + 1)[: self._depth + 1]
        while len(parts) > 1:
            found = b"/".join(parts)
            if (route := self._routes.get(found)) and not (route.exact and found != path):
                return route
            parts.pop()
        return None


def with_added(added: Mapping[str, str]) -> tuple[Route, ...]:
    """The platform's routes, and those of added services, from path prefix to service. Raises: ValueError."""
    for prefix, service in added.items():
        if not ADDED_PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix} is no path below /api/")
        if service in {route.target for route in ROUTES}:
            raise ValueError(f"{service} is a part of the platform")
        if taken := next((route.path for route in ROUTES if _overlap(route.path, prefix)), None):
            raise ValueError(f"{prefix} collides with {taken}")
    return (*ROUTES, *(Route(prefix, service) for prefix, service in added.items()))


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
