"""The HTTP API: parse a request, call one function of `service`, shape the answer. JSON passes through as text."""

from todos_service.endpoints import bulk, commands, filters, lists, projects, sync, todos, transfer

ROUTES = [
    route
    for module in (lists, bulk, transfer, commands, sync, todos, projects, filters)
    for route in module.router.routes
]
