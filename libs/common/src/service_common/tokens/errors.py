"""Answers to requests whose token does not do."""

from service_common.errors import Unauthorized


class MissingToken(Unauthorized):
    code = "missing_token"
    detail = "This needs a bearer token."
    fixed_headers = (("WWW-Authenticate", 'Bearer realm="todos"'),)


class InvalidToken(Unauthorized):
    """One answer for each kind of bad token: details would help an attacker only."""

    code = "invalid_token"
    detail = "The token is not valid."
    fixed_headers = (("WWW-Authenticate", 'Bearer realm="todos", error="invalid_token"'),)
