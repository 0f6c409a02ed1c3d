"""What can be wrong with a request about todos.

ServiceError
├── BadRequest 400            BadCursor
├── NotFound 404              TodoNotFound
├── Conflict 409              IdTaken, KeyInUse
├── PreconditionFailed 412    StaleVersion
├── Unprocessable 422         InvalidFields, KeyReused
└── Unavailable 503           TooManyWaiting
"""

from collections.abc import Sequence

from service_common.errors import (
    BadRequest,
    Conflict,
    FieldError,
    NotFound,
    PreconditionFailed,
    Unavailable,
    Unprocessable,
)


class BadCursor(BadRequest):
    code = "bad_cursor"
    detail = "The cursor is not one that this list has given."


class TodoNotFound(NotFound):
    """The same for a todo that never existed, one in the trash, and one of another user."""

    code = "todo_not_found"
    detail = "There is no such todo."


class IdTaken(Conflict):
    code = "id_taken"
    detail = "There is a todo with this id already."


class KeyInUse(Conflict):
    code = "idempotency_key_in_use"
    detail = "The first request with this Idempotency-Key is still running."
    fixed_headers = (("Retry-After", "1"),)


class StaleVersion(PreconditionFailed):
    code = "stale_version"

    def __init__(self, version: int) -> None:
        super().__init__(f"The todo is at version {version} now.", headers={"ETag": f'"{version}"'})


class InvalidFields(Unprocessable):
    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.pointer}: {error.detail}" for error in errors), errors=errors)


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key came with another request before."


class TooManyWaiting(Unavailable):
    code = "too_many_waiting"
    detail = "More requests wait than can be done soon; try again."
    fixed_headers = (("Retry-After", "1"),)
