"""Accounts: register, the profile, the password, delete."""

from fastapi import APIRouter, Request, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.responses import clear_cookie
from auth_service.endpoints.routes import Route
from auth_service.service import accounts, registration, sessions
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import Responses, extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api")
VERIFY_FIRST: Responses = {202: {"description": "A link goes to the address, whether or not it has an account."}}
CONFIRMED = problems(400, 403, 413, 415, 422, 429, 503)


@router.get("/auth/registration", openapi_extra=extra(got=examples.REGISTRATION_MODE))
@needs(Scope.NONE)
async def registration_mode(context: Context) -> schemas.RegistrationMode:
    """Who may register, and whether addresses have to be verified."""
    return schemas.RegistrationMode.model_validate(context.settings, from_attributes=True)


@router.post(
    "/auth/register",
    status_code=201,
    response_model=schemas.User,
    responses=problems(400, 403, 409, 413, 415, 422, 429, 503) | VERIFY_FIRST,
    openapi_extra=extra(sent=examples.REGISTRATION, got=examples.USER, status=201),
)
@needs(Scope.NONE)
async def register(body: schemas.Registration, context: Context, client: Client) -> schemas.User | Response:
    user = await registration.register(
        context, body.email, body.password, body.shown_name, body.time_zone, body.invitation, client
    )
    return schemas.User.of(user) if user else Response(status_code=202)


@router.post("/auth/password", status_code=204, responses=CONFIRMED, openapi_extra=extra(sent=examples.PASSWORD_CHANGE))
@needs(Scope.LOGIN)
async def change_password(body: schemas.PasswordChange, caller: Caller, context: Context, client: Client) -> None:
    """Change the password; every other session ends."""
    await accounts.change_password(context, caller, body.current_password, body.new_password, client)


@router.get("/users/me", openapi_extra=extra(got=examples.USER))
@needs(Scope.PROFILE_READ)
async def me(caller: Caller, pool: Pool) -> schemas.User:
    return schemas.User.of(await sessions.user_of(pool, caller))


@router.patch(
    "/users/me",
    responses=problems(400, 413, 415, 422),
    openapi_extra=extra(sent=examples.PROFILE, got=examples.USER),
)
@needs(Scope.LOGIN)
async def update_me(body: schemas.ProfileChange, caller: Caller, context: Context) -> schemas.User:
    return schemas.User.of(await accounts.update_profile(context, caller, body.given))


@router.delete("/users/me", status_code=204, responses=CONFIRMED, openapi_extra=extra(sent=examples.DELETION))
@needs(Scope.LOGIN)
async def delete_me(
    body: schemas.Deletion, caller: Caller, request: Request, response: Response, context: Context, client: Client
) -> None:
    """Delete the account, and within seconds everything of it in every service."""
    await accounts.delete(context, caller, body.password, client)
    clear_cookie(request, response)
