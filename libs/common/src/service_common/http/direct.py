"""Handlers annotated `-> Response` are called without FastAPI's routing around them.

The routes stay in the application, which documents them; what they raise is answered by its error handlers. The figures
are in docs/decisions/0010-compiled-handlers.md.
"""

from collections import defaultdict

from fastapi import FastAPI, Request, Response
from starlette.routing import Route as AnyRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from service_common.http.routes import Handler, Route

Found = tuple[AnyRoute, Handler | None]  # no handler: FastAPI calls it


class DirectRoutes:
    """Middleware inside those that every request passes."""

    def __init__(self, app: ASGIApp, fastapi: FastAPI) -> None:
        self.app = app
        self._fastapi = fastapi
        self._fixed: dict[tuple[str, str], Found] = {}
        self._in_order: dict[str, list[Found]] = defaultdict(list)
        for route in fastapi.routes:
            if isinstance(route, AnyRoute):
                direct = isinstance(route, Route) and route.is_direct
                self._add(route, route.get_route_handler() if direct else None)  # type: ignore[attr-defined]

    def _add(self, route: AnyRoute, handler: Handler | None) -> None:
        for method in route.methods or ():
            self._in_order[method].append((route, handler))
            if handler and not route.param_convertors:
                self._fixed[method, route.path] = route, handler

    def _find(self, scope: Scope) -> Found | None:
        """The first route that takes the path, as FastAPI finds it; one without parameters by its path."""
        method, path = scope["method"], scope["path"]
        if fixed := self._fixed.get((method, path)):
            return fixed
        for route, handler in self._in_order.get(method, ()):
            if match := route.path_regex.match(path):
                convertors = route.param_convertors
                scope["path_params"] = {
                    name: convertors[name].convert(text) for name, text in match.groupdict().items()
                }
                return route, handler
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, handle = (self._find(scope) if scope["type"] == "http" else None) or (None, None)
        if handle is None:
            return await self.app(scope, receive, send)
        scope["app"], scope["route"] = self._fastapi, route
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
