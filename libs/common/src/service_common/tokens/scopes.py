"""What a token may be used for. That of a log-in has the one scope `todos`, which covers every route; API tokens have
some of those in `GRANTABLE`.
"""

from enum import StrEnum

from service_common.errors import Forbidden
from service_common.tokens.verifier import Claims

EVERYTHING = "todos"


class Scope(StrEnum):
    """What a route needs: no token at all (`NONE`), a log-in, or a token with the scope."""

    NONE = ""
    LOGIN = "login"
    TODOS_READ = "todos:read"
    TODOS_WRITE = "todos:write"
    STATS_READ = "stats:read"
    EVENTS_READ = "events:read"
    PROFILE_READ = "profile:read"
    WEBHOOKS_WRITE = "webhooks:write"


GRANTABLE = {
    Scope.TODOS_READ: "Read todos and their changes",
    Scope.TODOS_WRITE: "Create, change and delete todos",
    Scope.STATS_READ: "Read statistics",
    Scope.EVENTS_READ: "Follow changes as they happen",
    Scope.PROFILE_READ: "Read the profile",
    Scope.WEBHOOKS_WRITE: "Manage webhooks, which get the user's events",
}


def security(scope: Scope) -> list[dict[str, list[str]]]:
    """What OpenAPI says of a route: it takes tokens of a log-in (`bearer`), and API tokens with its scope."""
    if scope is Scope.NONE:
        return []
    return [{"bearer": [scope]}, {"api_token": [scope]}] if scope in GRANTABLE else [{"bearer": []}]


class InsufficientScope(Forbidden):
    """The token is valid, but not for this (RFC 6750, 3.1)."""

    code = "insufficient_scope"

    def __init__(self, needed: Scope) -> None:
        login = needed is Scope.LOGIN
        detail = "No API token may do this: log in." if login else f"This needs a token with the scope {needed}."
        named = "" if login else f', scope="{needed}"'
        super().__init__(
            detail, headers={"WWW-Authenticate": f'Bearer realm="todos", error="insufficient_scope"{named}'}
        )


class Needed:
    """The check of one route, made once so that it costs a request one look-up."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._accepted = frozenset({EVERYTHING, scope} & {EVERYTHING, *GRANTABLE})

    def check(self, claims: Claims) -> None:
        """Raises: InsufficientScope."""
        if self._accepted.isdisjoint(claims.scope):
            raise InsufficientScope(self.scope)
