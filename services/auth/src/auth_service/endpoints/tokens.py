"""API tokens: create, list, end."""

from fastapi import APIRouter, Response

from auth_service import examples, schemas
from auth_service.dependencies import Client, Context
from auth_service.endpoints.routes import Route
from auth_service.service import api_tokens
from auth_service.service.context import identity
from service_common.http.dependencies import Caller, Pool
from service_common.http.openapi import extra, problems
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/tokens")


@router.post(
    "",
    status_code=201,
    responses=problems(400, 403, 413, 415, 422, 429),
    openapi_extra=extra(sent=examples.NEW_API_TOKEN, got=examples.CREATED_API_TOKEN, status=201),
)
@needs(Scope.LOGIN)
async def create_token(
    body: schemas.NewApiToken, caller: Caller, context: Context, client: Client, response: Response
) -> schemas.CreatedApiToken:
    """Make an API token; `token` is shown this once. It goes where an access token goes."""
    made = await api_tokens.create(context, caller, body.name, body.in_order, body.expires_at, client)
    response.headers["Cache-Control"] = "no-store"
    return schemas.CreatedApiToken.made(made.token, made.text)


@router.get("", openapi_extra=extra(got=[examples.API_TOKEN]))
@needs(Scope.LOGIN)
async def list_tokens(caller: Caller, pool: Pool) -> list[schemas.ApiToken]:
    return [schemas.ApiToken.of(token) for token in await api_tokens.listed(pool, caller)]


@router.delete("/{token_id}", status_code=204, responses=problems(404))
@needs(Scope.LOGIN)
async def end_token(token_id: str, caller: Caller, context: Context, client: Client) -> None:
    """End an API token, everywhere, before the answer."""
    await api_tokens.end(context, caller, identity(token_id), client)
