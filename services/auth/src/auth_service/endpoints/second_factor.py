"""The second factor: turn it on and off, and finish a log-in with it."""

from fastapi import APIRouter, Request, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.responses import refuse_cross_site, tokens
from auth_service.endpoints.routes import Route
from auth_service.service import second_factor
from service_common.http.dependencies import Caller
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth")


@router.post("/totp", status_code=201, responses=problems(403, 409), openapi_extra=extra(got=examples.TOTP, status=201))
@needs(Scope.LOGIN)
async def enrol(caller: Caller, context: Context, response: Response) -> schemas.Enrolment:
    """A secret for an authenticator; it counts once a code of it is confirmed."""
    response.headers["Cache-Control"] = "no-store"
    return schemas.Enrolment(**(await second_factor.enrol(context, caller))._asdict())


@router.post(
    "/totp/confirm",
    responses=problems(400, 403, 404, 409, 413, 415, 422, 429),
    openapi_extra=extra(sent=examples.CODE, got=examples.RECOVERY_CODES),
)
@needs(Scope.LOGIN)
async def confirm(
    body: schemas.CodeOnly, caller: Caller, context: Context, client: Client, response: Response
) -> schemas.RecoveryCodes:
    """Turn the second factor on; the recovery codes are shown here only, and each works once."""
    response.headers["Cache-Control"] = "no-store"
    return schemas.RecoveryCodes(recovery_codes=await second_factor.confirm(context, caller, body.code, client))


@router.delete("/totp", status_code=204, responses=problems(403, 404))
@needs(Scope.LOGIN)
async def remove(caller: Caller, context: Context, client: Client) -> None:
    """Turn the second factor off."""
    await second_factor.remove(context, caller, client)


@router.post(
    "/login/mfa",
    response_model_exclude_none=True,
    responses=problems(400, 401, 403, 413, 415, 422, 429, 503),
    openapi_extra=extra(sent=examples.MFA, got=examples.TOKENS),
)
@needs(Scope.NONE)
async def finish_login(
    body: schemas.SecondStep, request: Request, response: Response, context: Context, client: Client
) -> schemas.Tokens:
    """Finish a log-in with a code of the authenticator, or a recovery code."""
    if body.refresh == "cookie":
        refuse_cross_site(request)
    grant = await second_factor.finish_login(context, body.mfa_token, body.code, client)
    return tokens(grant, request, response, cookie=body.refresh == "cookie")
