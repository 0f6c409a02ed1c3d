"""The busiest routes, called without FastAPI's stack around them: a third of what such a request costs is that stack.

The routes stay in the app, which documents them; what they raise is answered by the app's own handlers.
"""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from todos_service.fast_route import FastRoute


class HotRoutes:
    """Middleware inside those that every request passes; paths are exact, without parameters."""

    def __init__(self, app: ASGIApp, fastapi: FastAPI, routes: Iterable[FastRoute]) -> None:
        self.app = app
        self._fastapi = fastapi
        self._routes: dict[tuple[str, str], tuple[FastRoute, Callable[[Request], Awaitable[Response]]]] = {
            (method, route.path): (route, route.get_route_handler())
            for route in routes
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            return await self.app(scope, receive, send)
        scope["app"], (scope["route"], handle) = self._fastapi, found
        request = Request(scope, receive, send)
        try:
            response = await handle(request)
        except Exception as error:  # noqa: BLE001 - the app's handlers say which it knows; others go on
            response = await self._answer(request, error)
        return await response(scope, receive, send)

    async def _answer(self, request: Request, error: Exception) -> Response:
        for kind, handler in self._fastapi.exception_handlers.items():
            if isinstance(kind, type) and kind is not Exception and isinstance(error, kind):
                answer: Response = await handler(request, error)  # type: ignore[misc]
                return answer
        raise error
