"""How an account is secured, what happened to it, and the proof that what matters most asks for."""

from typing import Annotated

from fastapi import APIRouter, Query

from auth_service import domain, examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.routes import Route
from auth_service.service import passkeys, reauthentication, second_factor, security
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/auth")


@router.get("/security", openapi_extra=extra(got=examples.SECURITY))
@needs(Scope.LOGIN)
async def show(caller: Caller, pool: Pool) -> schemas.Security:
    """How the account is secured."""
    return schemas.Security.model_validate(await security.of(pool, caller), from_attributes=True)


@router.get("/activity", responses=problems(422), openapi_extra=extra(got=[examples.ACTIVITY]))
@needs(Scope.LOGIN)
async def activity(
    caller: Caller,
    pool: Pool,
    before: Annotated[
        int, Query(description="Only entries older than this id.", ge=1, le=domain.NEWEST)
    ] = domain.NEWEST,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[schemas.Activity]:
    """What happened to the account in the last year, newest first."""
    return [schemas.Activity.of(entry) for entry in await security.activity(pool, caller, before, limit)]


@router.post(
    "/reauthenticate",
    status_code=204,
    responses=problems(400, 403, 413, 415, 422, 429, 503),
    openapi_extra=extra(sent=examples.PROOF),
)
@needs(Scope.LOGIN)
async def reauthenticate(body: schemas.Proof, caller: Caller, context: Context, client: Client) -> None:
    """Prove again who uses this session: for ten minutes it may change what secures the account."""
    if body.password is not None:
        await reauthentication.with_password(context, caller, body.password, client)
    elif body.passkey is not None:
        await passkeys.reauthenticate(context, caller, body.passkey)
    else:
        await second_factor.reauthenticate(context, caller, body.code or "", client)
