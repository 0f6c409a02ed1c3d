"""HTTP clients for tests that ask much at once."""

from typing import Any

import httpx

# httpx may close a connection whose time is up in the moment in which it has given it to a request, which then fails:
# with the usual 5 seconds that happens on a busy machine. Servers here keep idle connections for 75 seconds.
LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=60)


def http_client(**options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, limits=LIMITS, **options)
