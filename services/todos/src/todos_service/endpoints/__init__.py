"""The HTTP API: parse a request, call one function of `service`, shape the answer. JSON passes through as text."""

from todos_service.endpoints import bulk, lists, todos, transfer

ROUTES = [*lists.router.routes, *bulk.router.routes, *transfer.router.routes, *todos.router.routes]
