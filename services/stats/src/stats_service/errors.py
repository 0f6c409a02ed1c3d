"""What can be wrong with a question to the stats service."""

from service_common.errors import FieldError, Unprocessable


class WrongSpan(Unprocessable):
    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldError("?from", detail)])
