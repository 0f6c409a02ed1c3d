"""The HTTP API: parse a request, call one function of `service`, shape the answer. JSON passes through as text."""

from todos_service.endpoints import bulk, filters, lists, projects, todos, transfer

ROUTES = [route for module in (lists, bulk, transfer, todos, projects, filters) for route in module.router.routes]
