"""The route class of this service."""

from service_common.http import routes


class Route(routes.Route):
    """No body of an account or a session is long."""

    max_body = 16 * 1024
