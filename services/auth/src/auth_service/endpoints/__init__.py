"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from auth_service.endpoints import (
    accounts,
    administration,
    identities,
    keys,
    passkeys,
    recovery,
    second_factor,
    security,
    sessions,
    tokens,
)

ROUTES = [
    *keys.router.routes,
    *sessions.router.routes,
    *accounts.router.routes,
    *recovery.router.routes,
    *security.router.routes,
    *second_factor.router.routes,
    *identities.router.routes,
    *passkeys.router.routes,
    *administration.router.routes,
    *tokens.router.routes,
]
