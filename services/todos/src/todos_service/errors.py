"""What can be wrong with a request about todos.

ServiceError
├── BadRequest 400            BadCursor
├── NotFound 404              TodoNotFound
├── Conflict 409              IdTaken, KeyInUse
├── PreconditionFailed 412    StaleVersion
└── Unprocessable 422         InvalidFields, KeyReused
"""

from collections.abc import Sequence

from service_common.errors import BadRequest, Conflict, FieldError, NotFound, PreconditionFailed, Unprocessable


class BadCursor(BadRequest):
    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list has given.")


class TodoNotFound(NotFound):
    """The same for a todo that never existed, one in the trash, and one of another user."""

    code = "todo_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such todo.")


class IdTaken(Conflict):
    code = "id_taken"

    def __init__(self) -> None:
        super().__init__("There is a todo with this id already.")


class KeyInUse(Conflict):
    code = "idempotency_key_in_use"

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still running.", headers={"Retry-After": "1"})


class StaleVersion(PreconditionFailed):
    code = "stale_version"

    def __init__(self, version: int) -> None:
        super().__init__(f"The todo is at version {version} now.", headers={"ETag": f'"{version}"'})


class InvalidFields(Unprocessable):
    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.pointer}: {error.detail}" for error in errors), errors=errors)


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before.")
