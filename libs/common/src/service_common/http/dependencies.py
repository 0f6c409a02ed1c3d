"""What a handler takes from its request: who calls, and what `create_app` has put into the application's state.

Dependencies are `async`: FastAPI would call a plain function in a thread.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request

from service_common.tokens.errors import InvalidToken
from service_common.tokens.verifier import Claims, Verifier


def of_app(name: str) -> Callable[[Request], Awaitable[Any]]:
    """A dependency on `app.state.<name>`."""

    async def read(request: Request) -> Any:
        return getattr(request.app.state, name)

    return read


async def _caller(request: Request) -> Claims:
    given = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if len(given) > 1:
        raise InvalidToken
    verifier: Verifier = request.app.state.verifier
    claims = await verifier.authenticate(given[0].decode("latin-1") if given else None)
    request.scope["route"].needed.check(claims)
    return claims


Caller = Annotated[Claims, Depends(_caller)]
"""The claims of a token that has the scope of the route. Raises: InsufficientScope, InvalidToken, MissingToken."""
Pool = Annotated[asyncpg.Pool, Depends(of_app("pool"))]
