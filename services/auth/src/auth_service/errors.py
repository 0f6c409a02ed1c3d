"""What the auth service answers when it refuses.

ServiceError
├── BadRequest 400            InvalidInvitation, InvalidMailToken, InvalidProviderLogin, RefusedPasskey
├── Unauthorized 401          InvalidCode, InvalidCredentials, InvalidGrant, InvalidMfaToken, InvalidPasskey
├── Forbidden 403             AccountDisabled, AdministratorRequired, CrossSite, EmailNotVerified, InvitationRequired,
│                             ProviderEmailUnverified, ReauthenticationRequired, RegistrationClosed, TooManyApiTokens,
│                             TooManyPasskeys, WrongCode, WrongPasskey, WrongPassword
├── Conflict 409              AccountUnverified, EmailTaken, LastWayIn, NoNameForPasskeys, OwnAccount, SecondFactorOn
├── Unprocessable 422         RefusedEmail, RefusedPassword
├── TooManyRequests 429       TooManyAttempts, TooManyInvitations, TooManyMails, TooManyNewApiTokens,
│                             TooManyPasswordChanges, TooManyProviderLogins, TooManyRegistrations, TooManyTokens
└── Unavailable 503           Busy, NoSigningKey, ProviderUnavailable
"""

from service_common.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    RetryLater,
    Unauthorized,
    Unavailable,
    Unprocessable,
)

CHALLENGE = (("WWW-Authenticate", 'Bearer realm="todos"'),)
RETRY_SOON = (("Retry-After", "1"),)


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "An account with this e-mail address exists already."


class InvalidCredentials(Unauthorized):
    """One answer for an unknown account and for a wrong password."""

    code = "invalid_credentials"
    detail = "The e-mail address or the password is wrong."
    fixed_headers = CHALLENGE


class InvalidGrant(Unauthorized):
    code = "invalid_grant"
    detail = "The refresh token is not valid (any more): log in again."
    fixed_headers = CHALLENGE


class InvalidMfaToken(Unauthorized):
    """One answer for a log-in that is unknown, finished, expired or was tried five times."""

    code = "invalid_mfa_token"
    detail = "This log-in is over: begin again with the password."
    fixed_headers = CHALLENGE


class InvalidCode(Unauthorized):
    """Wrong, used, or of another time."""

    code = "invalid_code"
    detail = "The code is wrong."
    fixed_headers = CHALLENGE


class InvalidPasskey(Unauthorized):
    """One answer for a passkey that is unknown or wrong, and for a challenge that is over or was answered."""

    code = "invalid_passkey"
    detail = "This passkey does not open an account here: try again, or log in with the password."
    fixed_headers = CHALLENGE


class WrongPasskey(Forbidden):
    code = "wrong_passkey"
    detail = "This is not a passkey of the account, or it took too long."


class RefusedPasskey(BadRequest):
    code = "refused_passkey"
    detail = "The passkey cannot be used: it was made for another site, took too long, or is here already."


class NoNameForPasskeys(Conflict):
    code = "no_name_for_passkeys"
    detail = "Passkeys belong to a name: TODOBUS_PUBLIC_URL has the number of a machine."


class WrongCode(Forbidden):
    code = "wrong_code"
    detail = "The code is wrong."


class SecondFactorOn(Conflict):
    code = "second_factor_on"
    detail = "The account has an authenticator: remove it first."


class WrongPassword(Forbidden):
    code = "wrong_password"
    detail = "The current password is wrong."


class CrossSite(Forbidden):
    code = "cross_site"
    detail = "The refresh cookie is for calls from this site only."


class AccountDisabled(Forbidden):
    code = "account_disabled"
    detail = "An administrator has disabled this account."


class EmailNotVerified(Forbidden):
    code = "email_not_verified"
    detail = "Open the link that was sent to the account's address first."


class AdministratorRequired(Forbidden):
    code = "administrator_required"
    detail = "This is for administrators."


