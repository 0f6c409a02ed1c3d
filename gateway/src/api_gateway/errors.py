"""Errors that the gateway itself answers with, and the one that needs no answer.

ClientDisconnected

ServiceError
├── NotRouted 404
├── MethodNotAllowed 405
├── ContentTooLarge 413
├── RateLimited 429
├── TooManyInFlight 429
├── NoTurn 429
├── TooManyStreams 429
├── UpstreamBroken 502
├── TokensUnavailable 503
├── UpstreamUnreachable 503
├── UpstreamsBusy 503
└── UpstreamTimedOut 504
"""

from service_common.errors import NotFound, RetryLater, ServiceError, TooManyRequests, Unavailable


class ClientDisconnected(OSError):
    """The client has closed its connection: there is no more of a request, and nothing can be answered."""


class NotRouted(NotFound):
    def __init__(self) -> None:
        super().__init__("There is nothing at this path.")


class MethodNotAllowed(ServiceError):
    status, code, title = 405, "method_not_allowed", "Method Not Allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path takes {allowed}.", headers={"Allow": allowed})


class ContentTooLarge(ServiceError):
    status, code, title = 413, "content_too_large", "Content Too Large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A body may have up to {limit} bytes.")


class RateLimited(TooManyRequests):
    code = "rate_limited"


class TooManyInFlight(RetryLater):
    code = "too_many_requests_in_flight"

    def __init__(self, holder: str, most: int) -> None:
        super().__init__(1, f"{holder} may have {most} requests in flight.")


class NoTurn(RetryLater):
    """The request has not been sent to a service: it can be repeated."""

    code = "too_many_requests_in_flight"

    def __init__(self) -> None:
        super().__init__(1, "Your requests before this one take too long.")


class TooManyStreams(RetryLater):
    code = "too_many_streams"

    def __init__(self, holder: str, most: int) -> None:
        super().__init__(5, f"{holder} may have {most} event streams open.")


class TokensUnavailable(Unavailable):
    detail = "API tokens cannot be checked now."
    fixed_headers = (("Retry-After", "1"),)


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
