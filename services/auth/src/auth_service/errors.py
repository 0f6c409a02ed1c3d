"""What the auth service answers when it refuses."""

from service_common.errors import Conflict, Forbidden, TooManyRequests, Unauthorized, Unavailable


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("An account with this e-mail address exists already.")


class InvalidCredentials(Unauthorized):
    """One answer for an unknown account and for a wrong password."""

    code = "invalid_credentials"

    def __init__(self) -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="todos"'}
        super().__init__("The e-mail address or the password is wrong.", headers=challenge)


class InvalidGrant(Unauthorized):
    code = "invalid_grant"

    def __init__(self) -> None:
        challenge = {"WWW-Authenticate": 'Bearer realm="todos"'}
        super().__init__("The refresh token is not valid (any more): log in again.", headers=challenge)


class WrongPassword(Forbidden):
    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("The current password is wrong.")


class CrossSite(Forbidden):
    code = "cross_site"

    def __init__(self) -> None:
        super().__init__("The refresh cookie is for calls from this site only.")


class TooManyAttempts(TooManyRequests):
    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many failed attempts: wait, then try again.", headers={"Retry-After": str(seconds)})


class Busy(Unavailable):
    code = "busy"

    def __init__(self) -> None:
        super().__init__("Too many passwords are being checked right now.", headers={"Retry-After": "1"})


class NoSigningKey(Unavailable):
    code = "no_signing_key"

    def __init__(self) -> None:
        super().__init__("The signing keys are not loaded yet.", headers={"Retry-After": "1"})