class OwnAccount(Conflict):
    code = "own_account"
    detail = "Administrators cannot do this to their own account."


class RegistrationClosed(Forbidden):
    code = "registration_closed"
    detail = "No accounts can be made here."


class InvitationRequired(Forbidden):
    code = "invitation_required"
    detail = "Accounts are made with an invitation."


class InvalidInvitation(BadRequest):
    """One answer for an invitation that is wrong, used, expired, withdrawn or for another address."""

    code = "invalid_invitation"
    detail = "This invitation is not valid (any more)."


class InvalidProviderLogin(BadRequest):
    """One answer for a log-in at a provider that did not begin in this browser, is over, or gave what does not fit."""

    code = "invalid_provider_login"
    detail = "This log-in is not valid (any more): begin again."


class ProviderEmailUnverified(Forbidden):
    code = "provider_email_unverified"
    detail = "The provider has not verified an e-mail address of yours: do that there first."


class AccountUnverified(Conflict):
    code = "account_unverified"
    detail = "An account has this address and has not verified it: set its password by mail, then try again."


class ProviderUnavailable(Unavailable):
    code = "provider_unavailable"
    detail = "The provider does not answer as it should: try again later, or log in with the password."
    fixed_headers = (("Retry-After", "5"),)


class LastWayIn(Conflict):
    code = "last_way_in"
    detail = "Without this nobody could log in to the account: set a password or add a passkey first."


class ReauthenticationRequired(Forbidden):
    code = "reauthentication_required"
    detail = "Give the password again first: POST /api/auth/reauthenticate."


class RefusedPassword(Unprocessable):
    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(f"/new_password: {reason}", code=code, errors=[FieldError("/new_password", reason)])


class RefusedEmail(Unprocessable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"/new_email: {reason}", errors=[FieldError("/new_email", reason)])


class InvalidMailToken(BadRequest):
    """One answer for a token that is wrong, used, expired or replaced by a newer one."""

    code = "invalid_token"
    detail = "This link is not valid (any more): ask for a new one."


class TooManyAttempts(RetryLater):
    code = "too_many_attempts"
    detail = "Too many failed attempts: wait, then try again."


class TooManyApiTokens(Forbidden):
    code = "quota_exceeded"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The account's quota of {limit} API tokens is reached: delete one to go on.")
        self.extensions = {"quota": {"name": "api_tokens", "limit": limit}}


class TooManyPasskeys(Forbidden):
    code = "quota_exceeded"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The account's quota of {limit} passkeys is reached: remove one to go on.")
        self.extensions = {"quota": {"name": "passkeys", "limit": limit}}


class TooManyNewApiTokens(RetryLater):
    code = "too_many_new_api_tokens"
    detail = "Too many API tokens were made: wait, then try again."


class TooManyPasswordChanges(RetryLater):
    code = "too_many_password_changes"
    detail = "The password was changed too often: wait, then try again."


class TooManyProviderLogins(RetryLater):
    code = "too_many_provider_logins"
    detail = "Too many log-ins came back from providers to this address: wait, then try again."


class TooManyRegistrations(RetryLater):
    code = "too_many_registrations"
    detail = "Too many accounts were registered from this address: wait, then try again."


class TooManyInvitations(RetryLater):
    code = "too_many_invitations"
    detail = "Too many invitations were made: wait, then try again."


class TooManyMails(RetryLater):
    code = "too_many_mails"
    detail = "Too many mails were asked for: wait, then try again."


class TooManyTokens(RetryLater):
    code = "too_many_tokens"
    detail = "Too many links were tried from this address: wait, then try again."


class Busy(Unavailable):
    code = "busy"
    detail = "Too many passwords are being checked right now."
    fixed_headers = RETRY_SOON


class NoSigningKey(Unavailable):
    code = "no_signing_key"
    detail = "The signing keys are not loaded yet."
    fixed_headers = RETRY_SOON
