"""Errors that the gateway itself answers with, and the one that needs no answer.

ClientDisconnected

ServiceError
├── NotRouted 404
├── MethodNotAllowed 405
├── UpstreamBroken 502
├── UpstreamUnreachable 503
├── UpstreamsBusy 503
└── UpstreamTimedOut 504
"""

from service_common.errors import NotFound, ServiceError, Unavailable


class ClientDisconnected(OSError):
    """The client has closed its connection: there is no more of a request, and nothing can be answered."""


class NotRouted(NotFound):
    def __init__(self) -> None:
        super().__init__("There is nothing at this path.")


class MethodNotAllowed(ServiceError):
    status, code, title = 405, "method_not_allowed", "Method Not Allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path takes {allowed}.", headers={"Allow": allowed})


class UpstreamError(ServiceError):
    """The exchange with an instance failed; it may have seen the request."""

    status, code, title = 502, "bad_gateway", "Bad Gateway"


class UpstreamBroken(UpstreamError):
    """The instance closed the connection too early, or did not answer in HTTP."""


class UpstreamTimedOut(UpstreamError):
    status, code, title = 504, "gateway_timeout", "Gateway Timeout"


class UpstreamUnreachable(Unavailable):
    """No connection could be made, so no byte of the request was sent."""

    def __init__(self, service: str) -> None:
        super().__init__(f"The {service} service cannot be reached.", headers={"Retry-After": "1"})


class UpstreamsBusy(Unavailable):
    def __init__(self, service: str) -> None:
        super().__init__(f"The {service} service is busy.", headers={"Retry-After": "1"})
