"""What the notification service answers when it refuses.

ServiceError
├── Forbidden 403             TooManyWebhooks
├── NotFound 404              NoSuchWebhook
├── Unprocessable 422         RefusedAddress
├── RetryLater 429            TooManyTests
└── Unavailable 503           NoChangeLog
"""

from service_common.errors import FieldError, Forbidden, NotFound, RetryLater, Unavailable, Unprocessable


class TooManyWebhooks(Forbidden):
    code = "too_many_webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} webhooks: delete one first.")


class NoSuchWebhook(NotFound):
    code = "webhook_not_found"
    detail = "There is no such webhook."


class RefusedAddress(Unprocessable):
    """The host of an address that a user gave has no address that may be used."""

    def __init__(self, reason: str, pointer: str = "/url") -> None:
        super().__init__(f"{pointer}: {reason}", errors=[FieldError(pointer, reason)])


class TooManyTests(RetryLater):
    code = "too_many_tests"


class NoChangeLog(Unavailable):
    detail = "The todo service does not answer now."
    fixed_headers = (("Retry-After", "2"),)
