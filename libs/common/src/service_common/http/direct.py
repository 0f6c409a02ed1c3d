"""Handlers annotated `-> Response` whose path has no parameters are called without FastAPI's routing around them.

The routes stay in the application, which documents them; what they raise is answered by its error handlers. The figures
are in docs/decisions/0010-compiled-handlers.md.
"""

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service_common.http.routes import Handler, Route


class DirectRoutes:
    """Middleware inside those that every request passes."""

    def __init__(self, app: ASGIApp, fastapi: FastAPI) -> None:
        self.app = app
        self._fastapi = fastapi
        self._routes: dict[tuple[str, str], tuple[Route, Handler]] = {
            (method, route.path): (route, route.get_route_handler())
            for route in fastapi.routes
            if isinstance(route, Route) and route.is_direct and not route.param_convertors
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
        except Exception as error:  # noqa: BLE001 - those that the application does not know go on
            response = await self._answer(request, error)
        return await response(scope, receive, send)

    async def _answer(self, request: Request, error: Exception) -> Response:
        for kind in type(error).__mro__:
            if kind is not Exception and kind in self._fastapi.exception_handlers:
                answer: Response = await self._fastapi.exception_handlers[kind](request, error)  # type: ignore[misc]
                return answer
        raise error
