"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from notifications_service.endpoints import notifications, webhooks

ROUTES = [*notifications.router.routes, *webhooks.router.routes]
