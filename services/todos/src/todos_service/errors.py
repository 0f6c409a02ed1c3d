"""What can be wrong with a request about todos.

ServiceError
├── BadRequest 400            BadCursor
├── Forbidden 403             QuotaExceeded
├── NotFound 404              CommandNotFound, FilterNotFound, ProjectNotFound, TodoNotFound
├── Conflict 409              IdTaken, KeyInUse, UndoConflict
├── PreconditionFailed 412    StaleVersion
├── Unprocessable 422         ClockAhead, InvalidFields, KeyReused, SearchTooSlow, TooManyRows, TooManyTodos
├── TooManyRequests 429       DailyQuotaExceeded, ImportUnderWay, TooManySearches
└── Unavailable 503           HistoryNotReady, TooManyWaiting
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from service_common.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    RetryLater,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)

MAX_CONFLICTS = 1000  # that an answer names


class BadCursor(BadRequest):
    code = "bad_cursor"
    detail = "The cursor is not one that this list has given."


class TodoNotFound(NotFound):
    """The same for a todo that never existed, one in the trash, and one of another user."""

    code = "todo_not_found"
    detail = "There is no such todo."


class ProjectNotFound(NotFound):
    """The same for a project that never existed, one in the trash, and one of another user."""

    code = "project_not_found"
    detail = "There is no such project."


class FilterNotFound(NotFound):
    code = "filter_not_found"
    detail = "There is no such filter."


class CommandNotFound(NotFound):
    code = "command_not_found"
    detail = "There is no such command."


class IdTaken(Conflict):
    code = "id_taken"
    detail = "There is a todo with this id already."


class KeyInUse(Conflict):
    code = "idempotency_key_in_use"
    detail = "The first request with this Idempotency-Key is still running."
    fixed_headers = (("Retry-After", "1"),)


class UndoConflict(Conflict):
    """What was changed since, or cannot be again; `errors` name the first of it."""

    code = "undo_conflict"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        more = len(errors) - MAX_CONFLICTS
        others = f" The first {MAX_CONFLICTS} of {len(errors)} are named." if more > 0 else ""
        super().__init__(
            f"Other commands have changed this since: force leaves it as it is.{others}", errors=errors[:MAX_CONFLICTS]
        )


class StaleVersion(PreconditionFailed):
    code = "stale_version"

    def __init__(self, version: int, what: str = "todo") -> None:
        super().__init__(f"The {what} is at version {version} now.", headers={"ETag": f'"{version}"'})


class InvalidFields(Unprocessable):
    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.pointer}: {error.detail}" for error in errors), errors=errors)


class ClockAhead(Unprocessable):
    code = "clock_ahead"
    detail = "The time in the id is more than a day ahead."


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key came with another request before."


class QuotaExceeded(Forbidden):
    """What a user has would exceed a limit of the account."""

    code = "quota_exceeded"

    def __init__(self, name: str, limit: int) -> None:
        what = "todos" if name == "bytes" else name
        super().__init__(f"The account's quota of {limit} {name} is reached: delete {what} for good to go on.")
        self.extensions = {"quota": {"name": name, "limit": limit}}


class DailyQuotaExceeded(RetryLater):
    """What a user does in a day of UTC would exceed a limit of the account."""

    code = "quota_exceeded"

    def __init__(self, name: str, limit: int) -> None:
        now = datetime.now(UTC)
        left = 86_400 - (now.hour * 60 + now.minute) * 60 - now.second
        what = name.removesuffix("_a_day")
        super().__init__(left, f"The account's quota of {limit} {what} a day is used up.")
        self.extensions = {"quota": {"name": name, "limit": limit}}


class SearchTooSlow(Unprocessable):
    code = "search_too_slow"
    detail = "The search took too long: search for fewer or other words."


class TooManySearches(RetryLater):
    code = "too_many_searches"
    detail = "The account's searches take too much time: at most two at once, and a fifth of the time in the long run."


class TooManyRows(Unprocessable):
    code = "too_many_rows"

    def __init__(self, most: int) -> None:
        super().__init__(f"An import has at most {most} rows: send them in several files.")


class TooManyTodos(Unprocessable):
    code = "too_many_todos"

    def __init__(self, most: int) -> None:
        super().__init__(f"This would change more than {most} todos at once: change some of them first.")


class ImportUnderWay(TooManyRequests):
    code = "import_under_way"
    detail = "Another import of the account is still running."
    fixed_headers = (("Retry-After", "5"),)


class HistoryNotReady(Unavailable):
    code = "history_not_ready"
    detail = "The history of the account is being prepared: try again soon."
    fixed_headers = (("Retry-After", "5"),)


class TooManyWaiting(Unavailable):
    code = "too_many_waiting"
    detail = "More requests wait than can be done soon; try again."
    fixed_headers = (("Retry-After", "1"),)
