"""Where each public path goes. The gateway itself answers 404 to an API path without a route."""

import re
from collections.abc import Mapping
from typing import NamedTuple

AUTH, TODOS, STATS, LIVE = "auth", "todos", "stats", "live"
ADDED_PREFIX = re.compile(r"/api(/[a-z0-9][a-z0-9_-]*)+")


class Route(NamedTuple):
    """`path` and everything below it goes to `target`; `public` routes need no token, `limited` ones count."""

    path: str
    target: str
    public: bool = False
    limited: bool = True


ROUTES = (
    Route("/api/auth", AUTH),
    Route("/api/auth/register", AUTH, public=True),
    Route("/api/auth/login", AUTH, public=True),
    Route("/api/auth/token", AUTH, public=True),
    Route("/api/auth/refresh", AUTH, public=True),
    Route("/api/users", AUTH),
    Route("/api/todos", TODOS),
    Route("/api/changes", TODOS),
    Route("/api/export", TODOS),
    Route("/api/import", TODOS),
    Route("/api/stats", STATS),
    Route("/api/events/stream", LIVE),
    Route("/.well-known/jwks.json", AUTH, public=True, limited=False),
)


class RouteTable:
    """Finds the longest route that is a prefix of a path, with at most one look-up per segment of the longest route."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        self._routes = {route.path.encode(): route for route in routes}
        self._depth = max(route.path.count("/") for route in routes)

    def find(self, path: bytes) -> Route | None:
        parts = path.split(b"/", self._depth + 1)[: self._depth + 1]
        while len(parts) > 1:
            if route := self._routes.get(b"/".join(parts)):
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
