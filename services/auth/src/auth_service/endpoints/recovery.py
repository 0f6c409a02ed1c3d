"""Recovery: forgotten passwords, verification and change of the address."""

from fastapi import APIRouter, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.routes import Route
from auth_service.service import recovery
from service_common.http.dependencies import Caller
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth")
OPEN = problems(400, 413, 415, 422, 429, 503)


@router.post(
    "/forgot-password",
    status_code=202,
    response_class=Response,
    responses=OPEN,
    openapi_extra=extra(sent=examples.FORGOTTEN),
)
@needs(Scope.NONE)
async def forgot_password(body: schemas.AddressOnly, context: Context, client: Client) -> None:
    """Send a link by which the password can be set; the answer does not tell whether the address has an account."""
    await recovery.forgot_password(context, body.email, client)


@router.post("/reset-password", status_code=204, responses=OPEN, openapi_extra=extra(sent=examples.PASSWORD_RESET))
@needs(Scope.NONE)
async def reset_password(body: schemas.PasswordReset, context: Context, client: Client) -> None:
    """Set the password with the token of a mail; every session of the user ends."""
    await recovery.reset_password(context, body.token, body.new_password, client)


@router.post("/verify-email", status_code=204, responses=OPEN, openapi_extra=extra(sent=examples.MAIL_TOKEN))
@needs(Scope.NONE)
async def verify_email(body: schemas.TokenOnly, context: Context, client: Client) -> None:
    """Verify an address with the token of a mail; a new address is the account's from then on."""
    await recovery.verify_email(context, body.token, client)


@router.post("/verify-email/resend", status_code=202, response_class=Response, responses=problems(429, 503))
@needs(Scope.LOGIN)
async def resend_verification(caller: Caller, context: Context) -> None:
    """Send the link again, unless the address is verified."""
    await recovery.resend_verification(context, caller)


@router.post(
    "/email",
    status_code=202,
    response_class=Response,
    responses=problems(400, 403, 413, 415, 422, 429, 503),
    openapi_extra=extra(sent=examples.EMAIL_CHANGE),
)
@needs(Scope.LOGIN)
async def change_email(body: schemas.EmailChange, caller: Caller, context: Context, client: Client) -> None:
    """Change the address, once the new one is verified; the present one is told."""
    await recovery.ask_for_email(context, caller, body.new_email, body.password, client)
