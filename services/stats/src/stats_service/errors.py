"""What can be wrong with a question to the stats service."""

from service_common.errors import FieldError, Unavailable, Unprocessable


class WrongSpan(Unprocessable):
    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldError("?from", detail)])


class HistoryNotReady(Unavailable):
    code = "history_not_ready"
    detail = "The history of the account is being prepared: try again soon."
    fixed_headers = (("Retry-After", "1"),)
