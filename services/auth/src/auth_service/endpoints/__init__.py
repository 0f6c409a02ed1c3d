"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from auth_service.endpoints import accounts, keys, recovery, security, sessions, tokens

ROUTES = [
    *keys.router.routes,
    *sessions.router.routes,
    *accounts.router.routes,
    *recovery.router.routes,
    *security.router.routes,
    *tokens.router.routes,
]
