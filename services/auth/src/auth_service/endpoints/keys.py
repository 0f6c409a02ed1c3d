"""The public keys."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from auth_service.dependencies import Context
from auth_service.endpoints.routes import Route
from service_common.http.routes import needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route)


@router.get("/.well-known/jwks.json")
@needs(Scope.NONE)
async def jwks(context: Context) -> JSONResponse:
    """The public keys that access tokens are signed with."""
    return JSONResponse(context.keyring.jwks(), headers={"Cache-Control": "public, max-age=300"})
