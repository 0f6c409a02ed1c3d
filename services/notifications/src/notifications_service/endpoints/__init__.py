"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from notifications_service.endpoints import webhooks

ROUTES = [*webhooks.router.routes]
