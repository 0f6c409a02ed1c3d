"""Passkeys: add, list, rename, remove, and log in with one."""

from fastapi import APIRouter, Request, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.responses import refuse_cross_site, tokens
from auth_service.endpoints.routes import Route
from auth_service.service import passkeys
from auth_service.service.context import identity
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth/passkeys")


@router.post("/options", responses=problems(403, 409), openapi_extra=extra(got=examples.PASSKEY_OPTIONS))
@needs(Scope.LOGIN)
async def enrolment_options(caller: Caller, context: Context, response: Response) -> schemas.PasskeyOptions:
    """What a browser needs to make a passkey; its challenge can be answered once, for five minutes."""
    response.headers["Cache-Control"] = "no-store"
    return schemas.PasskeyOptions(**await passkeys.enrolment_options(context, caller))


@router.post(
    "",
    status_code=201,
    responses=problems(400, 403, 409, 413, 415, 422),
    openapi_extra=extra(sent=examples.NEW_PASSKEY, got=examples.PASSKEY, status=201),
)
@needs(Scope.LOGIN)
async def add_passkey(body: schemas.NewPasskey, caller: Caller, context: Context, client: Client) -> schemas.Passkey:
    """Add a passkey that the browser has made."""
    return schemas.Passkey.of(await passkeys.enrol(context, caller, body.credential, body.name, client))


@router.get("", openapi_extra=extra(got=[examples.PASSKEY]))
@needs(Scope.LOGIN)
async def list_passkeys(caller: Caller, pool: Pool) -> list[schemas.Passkey]:
    return [schemas.Passkey.of(one) for one in await passkeys.listed(pool, caller)]


@router.patch(
    "/{passkey_id}",
    responses=problems(400, 404, 413, 415, 422),
    openapi_extra=extra(sent={"name": "Phone"}, got=examples.PASSKEY),
)
@needs(Scope.LOGIN)
async def rename_passkey(passkey_id: str, body: schemas.PasskeyName, caller: Caller, pool: Pool) -> schemas.Passkey:
    return schemas.Passkey.of(await passkeys.rename(pool, caller, identity(passkey_id), body.name))


@router.delete("/{passkey_id}", status_code=204, responses=problems(403, 404, 409))
@needs(Scope.LOGIN)
async def remove_passkey(passkey_id: str, caller: Caller, context: Context, client: Client) -> None:
    await passkeys.remove(context, caller, identity(passkey_id), client)


@router.post("/login/options", responses=problems(409), openapi_extra=extra(got=examples.PASSKEY_OPTIONS))
@needs(Scope.NONE)
async def login_options(context: Context, response: Response) -> schemas.PasskeyOptions:
    """What a browser needs to ask for a passkey; also for `POST /api/auth/reauthenticate`."""
    response.headers["Cache-Control"] = "no-store"
    return schemas.PasskeyOptions(**passkeys.login_options(context))


@router.post(
    "/login",
    response_model_exclude_none=True,
    responses=problems(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra=extra(sent=examples.PASSKEY_LOGIN, got=examples.TOKENS),
)
@needs(Scope.NONE)
async def log_in(
    body: schemas.PasskeyLogin, request: Request, response: Response, context: Context, client: Client
) -> schemas.Tokens:
    """Log in with a passkey, which counts as both factors."""
    if body.refresh == "cookie":
        refuse_cross_site(request)
    grant = await passkeys.log_in(context, body.credential, client)
    return tokens(grant, request, response, cookie=body.refresh == "cookie")
