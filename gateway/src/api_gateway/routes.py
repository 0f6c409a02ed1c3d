"""Where each public path goes. The gateway itself answers 404 to an API path without a route."""

from typing import NamedTuple

AUTH, TODOS, STATS, LIVE = "auth", "todos", "stats", "live"


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
