"""Errors that a client can be told about.

ServiceError
├── BadRequest 400
├── Unauthorized 401
├── Forbidden 403
├── NotFound 404
├── Conflict 409
├── Gone 410
├── PreconditionFailed 412
├── Unprocessable 422
├── TooManyRequests 429       RetryLater
└── Unavailable 503
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong place in a request: `pointer` is a JSON pointer into the body, or `?name` / `header name`."""

    pointer: str
    detail: str


class ServiceError(Exception):
    """An answer that is not a success. Subclasses set what is the same in each of their answers, `detail` included."""

    status = 500
    code = "internal_error"
    title = "Internal Server Error"
    detail = ""
    fixed_headers: tuple[tuple[str, str], ...] = ()
    extensions: Mapping[str, Any] = MappingProxyType({})
    """Members of the answer beside those of every problem; the API document lists them."""

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        self.detail = detail or self.detail or self.title
        super().__init__(self.detail)
        self.code = code or self.code
        self.headers = dict(self.fixed_headers) | dict(headers or {})
        self.errors = tuple(errors)


class BadRequest(ServiceError):
    status, code, title = 400, "bad_request", "Bad Request"


class Unauthorized(ServiceError):
    status, code, title = 401, "unauthorized", "Unauthorized"


class Forbidden(ServiceError):
    status, code, title = 403, "forbidden", "Forbidden"


class NotFound(ServiceError):
    status, code, title = 404, "not_found", "Not Found"


class Conflict(ServiceError):
    status, code, title = 409, "conflict", "Conflict"


class Gone(ServiceError):
    status, code, title = 410, "gone", "Gone"


class PreconditionFailed(ServiceError):
    status, code, title = 412, "precondition_failed", "Precondition Failed"


class Unprocessable(ServiceError):
    status, code, title = 422, "invalid_request", "Unprocessable Content"


class TooManyRequests(ServiceError):
    status, code, title = 429, "too_many_requests", "Too Many Requests"


class RetryLater(TooManyRequests):
    """Says after how many seconds to try again."""

    def __init__(self, seconds: int = 1, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": str(seconds)})


class Unavailable(ServiceError):
    status, code, title = 503, "unavailable", "Service Unavailable"
