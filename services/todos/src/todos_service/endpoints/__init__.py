"""The HTTP API: take a request apart, call one function of `service`, shape the answer. JSON passes through as text."""

from todos_service.endpoints import bulk, lists, todos, transfer
from todos_service.fast_route import FastRoute

ROUTES = [*lists.router.routes, *bulk.router.routes, *transfer.router.routes, *todos.router.routes]
HOT_ROUTES = [route for route in ROUTES if isinstance(route, FastRoute) and route.path == "/api/todos"]
